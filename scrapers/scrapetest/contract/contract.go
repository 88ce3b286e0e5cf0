package contract

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/term"
)

// Subject is a source and the fake site that it is tried against.
type Subject struct {
	// Site is a handler that works, by the given clock.
	Site func(now func() time.Time) http.Handler
	// Source makes the source, asking the site at base ("http://127.0.0.1:PORT").
	Source func(t *testing.T, base string, h *Host) scrapers.Source
	// Now is when the tests begin.
	Now time.Time
	// Want are the records that the source has delivered sooner or later, by the names that
	// [Name] gives. It may deliver others too.
	Want []string
	// States are the states that the source may be in after a failure, where they are not
	// the usual ones, by the failure's name; nil: any, and records may come of it. Most sources
	// need none.
	States map[string][]scrapers.State
	// Live says of a list of gauges that it is read from a running counter: every poll is a
	// reading of its own, though nothing has changed. Nil: there are none.
	Live func(list string) bool
	// Stream says that the source reads from a WebSocket: failures that need an answer of
	// HTTP come in its handshake, and those of bodies do not apply.
	Stream bool

	patience time.Duration // the most real time that anything may take; 0: 20 s
}

// Name names a record in [Subject.Want]: an occurrence by platform and ID, a gauge by platform,
// list and key.
func Name(rec *term.Record) string {
	if g := rec.Gauge; g != nil {
		return fmt.Sprintf("%s %s %s:%s", rec.Platform, g.List, g.Term.Kind, g.Term.Key)
	}
	return rec.Platform + " " + rec.ID
}

// Test runs all of the contract, some of its checks at the same time.
func Test(t *testing.T, s Subject) {
	t.Run("contract", func(t *testing.T) {
		for _, c := range s.checks() {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.do(&s, t, t)
			})
		}
	})
}

// check is a promise that a source keeps or breaks. It is reported to the testing.TB, which
// in the tests of this package is not the test itself.
type check struct {
	name string
	do   func(*Subject, testing.TB, *testing.T)
}

func (s *Subject) checks() []check {
	out := []check{
		{"delivers", (*Subject).delivers},
		{"goes on after a restart", (*Subject).restarts},
		{"keeps its place", (*Subject).keepsPlace},
		{"delivers again what was refused", (*Subject).refused},
		{"ends while the site hangs", ends(scrapetest.Hang())},
		{"ends while the site drips", ends(scrapetest.SlowDrip(50 * time.Millisecond))},
		{"ends while a delivery waits", (*Subject).endsDelivering},
	}
	for _, f := range s.failures() {
		out = append(out, check{f.name, func(s *Subject, tb testing.TB, t *testing.T) { s.recovers(tb, t, f) }})
	}
	return out
}

// delivers: a site that works gives everything.
func (s *Subject) delivers(tb testing.TB, t *testing.T) {
	tb.Helper()
	st := s.stage(tb, t)
	st.run("delivering everything", st.complete)
	if _, ok := st.host.Reached(scrapers.OK); !ok {
		tb.Error("it never said that it is well")
	}
	if r := st.host.Rejects(); len(r) > 0 {
		tb.Errorf("%d items were not understood, the first at %s: %v", len(r), r[0].Where, r[0].Why)
	}
}

// restarts ends the source after each delivery: together the runs deliver everything.
func (s *Subject) restarts(tb testing.TB, t *testing.T) {
	tb.Helper()
	st := s.stage(tb, t)
	for deadline := time.Now().Add(st.patience); !st.complete(); st.host.Leap(time.Minute) {
		if time.Now().After(deadline) {
			tb.Fatalf("%d runs did not deliver everything; %s", st.runs, st.story())
		}
		before := st.host.accepted()
		st.runOnce("delivering something", func() bool { return st.host.accepted() > before })
	}
	st.check()
}

// keepsPlace starts the source again on a site where nothing has changed: what was
// delivered does not come once more, but for what little a source reads twice to be sure.
func (s *Subject) keepsPlace(tb testing.TB, t *testing.T) {
	tb.Helper()
	st := s.stage(tb, t)
	st.run("delivering everything", st.complete)
	st.freeze()
	st.run("looking again", st.quiet()) // what came since the last look

	known, from := st.host.repeatable(s.Live), len(st.host.Records())
	st.run("looking once more", st.quiet())
	again := map[string]bool{}
	for _, rec := range st.host.Records()[from:] {
		if name := Name(&rec); known[name] {
			again[name] = true
		}
	}
	if len(known) > 0 && 2*len(again) > len(known) {
		tb.Errorf("after a restart %d of %d records came again, though nothing had changed: it does not go on from its cursor", len(again), len(known))
	}
}

// refused has deliveries refused, and accepted without saying so: in the end everything
// has come.
func (s *Subject) refused(tb testing.TB, t *testing.T) {
	tb.Helper()
	st := s.stage(tb, t)
	st.host.fickle.Store(true)
	st.run("delivering what was refused", st.complete)
}

// ends ends the context while the site does not answer.
func ends(f scrapetest.Failure) func(*Subject, testing.TB, *testing.T) {
	return func(s *Subject, tb testing.TB, t *testing.T) {
		tb.Helper()
		st := s.stage(tb, t)
		st.site.Always(f)
		st.runOnce("asking for something", func() bool { return len(st.site.Seen()) > 0 })
	}
}

// endsDelivering ends the context while the host takes nothing in.
func (s *Subject) endsDelivering(tb testing.TB, t *testing.T) {
	tb.Helper()
	st := s.stage(tb, t)
	st.host.stuck.Store(true)
	st.runOnce("delivering something", func() bool { return st.host.waiting.Load() > 0 })
}
