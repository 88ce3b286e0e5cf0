package fetch

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// clock is a virtual clock, which leaps to the end of every sleep.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return nil
}

// total returns how long was slept altogether.
func (c *clock) total() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var sum time.Duration
	for _, d := range c.slept {
		sum += d
	}
	return sum
}

// try is a client with a virtual clock for servers of this machine.
type try struct {
	*Client
	clock *clock
	f     *Fetcher
}

func newTry(t testing.TB, change ...func(*Options)) *try {
	t.Helper()
	return newTryWithin(t, defaultLimits, change...)
}

func newTryWithin(t testing.TB, l limits, change ...func(*Options)) *try {
	t.Helper()
	c := newClock()
	o := Options{
		Agent: "swell/1.2", Contact: "https://example.org/swell", Pace: Pace{Every: -1}, AllowPrivate: true,
		Now: c.Now, Sleep: c.Sleep,
	}
	for _, f := range change {
		f(&o)
	}
	f, err := newFetcher(o, l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return &try{Client: f.Client("test", nil), clock: c, f: f}
}

// serve serves a handler on this machine until the test ends.
func serve(t testing.TB, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// state fails the test if the error does not stand for a state.
func state(t *testing.T, err error, want scrapers.State) *scrapers.Trouble {
	t.Helper()
	trouble, ok := err.(*scrapers.Trouble)
	if !ok {
		t.Fatalf("got %v (%T), want a trouble with %s", err, err, want)
	}
	if trouble.State != want {
		t.Fatalf("got %v, want %s", trouble, want)
	}
	return trouble
}

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
