package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// The traps that a crawler on gocolly/colly v2.3.0 as it comes falls into. Each test says in its first line what
// colly does, and shows that Swell does not.

// 304 is an error to colly, as is everything from 203 on.
func TestTrapNotModified(t *testing.T) {
	s := newSite(t, handlers{
		"/page": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"v1"`)
			w.Header().Set("Last-Modified", "Sat, 28 Nov 2026 10:00:00 GMT")
			if r.Header.Get("If-None-Match") == `"v1"` && r.Header.Get("If-Modified-Since") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			says("text/html", "<title>x</title>")(w, r)
		},
		"/203": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusNonAuthoritativeInfo)
			_, _ = w.Write([]byte("<title>y</title>"))
		},
	})
	c := newTry(t)
	p, err := c.Page(t.Context(), Request{URL: s.URL + "/page"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.Page(t.Context(), Request{URL: s.URL + "/page", Known: p.Validators})
	if err != nil || !again.Unchanged || again.Status != 304 || again.Validators != p.Validators {
		t.Errorf("got %+v, %v", again, err)
	}
	if p, err := c.Page(t.Context(), Request{URL: s.URL + "/203"}); err != nil || p.Title != "y" {
		t.Errorf("got %+v, %v", p, err)
	}
}

// Its cache keeps 403 and 429 and answers with them from then on.
func TestTrapCachedFailures(t *testing.T) {
	var hits atomic.Int64
	s := newSite(t, handlers{"/": func(w http.ResponseWriter, r *http.Request) {
		if hits.Add(1) <= 2 {
			w.WriteHeader([]int{403, 429}[hits.Load()-1])
			return
		}
		says("text/html", "<title>well</title>")(w, r)
	}})
	c := newTry(t)
	_, err := c.Page(t.Context(), Request{URL: s.URL + "/"})
	state(t, err, scrapers.Blocked)
	_, err = c.Page(t.Context(), Request{URL: s.URL + "/"})
	state(t, err, scrapers.Throttled)
	if p, err := c.Page(t.Context(), Request{URL: s.URL + "/"}); err != nil || p.Title != "well" {
		t.Errorf("got %+v, %v", p, err)
	}
}

// A damaged file in its cache is a panic. Nothing is kept in files here, even if the environment says so.
func TestTrapCacheFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("COLLY_CACHE_DIR", dir)
	s := newSite(t, handlers{"/": says("text/html", "<title>x</title>")})
	if err := os.WriteFile(filepath.Join(dir, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newTry(t).Page(t.Context(), Request{URL: s.URL + "/"}); err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("files were written: %v, %v", files, err)
	}
}

// A body beyond its limit is cut without a word.
func TestTrapCutBodies(t *testing.T) {
	const limit = 1000
	s := newSite(t, handlers{
		"/large": says("text/html", strings.Repeat("a", limit+1)), "/fits": says("text/html", strings.Repeat("a", limit)),
		"/stream": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			for range 100 {
				_, _ = w.Write([]byte(strings.Repeat("a", 100)))
				_ = http.NewResponseController(w).Flush()
			}
		},
	})
	c := newTry(t)
	for _, path := range []string{"/large", "/stream"} {
		for _, ask := range []func(context.Context, Request) error{
			func(ctx context.Context, q Request) error { _, err := c.Page(ctx, q); return err },
			func(ctx context.Context, q Request) error { _, err := c.Get(ctx, q); return err },
		} {
			err := ask(t.Context(), Request{URL: s.URL + path, MaxBytes: limit})
			if trouble := state(t, err, scrapers.Unreachable); !strings.Contains(trouble.Why, "1000 bytes") || !strings.Contains(trouble.Why, s.URL+path) {
				t.Errorf("does not name limit and address: %v", err)
			}
		}
	}
	if p, err := c.Page(t.Context(), Request{URL: s.URL + "/fits", MaxBytes: limit}); err != nil || len(p.Body) != limit {
		t.Errorf("a body as large as the limit: %v", err)
	}
}

// Whoever asks for gzip has the limit apply to what is compressed: a small bomb fills the memory.
func TestTrapGzipBomb(t *testing.T) {
	const limit = 1 << 20
	bomb := bytes.Repeat(zipped(t, make([]byte, 1<<20)), 512) // members of one stream
	s := newSite(t, handlers{"/": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb)
	}})
	c := newTry(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := c.Page(t.Context(), Request{URL: s.URL + "/", MaxBytes: limit})
	runtime.ReadMemStats(&after)
	if trouble := state(t, err, scrapers.Unreachable); !strings.Contains(trouble.Why, fmt.Sprint(limit)) || !strings.Contains(trouble.Why, s.URL) {
		t.Errorf("does not name limit and address: %v", err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 8*limit {
		t.Errorf("%d bytes were allocated for a limit of %d", used, limit)
	}
}

// A LimitRule sleeps after an answer, where no context ends it.
func TestTrapDeafPause(t *testing.T) {
	s := newSite(t, handlers{"/": says("text/html", "x")})
	c := newTry(t, func(o *Options) {
		o.Pace = Pace{Every: 50 * time.Second, Burst: 2}
		o.Sleep = nil // for real
	})
	began := time.Now()
	if _, err := c.Page(t.Context(), Request{URL: s.URL + "/"}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.Page(ctx, Request{URL: s.URL + "/"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the context's error", err)
	}
	if took := time.Since(began); took > 40*time.Second {
		t.Errorf("it took %s", took)
	}
}

// The environment overrides what the program says.
func TestTrapEnvironment(t *testing.T) {
	for name, value := range map[string]string{
		"COLLY_USER_AGENT": "Mozilla/5.0", "COLLY_IGNORE_ROBOTSTXT": "yes", "COLLY_MAX_BODY_SIZE": "3", "COLLY_FOLLOW_REDIRECTS": "no",
		"COLLY_DISALLOWED_DOMAINS": "127.0.0.1", "COLLY_ALLOWED_DOMAINS": "example.org", "COLLY_MAX_REQUESTS": "1", "COLLY_MAX_DEPTH": "1",
		"COLLY_DETECT_CHARSET": "yes", "COLLY_PARSE_HTTP_ERROR_RESPONSE": "no", "COLLY_NO_SUCH_THING": "x",
		"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "socks5://127.0.0.1:9", "NO_PROXY": "",
		"http_proxy": "http://127.0.0.1:9",
	} {
		t.Setenv(name, value)
	}
	s := newSite(t, handlers{
		"/robots.txt": says("text/plain", private), "/private": says("text/html", "x"),
		"/a": answers(302, "Location", "/b"), "/b": says("text/html", "<title>long enough</title>"),
	})
	c := newTry(t)
	for range 2 {
		p, err := c.Page(t.Context(), Request{URL: s.URL + "/a"})
		if err != nil || p.Title != "long enough" {
			t.Fatalf("got %+v, %v", p, err)
		}
	}
	if ua := s.lastHeader().Get("User-Agent"); ua != "swell/1.2 (+https://example.org/swell)" {
		t.Errorf("the User-Agent is %q", ua)
	}
	_, err := c.Page(t.Context(), Request{URL: s.URL + "/private"})
	state(t, err, scrapers.Blocked)
	// The proxies of the environment are not used for other hosts than loopback either, of which net/http makes an exception.
	u, err := c.f.transport.Proxy(&http.Request{URL: &url.URL{Scheme: "http", Host: "example.org"}})
	if u != nil || err != nil {
		t.Errorf("example.org would be asked through %v, %v", u, err)
	}
}

// Every Visit of an asynchronous collector is a goroutine, however few may ask at once.
func TestTrapGoroutines(t *testing.T) {
	s := newSite(t, handlers{"/": says("text/html", "x")})
	c := newTry(t)
	ask := func() {
		if _, err := c.Page(t.Context(), Request{URL: s.URL + "/"}); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	before := runtime.NumGoroutine()
	for range 200 {
		ask()
	}
	if after := runtime.NumGoroutine(); after > before+10 {
		t.Errorf("%d goroutines after 200 pages, %d before", after, before)
	}
}

// A page that was asked for once, even in vain, is not asked for again.
func TestTrapVisitedOnce(t *testing.T) {
	var hits atomic.Int64
	s := newSite(t, handlers{"/": func(w http.ResponseWriter, r *http.Request) {
		if hits.Add(1) == 1 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		says("text/html", "x")(w, r)
	}})
	c := newTry(t)
	_, err := c.Page(t.Context(), Request{URL: s.URL + "/"})
	state(t, err, scrapers.Unreachable)
	for range 3 {
		if _, err := c.Page(t.Context(), Request{URL: s.URL + "/"}); err != nil {
			t.Fatal(err)
		}
	}
	if hits.Load() != 4 {
		t.Errorf("%d requests, want 4", hits.Load())
	}
}

// MaxRequests is overshot by what is under way. A budget is not.
func TestTrapOvershoot(t *testing.T) {
	s := newSite(t, handlers{"/": says("text/html", "x")})
	c := newTry(t)
	b, err := scrapers.NewBudget("x", 5, shelf{}, c.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	client := c.f.Client("x", b)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := client.Page(t.Context(), Request{URL: s.URL + "/"}); err != nil && scrapers.StateOf(err) != scrapers.BudgetSpent {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := s.hits.Load() + s.robots.Load(); got != 5 || b.Left() != 0 {
		t.Errorf("%d requests of 5, %d left", got, b.Left())
	}
}

type shelf map[string][]byte

func (s shelf) Load(name string) ([]byte, error)     { return s[name], nil }
func (s shelf) Save(name string, value []byte) error { s[name] = value; return nil }

// Collectors that share a limit block or race. Clients share the pace of a host.
func TestTrapSharedLimits(t *testing.T) {
	s := newSite(t, handlers{"/": says("text/html", "x")})
	c := newTry(t, func(o *Options) { o.Pace = Pace{Every: time.Second, Burst: 1} })
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			if _, err := c.f.Client(fmt.Sprint(i), nil).Page(t.Context(), Request{URL: s.URL + "/"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := c.clock.Now().Sub(newClock().now); got < 10*time.Second {
		t.Errorf("10 pages and robots.txt took %s at a pace of a second", got)
	}
}

// Retry-After is not looked at.
func TestTrapRetryAfter(t *testing.T) {
	s := newSite(t, handlers{"/429": answers(429, "Retry-After", "30"), "/": says("text/html", "x")})
	c := newTry(t)
	_, err := c.Page(t.Context(), Request{URL: s.URL + "/429"})
	if trouble := state(t, err, scrapers.Throttled); trouble.After != 30*time.Second {
		t.Errorf("to be tried after %s", trouble.After)
	}
	// The whole host is left alone meanwhile, by everybody.
	if _, err := c.f.Client("other", nil).Page(t.Context(), Request{URL: s.URL + "/"}); err != nil {
		t.Fatal(err)
	}
	if got := c.clock.total(); got != 30*time.Second {
		t.Errorf("the next request came after %s", got)
	}
}

// To set a proxy is to make a new connection for every request.
func TestTrapProxyConnections(t *testing.T) {
	var asked, opened atomic.Int64
	proxy := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Host != "example.org" {
			t.Errorf("the proxy was asked for %s", r.URL)
		}
		if r.URL.Path == "/robots.txt" {
			w.WriteHeader(404)
			return
		}
		says("text/html", "<title>through</title>")(w, r)
	}))
	proxy.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	proxy.Start()
	t.Cleanup(proxy.Close)
	// Guarded: a proxy may well be at a private address, which is asked for nothing else.
	c := newTry(t, func(o *Options) { o.Proxy, o.AllowPrivate = proxy.URL, false })
	for range 5 {
		if p, err := c.Page(t.Context(), Request{URL: "http://example.org/"}); err != nil || p.Title != "through" {
			t.Fatalf("got %+v, %v", p, err)
		}
	}
	if asked.Load() != 6 || opened.Load() != 1 {
		t.Errorf("%d requests over %d connections", asked.Load(), opened.Load())
	}
	_, err := c.Get(t.Context(), Request{URL: proxy.URL})
	state(t, err, scrapers.Blocked)
}
