package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Nothing that a client says in an error may hold what was asked or by whom.
func TestErrorsTellNoSecret(t *testing.T) {
	const token, asked = "s3cr3t-token", "s3cr3t-question"
	query := url.Values{"q": {asked}}
	answers := map[string]http.HandlerFunc{
		"another server": func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>") },
		"redirection":    func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/?q="+asked, http.StatusFound) },
		"hang up":        func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
		"bad problem": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", TypeProblem)
			w.WriteHeader(500)
			fmt.Fprint(w, "{")
		},
		"bad JSON": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", TypeJSON)
			fmt.Fprint(w, "{")
		},
	}
	for name, h := range answers {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewUnstartedServer(h)
			srv.Config.ErrorLog = nil
			srv.Start()
			defer srv.Close()
			srv.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			for _, base := range []string{srv.URL, strings.Replace(srv.URL, "//", "//user:s3cr3t-password@", 1), "http://127.0.0.1:1", "http://a b", ":bad"} {
				c := Client{Base: base, HTTP: srv.Client(), Token: token}
				_, err1 := c.Trends(t.Context(), query)
				_, err2 := c.Body(t.Context(), TrendsPath, query, "csv")
				_, err3 := c.Stream(t.Context(), query, "")
				_, _, err5 := c.FileTag(t.Context(), "/nowhere", query)
				for i, err := range []error{err1, err2, err3, err5} {
					if err == nil {
						if i == 3 {
							continue // anybody's file is a file
						}
						t.Errorf("%s: no error of call %d", base, i)
					} else if strings.Contains(err.Error(), "s3cr3t") {
						t.Errorf("%s: %v", base, err)
					}
				}
			}
		})
	}
}

func TestTheTokenIsSent(t *testing.T) {
	var got string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Authorization")
		w.Header().Set("Content-Type", TypeProblem)
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"type":"/problems/unauthorised","title":"Unauthorised","status":200,"detail":"d"}`)
	}))
	defer srv.Close()
	_, err := Client{Base: srv.URL, Token: "abc"}.Status(t.Context())
	var p *Problem
	if got != "Bearer abc" || !errors.As(err, &p) || p.Status != http.StatusUnauthorized {
		t.Errorf("sent %q, got %v", got, err)
	}
}

func TestAnAnswerMayNotBeEndless(t *testing.T) {
	n, err := io.Copy(io.Discard, &bounded{r: endless('x'), left: 10_000})
	if !errors.Is(err, ErrAnswer) || n > 10_000 {
		t.Errorf("%d bytes and %v", n, err)
	}
	if n, err := io.Copy(io.Discard, &bounded{r: strings.NewReader("0123456789"), left: 10}); n != 10 || err != nil {
		t.Errorf("%d bytes and %v", n, err)
	}
	if _, err := (Client{}).Body(t.Context(), TrendsPath, nil, "xml"); err == nil {
		t.Error("no error for a format that there is not")
	}
}

func TestNextPage(t *testing.T) {
	for header, want := range map[string]string{
		"": "", `<https://x/api?cursor=abc>; rel="next"`: "abc", `</a>; rel=prev, </api?limit=2&cursor=a%2Fb>; rel=next`: "a/b",
		`<http://[bad>; rel="next"`: "", `</a?cursor=x>; rel="last"`: "",
	} {
		b := Body{Header: http.Header{"Link": {header}}}
		if got := b.Next(); got != want {
			t.Errorf("%q leads to %q, want %q", header, got, want)
		}
	}
}

func TestFilesGoOn(t *testing.T) {
	const text = "0123456789"
	tag := `"one"`
	ranges := true
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", tag)
		if !ranges {
			fmt.Fprint(w, text)
			return
		}
		http.ServeContent(w, r, "x.csv", time.Time{}, strings.NewReader(text))
	}))
	defer srv.Close()
	c := Client{Base: srv.URL}
	get := func(from int64, etag string) (string, int64, error) {
		f, err := c.File(t.Context(), "/x.csv", nil, from, etag)
		if err != nil {
			return "", 0, err
		}
		defer f.Close()
		data, err := io.ReadAll(f)
		if f.Size != int64(len(text)) {
			t.Errorf("the file has %d bytes", f.Size)
		}
		return string(data), f.From, err
	}
	for _, step := range []struct {
		tag, have string
		ranges    bool
		from      int64
		want      string
		at        int64
	}{
		{`"one"`, "", true, 3, text, 0}, {`"one"`, `"one"`, true, 3, text[3:], 3}, {`"two"`, `"one"`, true, 3, text, 0}, {`"one"`, `"one"`, false, 3, text, 0},
	} {
		tag, ranges = step.tag, step.ranges
		if got, from, err := get(step.from, step.have); got != step.want || from != step.at || err != nil {
			t.Errorf("%+v: got %q from %d, %v", step, got, from, err)
		}
	}
	if etag, size, err := c.FileTag(t.Context(), "/x.csv", nil); etag != tag || size != int64(len(text)) || err != nil {
		t.Errorf("got %s, %d, %v", etag, size, err)
	}
}

func TestContentRange(t *testing.T) {
	for _, bad := range []string{"", "bytes */10", "bytes 1-2", "bytes 1-8/10", "bytes 9-3/4", "items 0-9/10", "bytes a-9/10", "bytes -1-9/10"} {
		if _, _, err := contentRange(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.Int64Range(1, 1<<50).Draw(rt, "size")
		from := rapid.Int64Range(0, size-1).Draw(rt, "from")
		gotFrom, gotSize, err := contentRange(fmt.Sprintf("bytes %d-%d/%d", from, size-1, size))
		if err != nil || gotFrom != from || gotSize != size {
			rt.Fatalf("got %d of %d, %v", gotFrom, gotSize, err)
		}
	})
}
