package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// problemOf reads the problem that a response must be.
func problemOf(t testing.TB, resp *http.Response) *api.Problem {
	t.Helper()
	if kind := resp.Header.Get("Content-Type"); kind != api.TypeProblem {
		t.Fatalf("status %d has type %q, want %q", resp.StatusCode, kind, api.TypeProblem)
	}
	var p api.Problem
	d := json.NewDecoder(bytes.NewReader(body(t, resp)))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		t.Fatal(err)
	}
	if p.Status != resp.StatusCode || p.Title == "" || p.Detail == "" || p.RequestID != resp.Header.Get("X-Request-Id") {
		t.Fatalf("status %d, request %q: incomplete problem %+v", resp.StatusCode, resp.Header.Get("X-Request-Id"), p)
	}
	return &p
}

func TestProblems(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	for _, c := range []struct {
		target, kind, parameter, detail string
	}{
		{"/api/v1/trends?tongue=en", api.ProblemUnknownParameter, "tongue", "at, confirmed, csv_guard, cursor, format, kind, lang, limit, min_confidence, min_score, phase, platform, prefix, q, region, series, sort, watch, window"},
		{"/api/v1/trends?b=1&a=1", api.ProblemUnknownParameter, "a", ""},
		{"/api/v1/trends?limit=0", api.ProblemInvalidParameter, "limit", "from 1 to 1000"},
		{"/api/v1/trends?limit=1001", api.ProblemInvalidParameter, "limit", ""},
		{"/api/v1/trends?limit=1e2", api.ProblemInvalidParameter, "limit", ""},
		{"/api/v1/trends?limit=1&limit=2", api.ProblemInvalidParameter, "limit", "2 times"},
		{"/api/v1/trends?kind=hashtag,tag", api.ProblemInvalidParameter, "kind", "hashtag, sound, keyword, mention, link"},
		{"/api/v1/trends?phase=over", api.ProblemInvalidParameter, "phase", "emerging, rising, peaking, fading"},
		{"/api/v1/trends?sort=new", api.ProblemInvalidParameter, "sort", "rank, score, rate, authors, started, hours_left, growth"},
		{"/api/v1/trends?series=yes", api.ProblemInvalidParameter, "series", ""},
		{"/api/v1/trends?min_score=NaN", api.ProblemInvalidParameter, "min_score", ""},
		{"/api/v1/trends?min_score=1e999", api.ProblemInvalidParameter, "min_score", ""},
		{"/api/v1/trends?min_confidence=1.01", api.ProblemInvalidParameter, "min_confidence", "from 0 to 1"},
		{"/api/v1/trends?window=12h", api.ProblemInvalidParameter, "window", "72h, 24h, 6h, 1h"},
		{"/api/v1/trends?confirmed=yes", api.ProblemInvalidParameter, "confirmed", "0, 1"},
		{"/api/v1/trends?prefix=%23", api.ProblemInvalidParameter, "prefix", "nothing to look for"},
		{"/api/v1/trends?watch=none", api.ProblemUnknownWatch, "watch", "/api/v1/watches"},
		{"/api/v1/watches?x=1", api.ProblemUnknownParameter, "x", "none"},
		{"/api/v1/watches/none", api.ProblemUnknownWatch, "", `"none"`},
		{"/api/v1/trends?q=%23", api.ProblemInvalidParameter, "q", "nothing to look for"},
		{"/api/v1/trends?q=%zz", api.ProblemInvalidParameter, "", "%zz"},
		{"/api/v1/trends?a;b", api.ProblemInvalidParameter, "", ""},
		{"/api/v1/trends?cursor=x", api.ProblemInvalidParameter, "cursor", "next"},
		{"/api/v1/trends?at=1700000000", api.ProblemNotKept, "at", "before all that is kept; use 2026"},
		{"/api/v1/trends?at=2030-01-01T00:00:00Z", api.ProblemNotKept, "at", "after the newest record"},
		{"/api/v1/trends?at=" + fmt.Sprint(fixedAsOf-3000), api.ProblemNotKept, "at", "nothing was published"},
		{"/api/v1/trends?at=" + fmt.Sprint(fixedAsOf-24*3600), api.ProblemDamaged, "at", "damaged on the disk or lost"},
		{"/api/v1/trends?at=soon", api.ProblemInvalidParameter, "at", "RFC 3339"},
		{"/api/v1/terms/hashtag/booktok?at=1700000000", api.ProblemNotKept, "at", ""},
		{"/api/v1/terms/hashtag/neverseen/series?at=" + fmt.Sprint(fixedAsOf-600), api.ProblemUnknownTerm, "", ""},
		{"/api/v1/status?x=1", api.ProblemUnknownParameter, "x", "none"},
		{"/api/v1/terms/tag/booktok", api.ProblemInvalidParameter, "kind", "hashtag"},
		{"/api/v1/terms/hashtag/%23", api.ProblemInvalidParameter, "key", "nothing to count"},
		{"/api/v1/terms/hashtag/neverseen", api.ProblemUnknownTerm, "", `"neverseen"`},
		{"/api/v1/terms/hashtag/booktok?platform=x", api.ProblemUnknownTerm, "", `"x"`},
		{"/api/v1/terms/hashtag/booktok?from=1", api.ProblemUnknownParameter, "from", "platform"},
		{"/api/v1/terms/hashtag/booktok/series?step=1w", api.ProblemInvalidParameter, "step", "1h, 1d"},
		{"/api/v1/terms/hashtag/booktok/series?from=yesterday", api.ProblemInvalidParameter, "from", "RFC 3339"},
		{"/api/v1/terms/hashtag/booktok/series?from=-1", api.ProblemInvalidParameter, "from", "1970"},
		{"/api/v1/terms/hashtag/booktok/series?to=253402300800", api.ProblemInvalidParameter, "to", "9999"},
		{"/api/v1/terms/hashtag/booktok/series?from=2000&to=1000", api.ProblemInvalidParameter, "from", "after"},
		{"/api/v1/terms/hashtag/booktok/series?from=0&to=36003600", api.ProblemTooManyPoints, "from", "10001 steps"},
		{"/api/v1/terms/hashtag/neverseen/series", api.ProblemUnknownTerm, "", ""},
		{"/api/v1", api.ProblemNoSuchPath, "", ""},
		{"/api/v1/trends/", api.ProblemNoSuchPath, "", ""},
		{"/api/v1/terms/hashtag", api.ProblemNoSuchPath, "", ""},
		{"/api/v1/terms/hashtag/", api.ProblemNoSuchPath, "", ""},
		{"/api/v1/terms//booktok", api.ProblemNoSuchPath, "", ""},
		{"/api//v1/trends", api.ProblemNoSuchPath, "", ""},
		{"/api/v1/../v1/trends", api.ProblemNoSuchPath, "", ""},
		{"/API/v1/trends", api.ProblemNoSuchPath, "", ""},
		{"/api/v1/trends?q=" + strings.Repeat("x", maxURI), api.ProblemTooLong, "", "8192"},
		{"/api/v1/terms/link/" + strings.Repeat("x", maxURI), api.ProblemTooLong, "", ""},
	} {
		p := problemOf(t, do(s, "GET", c.target))
		if p.Type != c.kind || p.Parameter != c.parameter || !strings.Contains(p.Detail, c.detail) {
			t.Errorf("%.100s: got %+v, want %s at %q with %q", c.target, p, c.kind, c.parameter, c.detail)
		}
		if want := api.NewProblem(c.kind, ""); p.Status != want.Status || p.Title != want.Title {
			t.Errorf("%.100s: %+v has not the status and title of its type", c.target, p)
		}
	}
}

func TestMethods(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} {
		for _, target := range []string{"/", "/api/v1/trends", "/api/v1/status", "/-/ready", "/api/v1/terms/hashtag/booktok", "/api/v1/terms/link/a.b/c/series"} {
			resp := do(s, method, target)
			if allow := resp.Header.Get("Allow"); allow != "GET, HEAD" {
				t.Errorf("%s %s: Allow is %q", method, target, allow)
			}
			if p := problemOf(t, resp); p.Type != api.ProblemMethod {
				t.Errorf("%s %s: %+v", method, target, p)
			}
		}
		if p := problemOf(t, do(s, method, "/nowhere")); p.Type != api.ProblemNoSuchPath {
			t.Errorf("%s /nowhere: %+v", method, p)
		}
	}
}

func TestHosts(t *testing.T) {
	opt := fixedOptions(t)
	opt.Hosts = []string{"Radar.Example", "10.0.0.7", "fe80::7"}
	s := newServer(t, opt)
	for host, known := range map[string]bool{
		"localhost": true, "LOCALHOST:80": true, "127.0.0.1": true, "127.0.0.1:7310": true, "[::1]": true, "[::1]:7310": true,
		"radar.example": true, "RADAR.example:443": true, "10.0.0.7:1": true, "[fe80::7]:1": true,
		"": false, "evil.example": false, "localhost.evil.example": false, "evil.example:7310": false, "127.0.0.2": false,
		"localhost@evil.example": false, "[::1": false, "::1]": false, "localhost:80:80": false, "radar.example.": false,
	} {
		resp := do(s, "GET", "/-/healthy", "Host", host)
		if !known {
			if p := problemOf(t, resp); p.Type != api.ProblemForeignHost || p.Status != http.StatusMisdirectedRequest {
				t.Errorf("host %q: %+v", host, p)
			}
		} else if resp.StatusCode != http.StatusOK {
			t.Errorf("host %q: status %d", host, resp.StatusCode)
		}
	}
}

func TestOptions(t *testing.T) {
	good := fixedOptions(t)
	for name, change := range map[string]func(*Options){
		"Source": func(o *Options) { o.Source = nil },
		"Nonce":  func(o *Options) { o.Nonce = "" },
		"nonce":  func(o *Options) { o.Nonce = "a\r\nb" },
		"host":   func(o *Options) { o.Hosts = []string{"http://a"} },
		"port":   func(o *Options) { o.Hosts = []string{"a:80"} },
		"empty":  func(o *Options) { o.Hosts = []string{""} },
	} {
		opt := good
		change(&opt)
		if _, err := New(opt); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: got %v, want ErrOptions", name, err)
		}
	}
}

func TestPanicIsAnsweredAndLogged(t *testing.T) {
	var log bytes.Buffer
	opt := fixedOptions(t)
	opt.Source, opt.Logger = secretive{}, logInto(&log)
	p := problemOf(t, do(newServer(t, opt), "GET", "/api/v1/trends"))
	if p.Type != api.ProblemInternal || strings.Contains(p.Detail, "secret") {
		t.Errorf("got %+v", p)
	}
	for _, want := range []string{"the secret reason", p.RequestID, "stack=", "errors_test.go"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q: %s", want, log.String())
		}
	}
}

// secretive is a source whose every answer is a bug.
type secretive struct{ Source }

func (secretive) View() *engine.View { panic("the secret reason") }

func TestSourceErrors(t *testing.T) {
	for _, c := range []struct {
		err  error
		kind string
	}{
		{engine.ErrClosed, api.ProblemBusy},
		{store.ErrClosed, api.ProblemBusy},
		{context.DeadlineExceeded, api.ProblemBusy},
		{store.ErrDamaged, api.ProblemInternal},
		{errors.New("a secret"), api.ProblemInternal},
	} {
		var log bytes.Buffer
		opt, source := fixedOptions(t), fixedSource()
		source.err = c.err
		opt.Source, opt.Logger = source, logInto(&log)
		for _, target := range []string{"/api/v1/terms/hashtag/booktok", "/api/v1/terms/hashtag/booktok/series"} {
			resp := do(newServer(t, opt), "GET", target)
			p := problemOf(t, resp)
			if p.Type != c.kind || strings.Contains(p.Detail, "secret") {
				t.Errorf("%v: got %+v", c.err, p)
			}
			if busy := resp.Header.Get("Retry-After") != ""; busy != (c.kind == api.ProblemBusy) {
				t.Errorf("%v: Retry-After is %q", c.err, resp.Header.Get("Retry-After"))
			}
			if logged := strings.Contains(log.String(), c.err.Error()); logged != (c.kind == api.ProblemInternal) {
				t.Errorf("%v: log is %q", c.err, log.String())
			}
		}
	}
}

func TestClosedStore(t *testing.T) {
	opt, st := fixedOptions(t), openStore(t)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	opt.History = st
	if p := problemOf(t, do(newServer(t, opt), "GET", "/api/v1/terms/hashtag/booktok")); p.Type != api.ProblemBusy {
		t.Errorf("got %+v", p)
	}
}

func TestQueriesAreLimited(t *testing.T) {
	opt := fixedOptions(t)
	slow := &waiting{Source: opt.Source, entered: make(chan struct{}), leave: make(chan struct{})}
	opt.Source = slow
	s := newServer(t, opt)
	codes := make(chan int, maxQueries)
	for range maxQueries {
		go func() { codes <- do(s, "GET", "/api/v1/terms/hashtag/booktok").StatusCode }()
	}
	for range maxQueries {
		<-slow.entered
	}
	// One more waits for a place until its asker leaves.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", "/api/v1/terms/hashtag/booktok", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, p := s.limited(s.term)(r); p == nil || p.Type != api.ProblemBusy {
		t.Errorf("got %+v, want %s", p, api.ProblemBusy)
	}
	close(slow.leave)
	for range maxQueries {
		if code := <-codes; code != http.StatusOK {
			t.Errorf("status %d", code)
		}
	}
}

// waiting is a source whose owners are busy until leave is closed.
type waiting struct {
	Source
	entered, leave chan struct{}
}

func (w *waiting) Term(ctx context.Context, kind term.Kind, key, platform string) ([]engine.TermCounts, error) {
	w.entered <- struct{}{}
	<-w.leave
	return w.Source.Term(ctx, kind, key, platform)
}
