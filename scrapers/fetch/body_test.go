package fetch

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/swell-radar/swell/scrapers"
)

func TestBrokenAnswers(t *testing.T) {
	good := zipped(t, []byte(strings.Repeat(`{"a":1}`, 1000)))
	raw := func(head string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			_, _ = conn.Write(append([]byte(head), body...))
			_ = conn.Close()
		}
	}
	s := newSite(t, handlers{
		"/short":     raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", []byte("12345")),
		"/chunk":     raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", []byte("5\r\n12345\r\n")),
		"/cutgzip":   raw("HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n", good[:len(good)/2]),
		"/nogzip":    raw("HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n", []byte("{}")),
		"/badgzip":   raw("HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n", append(append([]byte(nil), good[:len(good)-8]...), "01234567"...)),
		"/reset":     raw("", nil),
		"/nonsense":  raw("SSH-2.0-OpenSSH_9.6\r\n", nil),
		"/twolen":    raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Length: 20\r\n\r\n", nil),
		"/br":        answers(200, "Content-Encoding", "br"),
		"/bigheader": answers(200, "X", strings.Repeat("a", 300<<10)),
	})
	c := newTry(t)
	for _, path := range []string{"/short", "/chunk", "/cutgzip", "/nogzip", "/badgzip", "/reset", "/nonsense", "/twolen", "/bigheader"} {
		_, err := c.Get(t.Context(), Request{URL: s.URL + path + "?q=sesame", API: true})
		trouble := state(t, err, scrapers.Unreachable)
		if strings.Contains(err.Error(), "sesame") || !strings.HasPrefix(trouble.Why, s.URL+path+":") {
			t.Errorf("not fit to be shown: %v", err)
		}
	}
	_, err := c.Get(t.Context(), Request{URL: s.URL + "/br", API: true})
	state(t, err, scrapers.SchemaChanged)
	s.Close()
	_, err = c.Get(t.Context(), Request{URL: s.URL + "/", API: true})
	if trouble := state(t, err, scrapers.Unreachable); !strings.Contains(trouble.Why, "refuses connections") {
		t.Errorf("does not say why: %v", err)
	}
}

func TestGzip(t *testing.T) {
	want := strings.Repeat(`{"a":1}`, 1000)
	s := newSite(t, handlers{
		"/one": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "gzip" {
				t.Errorf("Accept-Encoding: %q", r.Header.Get("Accept-Encoding"))
			}
			w.Header().Set("Content-Encoding", "GZIP")
			_, _ = w.Write(zipped(t, []byte(want)))
		},
		"/two": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "x-gzip")
			_, _ = w.Write(append(zipped(t, []byte(want[:100])), zipped(t, []byte(want[100:]))...))
		},
		"/none": answers(200, "Content-Encoding", "gzip"),
	})
	c := newTry(t)
	for path, want := range map[string]string{"/one": want, "/two": want, "/none": ""} {
		res, err := c.Get(t.Context(), Request{URL: s.URL + path, API: true, MaxBytes: 7000})
		if err != nil || string(res.Body) != want {
			t.Errorf("%s: %d bytes, %v", path, len(res.Body), err)
		}
	}
}

// Members that hold nothing could be sent for ever.
func TestEmptyGzipMembers(t *testing.T) {
	nothing := zipped(t, nil)
	s := newSite(t, handlers{"/": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		for {
			if _, err := w.Write(bytes.Repeat(nothing, 1000)); err != nil {
				return
			}
		}
	}})
	_, err := newTry(t).Get(t.Context(), Request{URL: s.URL, API: true, MaxBytes: 1000})
	if trouble := state(t, err, scrapers.Unreachable); !strings.Contains(trouble.Why, "larger than 1000 bytes") {
		t.Errorf("does not say why: %v", err)
	}
}
