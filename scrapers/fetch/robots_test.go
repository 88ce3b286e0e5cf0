package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch/robots"
)

// What it means for a page how robots.txt is answered for (RFC 9309, 2.3.1).
func TestRobotsStatus(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		want   scrapers.State
	}{
		{"404", answers(404), scrapers.OK},
		{"403", answers(403), scrapers.OK},
		{"401", answers(401), scrapers.OK},
		{"410", answers(410), scrapers.OK},
		{"204", answers(204), scrapers.OK},
		{"429", answers(429), scrapers.Throttled},
		{"500", answers(500), scrapers.Unreachable},
		{"503", answers(503), scrapers.Unreachable},
		{"503 with a time", answers(503, "Retry-After", "100"), scrapers.Throttled},
		{"304", answers(304), scrapers.Unreachable},
		{"redirect", answers(302, "Location", "/other"), scrapers.Blocked},
		{"redirect to login", answers(302, "Location", "/login"), scrapers.OK},
		{"redirect loop", answers(302, "Location", "/robots.txt"), scrapers.Unreachable},
		{"reset", func(w http.ResponseWriter, _ *http.Request) {
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_ = conn.Close()
			}
		}, scrapers.Unreachable},
		{"a page", says("text/html", "<html><title>Hi</title>\nDisallow: /\n"), scrapers.OK},
		{"larger than is read", says("text/plain", private+strings.Repeat("#\n", robots.MaxBytes)), scrapers.Blocked},
		{"bomb", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(zipped(t, []byte(private+strings.Repeat("#\n", 4*robots.MaxBytes))))
		}, scrapers.Blocked},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, handlers{"/robots.txt": c.answer, "/other": says("text/plain", private), "/private": says("text/html", "x")})
			client := newTry(t)
			_, err := client.Page(t.Context(), Request{URL: s.URL + "/private"})
			if got := scrapers.StateOf(err); got != c.want {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			var trouble *scrapers.Trouble
			if errors.As(err, &trouble) && trouble.Robots != (c.want == scrapers.Blocked) {
				t.Errorf("%v says Robots = %t", err, trouble.Robots)
			}
			if c.want == scrapers.Unreachable || c.want == scrapers.Throttled {
				if after := scrapers.AfterOf(err); after <= 0 || after > time.Hour {
					t.Errorf("to be tried after %s", after)
				}
				if !strings.Contains(err.Error(), "/robots.txt") {
					t.Errorf("does not say why: %v", err)
				}
				// It is not asked for again and again meanwhile.
				asked := s.robots.Load()
				_, err := client.Page(t.Context(), Request{URL: s.URL + "/private"})
				state(t, err, c.want)
				if s.robots.Load() != asked {
					t.Error("robots.txt was asked for again at once")
				}
				_ = client.clock.Sleep(t.Context(), time.Hour)
				_, err = client.Page(t.Context(), Request{URL: s.URL + "/private"})
				state(t, err, c.want)
				if s.robots.Load() == asked {
					t.Error("robots.txt is never asked for again")
				}
			}
		})
	}
}

func TestRobotsRedirectElsewhere(t *testing.T) {
	other := newSite(t, handlers{"/robots.txt": says("text/plain", private)})
	s := newSite(t, handlers{"/robots.txt": answers(301, "Location", other.URL+"/robots.txt"), "/private": says("text/html", "x"), "/a": says("text/html", "x")})
	c := newTry(t)
	_, err := c.Page(t.Context(), Request{URL: s.URL + "/private"})
	if trouble := state(t, err, scrapers.Blocked); !strings.Contains(trouble.Why, s.URL+"/robots.txt") {
		t.Errorf("does not name the host's own: %v", err)
	}
	if _, err := c.Page(t.Context(), Request{URL: s.URL + "/a"}); err != nil {
		t.Error(err)
	}
}

// However many wait for it, robots.txt is asked for once, and paid for once.
func TestRobotsOnce(t *testing.T) {
	s := newSite(t, handlers{
		"/robots.txt": func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(20 * time.Millisecond)
			says("text/plain", private)(w, r)
		},
		"/": says("text/html", "x"),
	})
	c := newTry(t)
	budget, err := scrapers.NewBudget("x", 100, shelf{}, c.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	client := c.f.Client("x", budget)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if i%4 == 0 {
				// Whoever leaves, first or not, does not take it from the others.
				time.AfterFunc(time.Millisecond, cancel)
			}
			if _, err := client.Page(ctx, Request{URL: s.URL}); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if s.robots.Load() != 1 {
		t.Errorf("robots.txt was asked for %d times", s.robots.Load())
	}
	if spent := 100 - budget.Left(); spent < int(s.hits.Load())+1 || spent > 21 {
		t.Errorf("%d requests were paid for, %d made", spent, s.hits.Load()+1)
	}
}

// One source's spent budget is not another's trouble.
func TestRobotsBudget(t *testing.T) {
	s := newSite(t, handlers{"/": says("text/html", "x")})
	c := newTry(t)
	budget, err := scrapers.NewBudget("poor", 1, shelf{}, c.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := budget.Spend(1); err != nil {
		t.Fatal(err)
	}
	poor := c.f.Client("poor", budget)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, err := poor.Page(t.Context(), Request{URL: s.URL})
			if got := scrapers.StateOf(err); got != scrapers.BudgetSpent {
				t.Errorf("got %v", err)
			}
		})
		wg.Go(func() {
			if _, err := c.Page(t.Context(), Request{URL: s.URL}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if s.robots.Load() != 1 || s.hits.Load() != 20 {
		t.Errorf("%d and %d requests", s.robots.Load(), s.hits.Load())
	}
}

// What is kept is bounded, in files and in bytes.
func TestRobotsBound(t *testing.T) {
	rc := newRobotsCache("swell")
	add := func(i int, rules *robots.Rules) {
		e := &robotsEntry{done: make(chan struct{}), rules: rules, expires: noon.Add(time.Duration(i) * time.Second)}
		of := fmt.Sprint(i)
		rc.mu.Lock()
		rc.all[of] = e
		rc.mu.Unlock()
		rc.settle(of, e)
	}
	for i := range mostRobots + 100 {
		add(i, nil)
	}
	if len(rc.all) != mostRobots || rc.all["99"] != nil || rc.all["100"] == nil {
		t.Errorf("%d files are kept", len(rc.all))
	}
	large := robots.Parse([]byte("User-agent: *\n"+strings.Repeat("Disallow: /"+strings.Repeat("a", 200)+"\n", 2000)), "swell")
	for i := range 50 {
		add(mostRobots+1000+i, large)
	}
	sum := 0
	for _, e := range rc.all {
		sum += e.rules.Size()
	}
	if sum != rc.size || sum > mostRobotSize {
		t.Errorf("%d bytes are kept, and taken for %d", sum, rc.size)
	}
}

// Close ends what goes on for others.
func TestClose(t *testing.T) {
	var began atomic.Bool
	s := newSite(t, handlers{"/robots.txt": func(_ http.ResponseWriter, r *http.Request) { began.Store(true); <-r.Context().Done() }})
	c := newTry(t)
	done := make(chan error, 1)
	go func() {
		_, err := c.Page(context.Background(), Request{URL: s.URL})
		done <- err
	}()
	for !began.Load() {
		time.Sleep(time.Millisecond)
	}
	if err := c.f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; scrapers.StateOf(err) != scrapers.Unreachable {
		t.Errorf("got %v", err)
	}
}
