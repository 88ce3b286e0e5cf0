package contract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
)

const (
	// soon is the most real time that anything here may take.
	soon = 20 * time.Second

	// lull is how long a source that has nothing to say is listened to, in real time.
	lull = 200 * time.Millisecond
	// many is how often each of the parts is listened to while one says nothing.
	many = 100

	clockOff = -100 * time.Hour
)

// stage is a site, a host and the way to run the source.
type stage struct {
	testing.TB
	t        *testing.T
	s        *Subject
	site     *scrapetest.Site
	host     *Host
	patience time.Duration
	runs     int
	frozen   atomic.Int64 // when the site's clock stands still, in nanoseconds; 0: it does not
}

func (s *Subject) stage(tb testing.TB, t *testing.T) *stage {
	tb.Helper()
	st := &stage{TB: tb, t: t, s: s, host: NewHost(s.Now, 1), patience: soon}
	if s.patience > 0 {
		st.patience = s.patience
	}
	site, err := scrapetest.Open(s.Site(st.siteNow))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := site.Close(); err != nil {
			t.Error(err)
		}
	})
	st.site = site
	return st
}

func (st *stage) siteNow() time.Time {
	if at := st.frozen.Load(); at != 0 {
		return time.Unix(0, at).UTC()
	}
	return st.host.Now()
}

// freeze has nothing happen on the site any more.
func (st *stage) freeze() { st.frozen.Store(st.host.Now().UnixNano()) }

// run has the source run, and again when it ends, as a supervisor does, until done says so.
func (st *stage) run(what string, done func() bool) {
	st.Helper()
	st.watch(what, done, func(ctx context.Context) {
		for ctx.Err() == nil {
			err := st.start(ctx)
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				st.host.Report("", err)
			}
			_ = st.host.Sleep(ctx, max(time.Minute, scrapers.AfterOf(err))) // the loop asks ctx
		}
	})
	st.check()
}

// runOnce has the source run once, until done says so or it ends by itself.
func (st *stage) runOnce(what string, done func() bool) {
	st.Helper()
	var err error
	var ended atomic.Bool
	st.watch(what, func() bool { return done() || ended.Load() }, func(ctx context.Context) {
		if err = st.start(ctx); ctx.Err() == nil {
			ended.Store(true)
			return
		}
		if !errors.Is(err, context.Canceled) {
			err = fmt.Errorf("it says %v of a context that was cancelled", err)
			return
		}
		err = nil
	})
	if err != nil {
		st.Error(err)
	}
}

func (st *stage) start(ctx context.Context) error {
	st.runs++
	return st.s.Source(st.t, st.site.URL, st.host).Run(ctx, st.host)
}

// watch has f run until done says so, and sees that it ends then.
func (st *stage) watch(what string, done func() bool, f func(context.Context)) {
	st.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f(ctx)
	}()
	deadline := time.Now().Add(st.patience)
	missed := false
	for !done() && !missed {
		missed = time.Now().After(deadline)
		time.Sleep(500 * time.Microsecond)
	}
	cancel()
	select {
	case <-ended:
	case <-time.After(st.patience):
		st.Fatal("it goes on after its context has ended")
	}
	if missed {
		st.check()
		st.Fatalf("%s did not happen; %s", what, st.story())
	}
}

// quiet returns a function that says whether the parts have been looked at a few times since, each of
// them once at least (while one waits for an answer, the clock runs for the others), or that there is
// nothing to be heard any more.
func (st *stage) quiet() func() bool {
	from, before := st.host.heard()
	last, at := from, time.Now()
	return func() bool {
		now, said := st.host.heard()
		if now != last {
			last, at = now, time.Now()
		}
		parts, all := max(len(before), 1), true
		for part, n := range before {
			all = all && said[part] > n
		}
		return now >= from+3*parts && all || now >= from+many*parts || time.Since(at) > lull
	}
}

// complete reports whether all records have come.
func (st *stage) complete() bool { return len(st.host.missing(st.s.Want)) == 0 }

// check looks at what was wrong with deliveries and reports.
func (st *stage) check() {
	st.Helper()
	for _, fault := range st.host.faulty() {
		st.Error(fault)
	}
}

func (st *stage) story() string {
	missing := st.host.missing(st.s.Want)
	h := st.host
	h.mu.Lock()
	defer h.mu.Unlock()
	var got []string
	for name := range h.names {
		got = append(got, name)
	}
	slices.Sort(got)
	var told []string
	for state, errs := range h.states {
		told = append(told, fmt.Sprintf("%s (%v)", state, errs[len(errs)-1]))
	}
	slices.Sort(told)
	return fmt.Sprintf("missing %.2000q; got %.2000q; states %q; rejected %.1000v; requests %d",
		missing, got, told, h.rejects, len(st.site.Seen()))
}
