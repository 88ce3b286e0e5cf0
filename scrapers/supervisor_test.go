package scrapers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/term"
)

// sourceFunc is a source made of a function.
type sourceFunc func(ctx context.Context, h Host) error

func (f sourceFunc) Run(ctx context.Context, h Host) error { return f(ctx, h) }

// desk accepts, and remembers what.
type desk struct {
	mu      sync.Mutex
	got     []term.Record
	cursors map[string][]byte
	busy    func() error
}

func (d *desk) accept(_ context.Context, a Accepted) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy != nil {
		if err := d.busy(); err != nil {
			return err
		}
	}
	d.got = append(d.got, a.Records...)
	if len(a.At) > 0 {
		d.cursors[a.Cursor] = a.At
	}
	return nil
}

// ids are the IDs of posts and "beat" with what it misses, in order.
func (d *desk) ids() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	for _, r := range d.got {
		if r.Heartbeat != nil {
			out = append(out, fmt.Sprint("beat ", r.Heartbeat.Missing))
			continue
		}
		out = append(out, r.ID)
	}
	return out
}

type shelf struct {
	mu   sync.Mutex
	kept map[string][]byte
}

func (s *shelf) Load(name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.kept[name]), nil
}

func (s *shelf) Save(name string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[name] = bytes.Clone(value)
	return nil
}

// half is the middle of what is possible.
func half(d time.Duration) time.Duration { return d / 2 }

func options(d *desk, jobs ...Job) Options {
	d.cursors = map[string][]byte{}
	return Options{Jobs: jobs, Accept: d.accept, Now: time.Now, Jitter: half, Log: slog.New(slog.DiscardHandler)}
}

func supervise(t *testing.T, o Options, while func(s *Supervisor)) {
	t.Helper()
	s, err := NewSupervisor(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { s.Run(ctx, map[string][]byte{"s": []byte("kept")}); close(ended) }()
	while(s)
	cancel()
	<-ended
}

func post(id string, at time.Time) term.Record {
	return term.Record{TS: at.UnixMicro(), Platform: "p", ID: id, Text: "#x"}
}

// stay waits for the end.
func stay(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

// A source is started again where the last accepted delivery left it, and its troubles
// are told until it delivers.
func TestSourcesAreStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		var began []string
		starts := 0
		source := sourceFunc(func(ctx context.Context, h Host) error {
			began = append(began, string(h.Cursor("")))
			starts++
			if starts <= 3 {
				return errors.New("no route")
			}
			id := fmt.Sprint("post ", starts)
			if err := h.Deliver(ctx, Delivery{Records: []term.Record{post(id, h.Now())}, Cursor: []byte(id), Items: 1}); err != nil {
				return err
			}
			if starts == 4 {
				return errors.New("cut off")
			}
			return stay(ctx)
		})
		o := options(d, Job{Name: "s", Source: source})
		supervise(t, o, func(s *Supervisor) {
			synctest.Wait()
			time.Sleep(2 * time.Second)
			if h := s.Health()[0]; h.State != Unreachable || h.Why != "no route" || h.Until.IsZero() {
				t.Errorf("after failures: %+v", h)
			}
			time.Sleep(30 * time.Second)
			synctest.Wait()
			h := s.Health()[0]
			if h.State != OK || h.Starts != 5 || h.Records != 2 || h.Error != "cut off" {
				t.Errorf("after deliveries: %+v", h)
			}
		})
		if want := []string{"kept", "kept", "kept", "kept", "post 4"}; !slices.Equal(began, want) {
			t.Errorf("it began from %q, want %q", began, want)
		}
	})
}

// What is told to wait waits, whatever the number of restarts of the program.
func TestWallsOutlastTheProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sh := &shelf{kept: map[string][]byte{}}
		var asked []time.Time
		source := sourceFunc(func(_ context.Context, h Host) error {
			asked = append(asked, h.Now())
			return &Trouble{State: Blocked, Why: "a captcha", After: 4 * time.Hour}
		})
		begin := time.Now()
		for range 5 {
			o := options(&desk{}, Job{Name: "s", Platforms: []string{"p"}, Source: source})
			o.Shelf = sh
			supervise(t, o, func(s *Supervisor) {
				time.Sleep(time.Hour)
				if h := s.Health()[0]; h.State != Blocked || h.Until.Before(begin.Add(4*time.Hour)) && len(asked) == 1 {
					t.Errorf("%+v", h)
				}
			})
		}
		if len(asked) != 2 || asked[1].Sub(asked[0]) < 4*time.Hour {
			t.Errorf("asked at %v", asked)
		}
	})
}

// A delivery that cannot be accepted now waits, is shown, and is not lost.
func TestSourcesWaitForTheCore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		until := time.Now().Add(time.Minute)
		d.busy = func() error {
			if time.Now().Before(until) {
				return fmt.Errorf("%w: the journal is full", ErrBusy)
			}
			return nil
		}
		source := sourceFunc(func(ctx context.Context, h Host) error {
			for i := range 3 {
				if err := h.Deliver(ctx, Delivery{Records: []term.Record{post(fmt.Sprint(i), h.Now())}}); err != nil {
					return err
				}
			}
			return nil
		})
		supervise(t, options(d, Job{Name: "s", Source: source}), func(s *Supervisor) {
			time.Sleep(30 * time.Second)
			if h := s.Health()[0]; h.State != Paused || h.Why != "busy: the journal is full" {
				t.Errorf("while it waits: %+v", h)
			}
			time.Sleep(time.Minute)
			if h := s.Health()[0]; h.State != Ended {
				t.Errorf("afterwards: %+v", h)
			}
		})
		posts := slices.DeleteFunc(d.ids(), func(id string) bool { return id == "beat []" })
		if d := cmp.Diff([]string{"0", "1", "2"}, posts); d != "" {
			t.Error(d)
		}
	})
}

// A source that panics takes no other with it.
func TestPanicStaysInItsSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := sourceFunc(func(context.Context, Host) error { panic("boom") })
		good := sourceFunc(func(ctx context.Context, h Host) error { h.Report("", nil); return stay(ctx) })
		supervise(t, options(&desk{}, Job{Name: "bad", Source: bad}, Job{Name: "good", Source: good}), func(s *Supervisor) {
			synctest.Wait()
			time.Sleep(time.Second)
			h := s.Health()
			if h[0].State != SchemaChanged || h[1].State != OK {
				t.Errorf("%+v", h)
			}
		})
	})
}

// Others wait while a source replays what came before, and heartbeats among its records
// say that they were not seen.
func TestReplayGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		begin := time.Now().Truncate(10 * time.Minute)
		replay := sourceFunc(func(ctx context.Context, h Host) error {
			for at := begin.Add(-time.Hour); at.Before(h.Now()); at = at.Add(5 * time.Minute) {
				if err := h.Deliver(ctx, Delivery{Records: []term.Record{post(at.Format("15:04"), at)}}); err != nil {
					return err
				}
				if err := h.Sleep(ctx, time.Second); err != nil {
					return err
				}
			}
			if err := h.Deliver(ctx, Delivery{Records: []term.Record{post("live", h.Now())}}); err != nil {
				return err
			}
			return stay(ctx)
		})
		poller := sourceFunc(func(ctx context.Context, h Host) error {
			_ = h.Deliver(ctx, Delivery{Records: []term.Record{post("poll", h.Now())}})
			return stay(ctx)
		})
		jobs := []Job{{Name: "r", Platforms: []string{"blue"}, Source: replay, Replays: true}, {Name: "q", Platforms: []string{"masto"}, Source: poller}}
		supervise(t, options(d, jobs...), func(s *Supervisor) {
			time.Sleep(5 * time.Second)
			if name, at, ok := s.Catching(); !ok || name != "r" || at.After(begin) {
				t.Errorf("catching up: %s %s %v", name, at, ok)
			}
			time.Sleep(25 * time.Second)
			if _, _, ok := s.Catching(); ok {
				t.Error("it has caught up and does not say so")
			}
		})
		ids := d.ids()
		if n := slices.Index(ids, "poll"); n < slices.Index(ids, "23:55") {
			t.Errorf("the poll came before the replay had ended: %q", ids)
		}
		if n := len(slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id != "beat [masto]" })); n != 7 {
			t.Errorf("%d heartbeats for 7 panes: %q", n, ids)
		}
	})
}

// The last heartbeat of a pane names what was not seen for at least half of it.
func TestMissingIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		down := func(from, to time.Duration) Source {
			begin := time.Now()
			return sourceFunc(func(ctx context.Context, h Host) error {
				for {
					since := h.Now().Sub(begin)
					if since >= from && since < to {
						h.Report("", NewTrouble(Throttled, "slower"))
					} else {
						h.Report("", nil)
					}
					if err := h.Sleep(ctx, time.Second); err != nil {
						return err
					}
				}
			})
		}
		time.Sleep(time.Until(time.Now().Truncate(10 * time.Minute).Add(10 * time.Minute)))
		jobs := []Job{
			{Name: "long", Platforms: []string{"a"}, Source: down(time.Minute, 14*time.Minute)},
			{Name: "short", Platforms: []string{"b"}, Source: down(time.Minute, 3*time.Minute)},
			{Name: "other", Platforms: []string{"a2", "b"}, Source: down(0, time.Hour)},
		}
		supervise(t, options(d, jobs...), func(*Supervisor) { time.Sleep(36 * time.Minute) })
		var told []string
		for _, id := range d.ids() {
			if id != "beat []" {
				told = append(told, id)
			}
		}
		if d := cmp.Diff([]string{"beat [a a2]", "beat [a2]", "beat [a2]"}, told); d != "" {
			t.Error(d)
		}
		if n := len(d.ids()); n != 1+36+3 {
			t.Errorf("%d heartbeats in 36 minutes", n)
		}
	})
}

// After an absence every pane of it is said to be missing.
func TestAbsenceIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sh, d := &shelf{kept: map[string][]byte{}}, &desk{}
		well := sourceFunc(func(ctx context.Context, h Host) error { h.Report("", nil); return stay(ctx) })
		o := options(d, Job{Name: "s", Platforms: []string{"a"}, Source: well})
		o.Shelf = sh
		supervise(t, o, func(*Supervisor) { time.Sleep(20 * time.Minute) })
		time.Sleep(time.Hour)
		before := len(d.ids())
		supervise(t, o, func(s *Supervisor) {
			time.Sleep(time.Minute)
			if h := s.Health()[0]; h.Covered > 0.3 {
				t.Errorf("covered %g", h.Covered)
			}
		})
		n := 0
		for _, id := range d.ids()[before:] {
			if id == "beat [a]" {
				n++
			}
		}
		if n < 5 || n > 7 {
			t.Errorf("%d panes of an hour are said to be missing: %q", n, d.ids()[before:])
		}
	})
}

func TestNamesAndReplaysAreUnique(t *testing.T) {
	none := sourceFunc(func(context.Context, Host) error { return nil })
	for _, jobs := range [][]Job{
		{{Name: "a", Source: none}, {Name: "a", Source: none}},
		{{Name: "a", Source: none, Replays: true}, {Name: "b", Source: none, Replays: true}},
	} {
		if _, err := NewSupervisor(options(&desk{}, jobs...)); err == nil {
			t.Errorf("%v was taken", jobs)
		}
	}
}
