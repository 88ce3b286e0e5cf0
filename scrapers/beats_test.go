package scrapers

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/term"
)

// judged returns what was said of the panes that ended, as "15:04 [platforms]" by the pane's begin.
func (d *desk) judged() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	said := map[string]string{}
	for _, r := range d.got {
		at := time.UnixMicro(r.TS).UTC()
		if r.Heartbeat == nil || !at.Add(brink).Equal(at.Add(brink).Truncate(pane)) {
			continue
		}
		if name := at.Truncate(pane).Format("2 15:04"); said[name] == "" || len(r.Heartbeat.Missing) > 0 {
			said[name] = fmt.Sprint(r.Heartbeat.Missing)
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(said)) {
		out = append(out, name[2:]+" "+said[name])
	}
	return out
}

// toPane waits until a pane begins in so long.
func toPane(before time.Duration) {
	now := time.Now()
	next := now.Truncate(pane).Add(pane - before)
	for next.Before(now) {
		next = next.Add(pane)
	}
	time.Sleep(next.Sub(now))
}

// streaming delivers a post a second, as old as age says, but where down does.
func streaming(begin time.Time, age time.Duration, down func(since time.Duration) bool) Source {
	return sourceFunc(func(ctx context.Context, h Host) error {
		for i := 0; ; i++ {
			if down(h.Now().Sub(begin)) {
				h.Report("server", NewTrouble(Unreachable, "no route"))
			} else if err := h.Deliver(ctx, Delivery{Part: "server", Records: []term.Record{post(fmt.Sprint(i), h.Now().Add(-age))}}); err != nil {
				return err
			}
			if err := h.Sleep(ctx, time.Second); err != nil {
				return err
			}
		}
	})
}

// An outage of a source that replays is missing from its first pane on, and one that comes back
// in time is not.
func TestOutageOfAStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		toPane(30 * time.Second)
		down := func(since time.Duration) bool {
			return since > 31*time.Second && since < time.Hour || since > 70*time.Minute && since < 74*time.Minute
		}
		jobs := []Job{{Name: "r", Platforms: []string{"blue"}, Source: streaming(time.Now(), 0, down), Replays: true}}
		from := time.Now().Add(time.Minute).Truncate(pane)
		supervise(t, options(d, jobs...), func(*Supervisor) { time.Sleep(90 * time.Minute) })
		var want []string
		for i := range 8 {
			missing := "[]"
			if i < 5 { // what came of the sixth with the end of the outage is counted
				missing = "[blue]"
			}
			want = append(want, from.Add(time.Duration(i)*pane).UTC().Format("15:04")+" "+missing)
		}
		got := d.judged()
		got = slices.DeleteFunc(got, func(s string) bool { return s < want[0] })
		if !slices.Equal(got, want) {
			t.Errorf("judged %q, want %q", got, want)
		}
	})
}

// A server that is an hour behind shows nothing of the panes that can still be counted in, and is not
// waited for.
func TestStreamThatLags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		toPane(0)
		never := func(time.Duration) bool { return false }
		began := time.Time{}
		other := sourceFunc(func(ctx context.Context, h Host) error {
			began = h.Now()
			h.Report("", nil)
			return stay(ctx)
		})
		start := time.Now()
		jobs := []Job{
			{Name: "r", Platforms: []string{"blue"}, Source: streaming(start, time.Hour, never), Replays: true},
			{Name: "o", Platforms: []string{"o"}, Source: other},
		}
		supervise(t, options(d, jobs...), func(s *Supervisor) {
			time.Sleep(30 * time.Second)
			if h := s.Health()[1]; h.State != Starting || h.Why == "" {
				t.Errorf("while it waits: %s, %q", h.State, h.Why)
			}
			time.Sleep(time.Hour)
		})
		if wait := began.Sub(start); wait > 2*time.Minute || wait < stalled {
			t.Errorf("the other began after %s", wait)
		}
		if d := cmp.Diff([]string{"00:10 [blue]", "00:20 [blue]", "00:30 [blue]", "00:40 [blue]", "00:50 [blue]"}, d.judged()[:5]); d != "" {
			t.Error(d)
		}
	})
}

// A failed connection, before or in the middle of a replay, is no reason to let the others begin.
func TestReplayOutlastsBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		begin := time.Now().Truncate(pane)
		replay := sourceFunc(func(ctx context.Context, h Host) error {
			h.Report("server", NewTrouble(Unreachable, "no such host"))
			if err := h.Sleep(ctx, 10*time.Second); err != nil {
				return err
			}
			for at := begin.Add(-20 * time.Hour); at.Before(h.Now()); at = at.Add(5 * time.Minute) {
				if err := h.Deliver(ctx, Delivery{Part: "server", Records: []term.Record{post(at.Format("2 15:04"), at)}}); err != nil {
					return err
				}
				wait := time.Second
				if at.Minute() == 0 && at.Hour()%5 == 0 {
					h.Report("server", NewTrouble(Unreachable, "it broke off"))
					wait = 30 * time.Second
				}
				if err := h.Sleep(ctx, wait); err != nil {
					return err
				}
			}
			return stay(ctx)
		})
		poller := sourceFunc(func(ctx context.Context, h Host) error {
			_ = h.Deliver(ctx, Delivery{Records: []term.Record{post("poll", h.Now())}})
			return stay(ctx)
		})
		jobs := []Job{{Name: "r", Platforms: []string{"blue"}, Source: replay, Replays: true}, {Name: "p", Platforms: []string{"p"}, Source: poller}}
		supervise(t, options(d, jobs...), func(*Supervisor) { time.Sleep(10 * time.Minute) })
		late, newest := 0, int64(0)
		for _, r := range d.got {
			if newest = max(newest, r.TS); newest-r.TS > usualLateness.Microseconds() {
				late++
			}
		}
		if late > 0 || !slices.Contains(d.ids(), "poll") {
			t.Errorf("%d of %d records are late", late, len(d.got))
		}
	})
}

// What is missing is told also where the timer is late, or the core busy, when it is due.
func TestMissingIsToldLater(t *testing.T) {
	for name, busy := range map[string]bool{"late": false, "busy": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &desk{}
				toPane(0)
				down := sourceFunc(func(ctx context.Context, h Host) error {
					h.Report("", NewTrouble(Throttled, "slower"))
					return stay(ctx)
				})
				o := options(d, Job{Name: "s", Platforms: []string{"a"}, Source: down})
				if busy {
					d.busy = func() error {
						if into := time.Since(time.Now().Truncate(pane)); into > 4*time.Minute && into < 6*time.Minute {
							return ErrBusy
						}
						return nil
					}
				} else {
					o.Now = func() time.Time {
						now := time.Now()
						if now.Sub(now.Truncate(time.Minute)) == 59*time.Second {
							return now.Add(1200 * time.Millisecond)
						}
						return now
					}
				}
				supervise(t, o, func(*Supervisor) { time.Sleep(time.Hour + 8*time.Minute) })
				if n := len(slices.DeleteFunc(d.judged(), func(s string) bool { return s[6:] == "[]" })); n != 6 {
					t.Errorf("%d panes of an hour are told: %q", n, d.judged())
				}
			})
		})
	}
}

// A clock that leaps for a while moves no time; a machine that slept was off meanwhile.
func TestLeapingClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		var off atomic.Int64
		toPane(0)
		well := sourceFunc(func(ctx context.Context, h Host) error { h.Report("", nil); return stay(ctx) })
		o := options(d, Job{Name: "s", Platforms: []string{"a"}, Source: well})
		o.Now = func() time.Time { return time.Now().Add(time.Duration(off.Load())) }
		newest := func() time.Time {
			d.mu.Lock()
			defer d.mu.Unlock()
			at := int64(0)
			for _, r := range d.got {
				at = max(at, r.TS)
			}
			return time.UnixMicro(at)
		}
		supervise(t, o, func(s *Supervisor) {
			time.Sleep(5*time.Minute + 30*time.Second)
			off.Store(int64(24 * time.Hour))
			time.Sleep(2 * time.Minute)
			off.Store(0)
			time.Sleep(10 * time.Minute)
			synctest.Wait()
			if newest().After(time.Now()) {
				t.Errorf("a heartbeat is at %s, now is %s", newest(), time.Now())
			}
			off.Store(int64(3 * time.Hour))
			time.Sleep(20 * time.Minute)
			synctest.Wait()
			if age := o.Now().Sub(newest()); age > 2*time.Minute {
				t.Errorf("the newest heartbeat is %s old", age)
			}
			if covered := s.Health()[0].Covered * 72; covered > 1 {
				t.Errorf("it is said to have been well for %.1f hours", covered)
			}
		})
		missing := 0
		for _, said := range d.judged() {
			if said[6:] == "[a]" {
				missing++
			}
		}
		if missing < 18 || missing > 20 {
			t.Errorf("%d panes of three hours are missing: %q", missing, d.judged())
		}
	})
}

// How a source was doing outlasts a kill, and many short pauses.
func TestCoverageOutlasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sh := &shelf{kept: map[string][]byte{}}
		never := func(time.Duration) bool { return false }
		o := options(&desk{}, Job{Name: "s", Platforms: []string{"a"}, Source: streaming(time.Now(), 0, never)})
		o.Shelf = sh
		supervise(t, o, func(s *Supervisor) {
			time.Sleep(10 * time.Hour)
			killed := options(&desk{}, Job{Name: "s", Platforms: []string{"a"}, Source: nil})
			killed.Shelf = &shelf{kept: map[string][]byte{}}
			sh.mu.Lock()
			for k, v := range sh.kept {
				_ = killed.Shelf.Save(k, v)
			}
			sh.mu.Unlock()
			next, err := NewSupervisor(killed)
			if err != nil {
				t.Fatal(err)
			}
			if covered := next.Health()[0].Covered * 72; covered < 9.9 {
				t.Errorf("%.1f hours of ten outlast a kill", covered)
			}
		})
	})
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	h := newHealth(now)
	h.begun(now)
	h.delivered(now, &Delivery{Items: 1})
	now = now.Add(60 * time.Hour)
	for range 260 {
		h.paused(now, "waits")
		now = now.Add(2 * time.Second)
		h.delivered(now, &Delivery{Items: 1})
		now = now.Add(2 * time.Second)
	}
	if covered := h.covered(now) * 72; covered < 60 {
		t.Errorf("%.1f hours of 60 outlast pauses", covered)
	}
}
