package serve

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/internal/api"
)

// listen serves s over a real socket, with the server's limits.
func listen(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	srv.Config = HTTPServer(holding(h))
	srv.Start()
	t.Cleanup(srv.Close)
	return srv
}

func TestClient(t *testing.T) {
	opt := testOptions(t)
	s := newServer(t, opt)
	c := api.Client{Base: listen(t, s).URL + "/"}
	trends, err := c.Trends(t.Context(), url.Values{"q": {"#BookTok"}, "series": {"1"}})
	if err != nil {
		t.Fatal(err)
	}
	same := cmp.Comparer(func(a, b api.Number) bool { return a == b || a != a && b != b })
	if want := ask[api.TrendsAnswer](t, s, "/api/v1/trends?q=booktok&series=1"); !cmp.Equal(trends, want, same) || len(trends.Trends) == 0 {
		t.Errorf("got %+v\nwant %+v", trends, want)
	}
	got, err := c.Term(t.Context(), "link", "https://example.com/a/series?page=2", nil)
	if err != nil || got.Key != "example.com/a/series?page=2" {
		t.Errorf("got %+v, %v", got, err)
	}
	series, err := c.Series(t.Context(), "hashtag", "daily0", url.Values{"step": {"1d"}})
	if err != nil || series.Step != "1d" || len(series.Platforms) != 2 {
		t.Errorf("got %+v, %v", series, err)
	}
	status, err := c.Status(t.Context())
	if err != nil || status.Version != "1.2.3" || status.Counters.Records == 0 {
		t.Errorf("got %+v, %v", status, err)
	}
}

func TestClientErrors(t *testing.T) {
	base := listen(t, newServer(t, fixedOptions(t))).URL
	_, err := api.Client{Base: base}.Term(t.Context(), "hashtag", "neverseen", nil)
	var p *api.Problem
	if !errors.As(err, &p) || p.Type != api.ProblemUnknownTerm || !strings.Contains(err.Error(), "neverseen") {
		t.Errorf("got %v", err)
	}
	for name, h := range map[string]http.HandlerFunc{
		"another server": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") },
		"torn answer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", api.TypeJSON)
			fmt.Fprint(w, `{"total":1,`)
		},
		"torn problem": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", api.TypeProblem)
			fmt.Fprint(w, `{`)
		},
		"a proxy": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", api.TypeJSON)
			w.WriteHeader(http.StatusBadGateway)
		},
	} {
		srv := listen(t, h)
		if _, err := (api.Client{Base: srv.URL}).Trends(t.Context(), nil); !errors.Is(err, api.ErrAnswer) || !strings.Contains(err.Error(), srv.URL) {
			t.Errorf("%s: got %v, want ErrAnswer with the address", name, err)
		}
	}
	srv := listen(t, http.NotFoundHandler())
	srv.Close()
	if _, err := (api.Client{Base: srv.URL}).Status(t.Context()); err == nil || strings.Count(err.Error(), srv.URL) != 1 {
		t.Errorf("nobody there: got %v", err)
	}
	if _, err := (api.Client{Base: ":x"}).Status(t.Context()); err == nil {
		t.Error("no address: no error")
	}
}

// TestHTTPServer sends what no client library would.
func TestHTTPServer(t *testing.T) {
	addr := listen(t, newServer(t, fixedOptions(t))).Listener.Addr().String()
	for request, status := range map[string]int{
		"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n":                                             200,
		"GET http://localhost/-/healthy HTTP/1.1\r\nHost: evil.example\r\n\r\n":                          200,
		"GET http://evil.example/-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n":                          421,
		"GET /-/healthy HTTP/1.0\r\n\r\n":                                                                421,
		"GET /-/healthy HTTP/1.1\r\n\r\n":                                                                400,
		"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n":                                                  404,
		"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n":                                       404,
		"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", 8*maxURI) + "\r\n\r\n": 431,
	} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte(request)); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%.80q: %v", request, err)
		}
		if resp.StatusCode != status {
			t.Errorf("%.80q: status %d, want %d", request, resp.StatusCode, status)
		}
		if status != 400 && status != 431 && status != 200 { // those net/http answers itself
			problemOf(t, resp)
		}
		conn.Close()
	}
}
