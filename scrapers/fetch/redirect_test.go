package fetch

import (
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/swell-radar/swell/scrapers"
)

func TestRedirects(t *testing.T) {
	s := newSite(t, handlers{
		"/0": answers(301, "Location", "/1"), "/1": answers(308, "Location", "/2?x=1"), "/2": answers(302, "Location", "/3"),
		"/3": answers(301, "Location", "/4"), "/4": answers(307, "Location", "/end"), "/end": says("text/plain", "end"),
		"/-1": answers(302, "Location", "/0"), "/loop": answers(302, "Location", "/loop"), "/nowhere": answers(302),
		"/ftp": answers(302, "Location", "ftp://example.org/"), "/user": answers(302, "Location", "http://a:b@example.org/"),
		"/bad": answers(302, "Location", "http://[::1/?secret=sesame"), "/back": answers(301, "Location", "/back2"), "/back2": answers(302, "Location", "/end"),
	})
	c := newTry(t)
	for path, moved := range map[string]string{"/0": "/2?x=1", "/2": "", "/3": "/4", "/end": "", "/back": "/back2"} {
		res, err := c.Get(t.Context(), Request{URL: s.URL + path, API: true})
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if moved != "" {
			moved = s.URL + moved
		}
		if res.Moved != moved || res.URL != s.URL+"/end" || string(res.Body) != "end" {
			t.Errorf("%s: moved to %q, want %q; %s %q", path, res.Moved, moved, res.URL, res.Body)
		}
	}
	for path, want := range map[string]scrapers.State{
		"/-1": scrapers.Unreachable, "/loop": scrapers.Unreachable, "/nowhere": scrapers.SchemaChanged, "/ftp": scrapers.Blocked, "/user": scrapers.Blocked,
		"/bad": scrapers.SchemaChanged,
	} {
		for _, api := range []bool{true, false} {
			_, err := c.Get(t.Context(), Request{URL: s.URL + path, API: api})
			state(t, err, want)
			if strings.Contains(err.Error(), "sesame") {
				t.Errorf("shows a query: %v", err)
			}
		}
	}
}

// What the caller's header holds, and the query of the address before, are not told to another host; nor is a body.
func TestRedirectSecrets(t *testing.T) {
	var got http.Header
	other := newSite(t, handlers{"/": func(w http.ResponseWriter, r *http.Request) { got = r.Header.Clone(); says("text/plain", "x")(w, r) }})
	s := newSite(t, handlers{
		"/there": answers(302, "Location", other.URL+"/"), "/here": answers(302, "Location", "/same"),
		"/same": func(w http.ResponseWriter, r *http.Request) { got = r.Header.Clone(); says("text/plain", "x")(w, r) },
		"/post": answers(307, "Location", other.URL+"/"),
	})
	c := newTry(t)
	q := Request{URL: s.URL + "/there?key=sesame", API: true, Header: http.Header{
		"Authorization": {"Bearer sesame"}, "X-Api-Key": {"sesame"}, "Accept-Language": {"en"}, "Cookie": {"a=sesame"},
	}}
	if _, err := c.Get(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	for name, values := range got {
		if strings.Contains(strings.Join(values, " "), "sesame") {
			t.Errorf("%s: %q was sent on to another host", name, values)
		}
	}
	if got.Get("Accept-Language") != "en" || !strings.HasPrefix(got.Get("User-Agent"), "swell/") {
		t.Errorf("the other host got %v", got)
	}
	q.URL = s.URL + "/here?key=sesame"
	if _, err := c.Get(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	if got.Get("Authorization") != "Bearer sesame" || got.Get("X-Api-Key") != "sesame" || got.Get("Referer") != "" || got.Get("Cookie") != "" {
		t.Errorf("the same host got %v", got)
	}
	_, err := c.Get(t.Context(), Request{URL: s.URL + "/post", Method: http.MethodPost, Body: []byte("sesame"), API: true})
	state(t, err, scrapers.Blocked)
	if other.hits.Load() != 1 {
		t.Error("a body was sent on to another host")
	}
}

func TestTLS(t *testing.T) {
	plain := newSite(t, handlers{"/": says("text/plain", "x")})
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/down":
			http.Redirect(w, r, plain.URL+"/", http.StatusFound)
		default:
			says("text/plain", r.Proto)(w, r)
		}
	}))
	t.Cleanup(s.Close)
	_, err := newTry(t).Get(t.Context(), Request{URL: s.URL, API: true})
	if trouble := state(t, err, scrapers.Unreachable); !strings.Contains(trouble.Why, "signed by somebody") {
		t.Errorf("does not say what is wrong: %v", err)
	}
	c := newTry(t, func(o *Options) { o.RootCAs = x509.NewCertPool(); o.RootCAs.AddCert(s.Certificate()) })
	if _, err := c.Get(t.Context(), Request{URL: s.URL, API: true}); err != nil {
		t.Fatal(err)
	}
	_, err = c.Get(t.Context(), Request{URL: s.URL + "/down", API: true})
	if trouble := state(t, err, scrapers.Blocked); !strings.Contains(trouble.Why, "from https to") {
		t.Errorf("does not say what is wrong: %v", err)
	}
	if plain.hits.Load() != 0 {
		t.Error("it went from https to http")
	}
	_, err = c.Get(t.Context(), Request{URL: strings.Replace(plain.URL, "http:", "https:", 1), API: true})
	if trouble := state(t, err, scrapers.Unreachable); !strings.Contains(trouble.Why, "does not speak TLS") {
		t.Errorf("does not say what is wrong: %v", err)
	}
	_, err = c.Get(t.Context(), Request{URL: strings.Replace(s.URL, "127.0.0.1", "localhost", 1), API: true})
	if trouble := state(t, err, scrapers.Unreachable); !strings.Contains(trouble.Why, "another host") {
		t.Errorf("does not say what is wrong: %v", err)
	}
}

// A stream is opened with HTTP/1.1 at a server that speaks HTTP/2 for everything else.
func TestHTTP2(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			says("text/plain", r.Proto)(w, r)
			return
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		_ = conn.Write(r.Context(), websocket.MessageText, []byte(r.Proto))
		_ = conn.Close(websocket.StatusNormalClosure, "")
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	c := newTry(t, func(o *Options) { o.RootCAs = x509.NewCertPool(); o.RootCAs.AddCert(s.Certificate()) })
	res, err := c.Get(t.Context(), Request{URL: s.URL, API: true})
	if err != nil || string(res.Body) != "HTTP/2.0" {
		t.Errorf("got %+v, %v", res, err)
	}
	stream, err := c.Dial(t.Context(), DialRequest{URL: "wss" + strings.TrimPrefix(s.URL, "https")})
	if err != nil {
		t.Fatal(err)
	}
	if data, _, err := stream.Read(t.Context()); err != nil || string(data) != "HTTP/1.1" {
		t.Errorf("got %q, %v", data, err)
	}
	_ = stream.Close()
}
