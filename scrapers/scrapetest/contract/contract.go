package contract

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
	// Quiet are states in which the source may be after failures whose usual state would be another:
	// by failure. Most sources need none.
	States map[string][]scrapers.State
	// Stream says that the source reads from a WebSocket: failures that need an answer of
	// HTTP come in its handshake, and those of bodies do not apply.
	Stream bool
}

// Name names a record in [Subject.Want]: an occurrence by platform and ID, a gauge by platform,
// list and key.
func Name(rec *term.Record) string {
	if g := rec.Gauge; g != nil {
		return fmt.Sprintf("%s %s %s:%s", rec.Platform, g.List, g.Term.Kind, g.Term.Key)
	}
	return rec.Platform + " " + rec.ID
}

// soon is the most real time that anything here may take.
const soon = 20 * time.Second

// Test runs all of the contract.
func Test(t *testing.T, s Subject) {
	t.Run("delivers", s.delivers)
	t.Run("goes on after a restart", s.restarts)
	t.Run("delivers again what was refused", s.refused)
	t.Run("ends with its context", s.ends)
	for _, f := range s.failures() {
		t.Run(f.name, func(t *testing.T) { s.recovers(t, f) })
	}
}

type failure struct {
	name   string
	do     scrapetest.Failure
	states []scrapers.State // one of which is reported; none: whatever
}

// failures are what a site may do, and how a source says it.
func (s *Subject) failures() []failure {
	other := "http://127.0.0.1:9/" // the port of discard: nobody answers
	all := []failure{
		{"429 with a time", scrapetest.TooMany("120"), []scrapers.State{scrapers.Throttled}},
		{"429 without one", scrapetest.TooMany(""), []scrapers.State{scrapers.Throttled}},
		{"503", scrapetest.Unavailable(""), []scrapers.State{scrapers.Unreachable, scrapers.Throttled}},
		{"403", scrapetest.Forbidden(), []scrapers.State{scrapers.Blocked}},
		{"401", scrapetest.Unauthorized(), []scrapers.State{scrapers.LoginWall}},
		{"redirect to nobody", scrapetest.Redirect(http.StatusFound, other), []scrapers.State{scrapers.Unreachable, scrapers.Blocked}},
		{"redirects without end", scrapetest.RedirectLoop(), []scrapers.State{scrapers.Unreachable, scrapers.Blocked}},
		{"reset", scrapetest.Reset(), []scrapers.State{scrapers.Unreachable}},
	}
	if !s.Stream {
		all = append(all,
			failure{"captcha", scrapetest.Captcha(), []scrapers.State{scrapers.Blocked, scrapers.SchemaChanged}},
			failure{"login page", scrapetest.LoginPage(), []scrapers.State{scrapers.LoginWall, scrapers.Blocked, scrapers.SchemaChanged}},
			failure{"nothing", scrapetest.Empty(), []scrapers.State{scrapers.SchemaChanged, scrapers.Unreachable, scrapers.Blocked}},
			failure{"half closed", scrapetest.HalfClosed(), []scrapers.State{scrapers.Unreachable}},
			failure{"cut", scrapetest.Cut(), []scrapers.State{scrapers.SchemaChanged, scrapers.Unreachable}},
			failure{"drift", scrapetest.Drift(), []scrapers.State{scrapers.SchemaChanged}},
			failure{"gzip bomb", scrapetest.GzipBomb(256 << 20), []scrapers.State{scrapers.Unreachable, scrapers.SchemaChanged, scrapers.Blocked}},
			failure{"unasked 304", scrapetest.NotModified(), nil},
			failure{"bad charset", scrapetest.BadCharset(), nil},
			failure{"clock off", scrapetest.ClockOff(-100 * time.Hour), nil},
		)
	}
	for i := range all {
		if states, ok := s.States[all[i].name]; ok {
			all[i].states = states
		}
	}
	return all
}

// stage is a site, a host and the way to run the source.
type stage struct {
	t    *testing.T
	s    *Subject
	site *scrapetest.Site
	host *Host
}

func (s *Subject) stage(t *testing.T) *stage {
	t.Helper()
	h := NewHost(s.Now, 1)
	site, err := scrapetest.Open(s.Site(h.Now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := site.Close(); err != nil {
			t.Error(err)
		}
	})
	return &stage{t: t, s: s, site: site, host: h}
}

// run has the source run, and again when it ends, as a supervisor does, until done says so.
func (st *stage) run(what string, done func() bool) {
	st.t.Helper()
	deadline := time.Now().Add(soon)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			err := st.s.Source(st.t, st.site.URL, st.host).Run(ctx, st.host)
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				st.host.Report("", err)
			}
			_ = st.host.Sleep(ctx, max(time.Minute, scrapers.AfterOf(err)))
		}
	}()
	for !done() {
		if time.Now().After(deadline) {
			cancel()
			<-ended
			st.t.Fatalf("%s did not happen; %s", what, st.story())
		}
		time.Sleep(time.Millisecond)
	}
	cancel()
	select {
	case <-ended:
	case <-time.After(soon):
		st.t.Fatal("it goes on after its context has ended")
	}
	st.check()
}

func (st *stage) story() string {
	var got []string
	for _, rec := range st.host.Records() {
		got = append(got, Name(&rec))
	}
	slices.Sort(got)
	got = slices.Compact(got)
	st.host.mu.Lock()
	defer st.host.mu.Unlock()
	return fmt.Sprintf("missing %q; got %.2000q; states %v; rejected %v; requests %d",
		missing(st.s.Want, got), got, st.host.states, st.host.rejects, len(st.site.Seen()))
}

func missing(want, got []string) []string {
	var out []string
	for _, name := range want {
		if !slices.Contains(got, name) {
			out = append(out, name)
		}
	}
	return out
}

// complete reports whether all records have come.
func (st *stage) complete() bool {
	var got []string
	for _, rec := range st.host.Records() {
		got = append(got, Name(&rec))
	}
	return len(missing(st.s.Want, got)) == 0
}

// check looks at everything that was delivered.
func (st *stage) check() {
	st.t.Helper()
	latest := st.host.Now().UnixMicro()
	for _, rec := range st.host.Records() {
		if rec.TS > latest || rec.TS < st.s.Now.Add(-72*time.Hour).UnixMicro() {
			st.t.Errorf("%s is at %s, now is %s", Name(&rec), time.UnixMicro(rec.TS).UTC(), time.UnixMicro(latest).UTC())
		}
		line := term.AppendRecord(nil, &rec)
		var back term.Record
		if err := new(term.Decoder).Decode(line, &back); err != nil {
			st.t.Errorf("%s is no record that Swell takes: %v\n%s", Name(&rec), err, line)
			continue
		}
		if d := cmp.Diff(string(line), string(term.AppendRecord(nil, &back))); d != "" {
			st.t.Errorf("%s does not survive its own encoding: %s", Name(&rec), d)
		}
		if rec.Gauge == nil && rec.ID == "" {
			st.t.Errorf("a post without an ID cannot be told from its repeats: %s", line)
		}
	}
}

func (s *Subject) delivers(t *testing.T) {
	st := s.stage(t)
	st.run("delivering everything", st.complete)
	if _, ok := st.host.Reached(scrapers.OK); !ok {
		t.Error("it never said that it is well")
	}
	if r := st.host.Rejects(); len(r) > 0 {
		t.Errorf("%d items were not understood, the first at %s: %v", len(r), r[0].Where, r[0].Why)
	}
}

// restarts ends the source after each delivery: together the runs deliver everything.
func (s *Subject) restarts(t *testing.T) {
	st := s.stage(t)
	deadline := time.Now().Add(soon)
	for !st.complete() {
		if time.Now().After(deadline) {
			t.Fatal(st.story())
		}
		ctx, cancel := context.WithCancel(context.Background())
		before := len(st.host.Records())
		st.host.OnDeliver = func(scrapers.Delivery) error {
			if len(st.host.Records()) > before {
				cancel()
				return ctx.Err()
			}
			return nil
		}
		_ = s.Source(t, st.site.URL, st.host).Run(ctx, st.host) // ended, by us
		cancel()
		st.host.Leap(time.Minute)
	}
	st.check()
}

// refused refuses every second delivery: in the end everything has come.
func (s *Subject) refused(t *testing.T) {
	st := s.stage(t)
	n := 0
	st.host.OnDeliver = func(d scrapers.Delivery) error {
		st.host.mu.Lock()
		defer st.host.mu.Unlock()
		if n++; n%2 == 1 && len(d.Records) > 0 {
			return errRefused
		}
		return nil
	}
	st.run("delivering what was refused", st.complete)
}

// ends ends the context while the site does not answer, and while it does so byte by byte.
func (s *Subject) ends(t *testing.T) {
	for name, f := range map[string]scrapetest.Failure{"hangs": scrapetest.Hang(), "drips": scrapetest.SlowDrip(50 * time.Millisecond)} {
		t.Run(name, func(t *testing.T) {
			st := s.stage(t)
			st.site.Always(f)
			ctx, cancel := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			go func() { ended <- s.Source(t, st.site.URL, st.host).Run(ctx, st.host) }()
			for deadline := time.Now().Add(soon); len(st.site.Seen()) == 0; time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("it asked for nothing")
				}
			}
			cancel()
			select {
			case err := <-ended:
				if !errors.Is(err, context.Canceled) {
					t.Errorf("it says %v of a context that was cancelled", err)
				}
			case <-time.After(soon):
				t.Fatal("it goes on after its context has ended")
			}
		})
	}
}

// recovers has the site fail for a while: that is told, no record is made of it, and then
// everything comes.
func (s *Subject) recovers(t *testing.T, f failure) {
	st := s.stage(t)
	st.site.Always(f.do)
	told := func() bool {
		if f.states == nil {
			return len(st.site.Seen()) > 0
		}
		for _, state := range f.states {
			if _, ok := st.host.Reached(state); ok {
				return true
			}
		}
		return false
	}
	st.run(fmt.Sprintf("one of the states %v", f.states), told)
	if f.states != nil && len(st.host.Records()) > 0 {
		rec := st.host.Records()[0]
		t.Errorf("a record came out of a failure: %s", term.AppendRecord(nil, &rec))
	}
	st.site.Always(nil)
	st.run("recovering", st.complete)
}
