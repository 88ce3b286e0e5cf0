package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
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

// handlers answer by path.
type handlers = map[string]http.HandlerFunc

// site is a server of this machine whose paths each have an answer; others are 404.
type site struct {
	*httptest.Server
	hits   atomic.Int64 // but for robots.txt
	robots atomic.Int64
	mu     sync.Mutex
	last   http.Header // of the last request but for robots.txt
}

func newSite(t testing.TB, paths handlers) *site {
	t.Helper()
	s := new(site)
	s.Server = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			s.robots.Add(1)
		} else {
			s.hits.Add(1)
			s.mu.Lock()
			s.last = r.Header.Clone()
			s.mu.Unlock()
		}
		if h, ok := paths[r.URL.Path]; ok {
			h(w, r)
			return
		}
		http.NotFound(w, r)
	})
	return s
}

// lastHeader returns the header of the last request.
func (s *site) lastHeader() http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// says answers with a body of a media type; no type is none at all.
func says(media, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		if media != "" {
			w.Header().Set("Content-Type", media)
		}
		_, _ = w.Write([]byte(body))
	}
}

// answers answers with a status and headers, given as name, value, name, value.
func answers(status int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
	}
}

func zipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mustParse(t testing.TB, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// asError keeps a nil trouble a nil error.
func asError(t *scrapers.Trouble) error {
	if t == nil {
		return nil
	}
	return t
}
