package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

func TestGet(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		if ua := r.Header.Get("User-Agent"); ua != "swell/1.2 (+https://example.org/swell)" {
			t.Errorf("User-Agent %q", ua)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("ETag", `"a"`)
		_, _ = w.Write([]byte(`{"a":1}`))
	})
	c := newTry(t)
	res, err := c.Get(t.Context(), Request{URL: s.URL + "/x?key=abc", Accept: []string{"application/json"}})
	if err != nil {
		t.Fatal(err)
	}
	if string(res.Body) != `{"a":1}` || res.Status != 200 || res.Validators.ETag != `"a"` {
		t.Errorf("got %+v", res)
	}
	again, err := c.Get(t.Context(), Request{URL: s.URL + "/x?key=abc", Known: res.Validators})
	if err != nil {
		t.Fatal(err)
	}
	if !again.Unchanged || again.Body != nil {
		t.Errorf("the same body again is no change; got %+v", again)
	}
}

func TestStatus(t *testing.T) {
	s := newSite(t, handlers{"/": func(w http.ResponseWriter, r *http.Request) {
		for name, values := range r.URL.Query() {
			if name != "status" {
				w.Header()[http.CanonicalHeaderKey(name)] = values
			}
		}
		code, _ := strconv.Atoi(r.URL.Query().Get("status"))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_, _ = w.Write([]byte(`{"error": "so it is",` + "\n" + `"key": "sesame99"}`))
	}})
	for _, c := range []struct {
		query string
		want  scrapers.State
		after time.Duration
	}{
		{"status=200", scrapers.OK, 0},
		{"status=206", scrapers.SchemaChanged, 0},
		{"status=300", scrapers.SchemaChanged, 0},
		{"status=304", scrapers.Unreachable, 0},
		{"status=400", scrapers.SchemaChanged, 0},
		{"status=401", scrapers.LoginWall, 0},
		{"status=402", scrapers.Blocked, 0},
		{"status=403", scrapers.Blocked, 0},
		{"status=403&retry-after=5", scrapers.Throttled, 5 * time.Second},
		{"status=404", scrapers.Unreachable, 0},
		{"status=407", scrapers.Unreachable, 0},
		{"status=408", scrapers.Unreachable, 0},
		{"status=410", scrapers.Blocked, 0},
		{"status=418", scrapers.SchemaChanged, 0},
		{"status=420", scrapers.Throttled, 0},
		{"status=429", scrapers.Throttled, 0},
		{"status=429&retry-after=120", scrapers.Throttled, 2 * time.Minute},
		{"status=429&retry-after=9999999", scrapers.Throttled, 24 * time.Hour},
		{"status=429&x-ratelimit-remaining=0&x-ratelimit-reset=90", scrapers.Throttled, 90 * time.Second},
		{"status=451", scrapers.Blocked, 0},
		{"status=500", scrapers.Unreachable, 0},
		{"status=503", scrapers.Unreachable, 0},
		{"status=503&retry-after=60", scrapers.Throttled, time.Minute},
		{"status=999", scrapers.Blocked, 0},
	} {
		_, err := newTry(t).Get(t.Context(), Request{URL: s.URL + "/?key=sesame99&" + c.query, API: true})
		if got := scrapers.StateOf(err); got != c.want {
			t.Errorf("%s: %v, want %s", c.query, err, c.want)
			continue
		}
		if got := scrapers.AfterOf(err); got != c.after {
			t.Errorf("%s: to be tried after %s, want %s", c.query, got, c.after)
		}
		if err == nil || c.query == "status=304" {
			continue
		}
		if text := err.Error(); strings.Contains(text, "sesame") || !strings.Contains(text, "so it is") || strings.Contains(text, "\n") || !strings.Contains(text, s.URL) {
			t.Errorf("%s: not fit to be shown: %q", c.query, text)
		}
	}
}

// What a server says of its limits has the host left alone, also where the answer is good.
func TestRateLimit(t *testing.T) {
	for _, header := range [][]string{
		{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "20"},
		{"RateLimit", `"default";r=0;t=20`},
		{"RateLimit-Remaining", "0", "RateLimit-Reset", "20"},
		{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "2026-11-20T10:00:20.000Z", "Date", "Fri, 20 Nov 2026 10:00:00 GMT"},
		{"X-Ratelimit-Remaining", "0.0", "X-Ratelimit-Reset", "20", "X-Ratelimit-Used", "100"},
	} {
		s := newSite(t, handlers{"/": func(w http.ResponseWriter, r *http.Request) {
			answers(200, header...)(w, r)
		}})
		c := newTry(t)
		for range 2 {
			if _, err := c.Get(t.Context(), Request{URL: s.URL, API: true}); err != nil {
				t.Fatal(err)
			}
		}
		if got := c.clock.total(); got != 20*time.Second {
			t.Errorf("%q: the second request came after %s", header, got)
		}
	}
}

// A host that is to be left alone for longer than anybody waits here is a trouble at once.
func TestHeldForLong(t *testing.T) {
	s := newSite(t, handlers{"/": answers(429, "Retry-After", "3600")})
	c := newTry(t)
	_, err := c.Get(t.Context(), Request{URL: s.URL, API: true})
	state(t, err, scrapers.Throttled)
	_, err = c.Get(t.Context(), Request{URL: s.URL, API: true})
	if trouble := state(t, err, scrapers.Throttled); trouble.After != time.Hour {
		t.Errorf("to be tried after %s", trouble.After)
	}
	if s.hits.Load() != 1 || c.clock.total() != 0 {
		t.Errorf("%d requests, %s slept", s.hits.Load(), c.clock.total())
	}
}

func TestConditional(t *testing.T) {
	body := "one"
	var asked http.Header
	s := newSite(t, handlers{"/": func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Clone()
		w.Header().Set("ETag", `W/"`+body+`"`)
		if r.Header.Get("If-None-Match") == `W/"`+body+`"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		says("text/plain", body)(w, r)
	}})
	c := newTry(t)
	res, err := c.Get(t.Context(), Request{URL: s.URL, API: true})
	if err != nil || asked.Get("If-None-Match") != "" {
		t.Fatalf("%v, %v", err, asked)
	}
	again, err := c.Get(t.Context(), Request{URL: s.URL, API: true, Known: res.Validators})
	if err != nil || !again.Unchanged || again.Validators != res.Validators || len(again.Body) != 0 {
		t.Errorf("got %+v, %v", again, err)
	}
	body = "two"
	again, err = c.Get(t.Context(), Request{URL: s.URL, API: true, Known: res.Validators})
	if err != nil || again.Unchanged || string(again.Body) != "two" || again.Validators == res.Validators {
		t.Errorf("got %+v, %v", again, err)
	}
	// Nothing is kept between calls but by the caller, so what was not delivered comes again.
	again, err = c.Get(t.Context(), Request{URL: s.URL, API: true})
	if err != nil || again.Unchanged || string(again.Body) != "two" {
		t.Errorf("got %+v, %v", again, err)
	}
	if _, err = c.Get(t.Context(), Request{URL: s.URL, API: true, Method: http.MethodPost, Known: again.Validators}); err != nil || asked.Get("If-None-Match") != "" {
		t.Errorf("a POST asked whether anything has changed: %v, %v", asked, err)
	}
}

func TestAccept(t *testing.T) {
	const html = "<!DOCTYPE html><html><head><title>Hello</title></head><body>"
	s := newSite(t, handlers{
		"/json": says("application/json; charset=utf-8", "{}"), "/activity": says("application/activity+json", "{}"), "/text": says("text/plain", "{}"),
		"/bare": says("", `{"a":1}`), "/barehtml": says("", html), "/html": says("text/html", html), "/empty": says("text/html", ""),
		"/captcha": says("text/html", html+`<div class="h-captcha">`), "/login": says("text/html", html+`<input type="password">`),
		"/verify": says("text/plain", `{"code": "10000", "type": "verify"}`), "/cf": answers(403, "Cf-Mitigated", "challenge", "Content-Type", "text/html"),
		"/204": answers(204),
	})
	c := newTry(t)
	for path, want := range map[string]scrapers.State{
		"/json": scrapers.OK, "/activity": scrapers.OK, "/text": scrapers.SchemaChanged, "/bare": scrapers.OK, "/barehtml": scrapers.SchemaChanged,
		"/html": scrapers.SchemaChanged, "/empty": scrapers.OK, "/captcha": scrapers.Blocked, "/login": scrapers.LoginWall, "/verify": scrapers.Blocked,
		"/cf": scrapers.Blocked, "/204": scrapers.OK,
	} {
		_, err := c.Get(t.Context(), Request{URL: s.URL + path, API: true, Accept: []string{"application/json", "*+json"}})
		if got := scrapers.StateOf(err); got != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	if got := s.lastHeader().Get("Accept"); got != "application/json, */*;q=0.1" {
		t.Errorf("Accept: %s", got)
	}
}

func TestNoContact(t *testing.T) {
	s := newSite(t, handlers{"/": says("text/html", "x")})
	c := newTry(t, func(o *Options) { o.Contact = "" })
	_, err := c.Page(t.Context(), Request{URL: s.URL, API: true})
	if trouble := state(t, err, scrapers.Blocked); !strings.Contains(trouble.Why, "contact") {
		t.Errorf("does not say what to set: %v", err)
	}
	_, err = c.Get(t.Context(), Request{URL: s.URL})
	state(t, err, scrapers.Blocked)
	if s.hits.Load()+s.robots.Load() != 0 {
		t.Error("something was asked")
	}
	if _, err := c.Get(t.Context(), Request{URL: s.URL, API: true}); err != nil {
		t.Error(err)
	}
	if got := s.lastHeader().Get("User-Agent"); got != "swell/1.2" {
		t.Errorf("User-Agent: %q", got)
	}
}

func TestContext(t *testing.T) {
	s := newSite(t, handlers{"/": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }})
	c := newTry(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := c.Get(ctx, Request{URL: s.URL, API: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Page(ctx, Request{URL: s.URL}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Dial(ctx, DialRequest{URL: "ws" + strings.TrimPrefix(s.URL, "http")}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.Get(ctx, Request{URL: s.URL, API: true}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestTap(t *testing.T) {
	var got []Exchange
	s := newSite(t, handlers{
		"/a": answers(302, "Location", "/b?api_key=sesame&q=x"),
		"/b": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Set-Cookie", "sesame=1")
			w.Header().Set("ETag", `"x"`)
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", "text/plain; charset=iso-8859-1")
			_, _ = w.Write(zipped(t, []byte("caf\xe9")))
		},
	})
	c := newTry(t, func(o *Options) { o.Tap = func(e Exchange) { e.Body = bytes.Clone(e.Body); got = append(got, e) } })
	if _, err := c.Get(t.Context(), Request{URL: s.URL + "/a?token=sesame&page=2", Header: http.Header{"Authorization": {"sesame"}}, API: true}); err != nil {
		t.Fatal(err)
	}
	_, err := c.Get(t.Context(), Request{URL: s.URL + "/c", API: true})
	state(t, err, scrapers.Unreachable)
	if len(got) != 3 || got[0].Status != 302 || got[1].Status != 200 || got[2].Status != 404 {
		t.Fatalf("recorded %+v", got)
	}
	if text := fmt.Sprintf("%+v", got); strings.Contains(text, "sesame") {
		t.Errorf("a secret was recorded: %s", text)
	}
	if got[0].URL != s.URL+"/a?token=…&page=2" || got[0].Header.Get("Location") != "/b?api_key=…&q=x" {
		t.Errorf("recorded %+v", got[0])
	}
	if string(got[1].Body) != "caf\xe9" || got[1].Header.Get("Etag") != `"x"` || got[1].Source != "test" || !got[1].At.Equal(c.clock.Now()) {
		t.Errorf("recorded %+v", got[1])
	}
}
