package serve

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Without TLS and on another address than loopback, browsers send no Sec-Fetch-Site: the origin alone tells where a form
// comes from, and of a page with the policy no-referrer it is null.
func TestFormsOverPlainHTTP(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	l := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "localhost:7310" // as the server is called
		s.ServeHTTP(w, r)
	}))
	defer l.Close()
	send := func(method, path, origin string) *http.Response {
		t.Helper()
		r, err := http.NewRequest(method, l.URL+path, strings.NewReader("theme=dark&back=/about"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", asPage)
		r.Header.Set("Content-Type", asForm)
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
		return resp
	}
	if resp := send("POST", "/settings", "null"); resp.StatusCode != http.StatusForbidden || len(resp.Cookies()) > 0 {
		t.Errorf("origin null: %s", resp.Status)
	}
	if resp := send("POST", "/settings", "http://localhost:3000"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("origin of another port: %s", resp.Status)
	}
	for _, path := range []string{"/", "/about", "/no/such/page"} {
		if got := send("GET", path, "").Header.Get("Referrer-Policy"); got != "same-origin" {
			t.Errorf("%s: forms of a page with the policy %q are refused", path, got)
		}
	}
	if got := send("GET", "/api/v1/status", "").Header.Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("of the endpoint it is %q", got)
	}
	if resp := send("POST", "/settings", "http://localhost:7310"); resp.StatusCode != http.StatusSeeOther || len(resp.Cookies()) != 1 {
		t.Errorf("own origin: %s", resp.Status)
	}
}

// Behind a proxy that asks for another host, the page's origin is the public address.
func TestFormsThroughAProxy(t *testing.T) {
	opt := fixedOptions(t)
	opt.PublicURL = "https://radar.example/swell"
	s := newServer(t, opt)
	for origin, status := range map[string]int{
		"https://radar.example": http.StatusSeeOther, "http://radar.example": http.StatusForbidden,
		"https://radar.example.evil.example": http.StatusForbidden, "null": http.StatusForbidden,
	} {
		if got := request(s, "POST", "/settings", "theme=dark", "Content-Type", asForm, "Accept", asPage, "Origin", origin).StatusCode; got != status {
			t.Errorf("%s: status %d, want %d", origin, got, status)
		}
	}
}
