package poll_test

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/poll"
)

// memory is a shelf.
type memory struct {
	mu   sync.Mutex
	kept map[string][]byte
}

func (m *memory) Load(name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return bytes.Clone(m.kept[name]), nil
}

func (m *memory) Save(name string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[name] = bytes.Clone(value)
	return nil
}

type sourceFunc func(ctx context.Context, h scrapers.Host) error

func (f sourceFunc) Run(ctx context.Context, h scrapers.Host) error { return f(ctx, h) }

// refusing is a target that is refused, and when it was asked.
type refusing struct {
	trouble scrapers.Trouble
	at      []time.Time
	shelf   memory
}

// run runs a supervisor of it for so long and returns how it was doing in the end.
func (r *refusing) run(t *testing.T, long time.Duration) scrapers.Health {
	t.Helper()
	source := sourceFunc(func(ctx context.Context, h scrapers.Host) error {
		return poll.Run(ctx, h, 2, []poll.Target{{Name: "site", Every: time.Minute, Poll: func(_ context.Context, turn poll.Turn) (scrapers.Delivery, error) {
			r.at = append(r.at, turn.Now)
			trouble := r.trouble
			return scrapers.Delivery{}, &trouble
		}}})
	})
	s, err := scrapers.NewSupervisor(scrapers.Options{
		Jobs: []scrapers.Job{{Name: "s", Source: source}}, Shelf: &r.shelf,
		Accept: func(context.Context, scrapers.Accepted) error { return nil },
		Now:    time.Now, Jitter: func(d time.Duration) time.Duration { return d / 2 }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	s.Run(ctx, nil)
	return s.Health()[0]
}

// A part that was refused is asked when it would have been without any restart, and shown as what it is
// until then.
func TestARestartIsNoWayAroundAWall(t *testing.T) {
	for _, trouble := range []scrapers.Trouble{
		{State: scrapers.Blocked, Why: "403, come back tomorrow", After: 24 * time.Hour},
		{State: scrapers.Blocked, Why: "403"},
		{State: scrapers.LoginWall, Why: "401"},
		{State: scrapers.Throttled, Why: "429"},
		{State: scrapers.Throttled, Why: "429", After: 40 * time.Minute},
	} {
		const long = 50 * time.Hour
		steady, restarted := &refusing{trouble: trouble}, &refusing{trouble: trouble}
		for _, r := range []*refusing{steady, restarted} {
			r.shelf.kept = map[string][]byte{}
			synctest.Test(t, func(t *testing.T) {
				if r == steady {
					r.run(t, long)
					return
				}
				for begin := time.Now(); time.Since(begin) < long; {
					h := r.run(t, 10*time.Second)
					if h.State != trouble.State || len(h.Parts) != 1 || h.Parts[0].Why != trouble.Why || !h.Parts[0].Until.After(time.Now()) {
						t.Fatalf("%v after the start it is %v, because %q; the parts are %+v", time.Since(begin), h.State, h.Why, h.Parts)
					}
					time.Sleep(time.Until(h.Parts[0].Until.Add(-5 * time.Second)))
				}
			})
		}
		n := min(len(steady.at), len(restarted.at))
		if n < 2 {
			t.Fatalf("%v: asked %d and %d times", trouble, len(steady.at), len(restarted.at))
		}
		for i := range n {
			if off := restarted.at[i].Sub(steady.at[i]); off < 0 || off > time.Duration(i)*time.Second {
				t.Fatalf("%v: question %d comes %v later than without restarts (negative: earlier)", trouble, i+1, off)
			}
		}
	}
}

// What nobody said is no reason to wait after a restart.
func TestARestartAsksAgainWhereNobodyRefused(t *testing.T) {
	for _, trouble := range []scrapers.Trouble{
		{State: scrapers.Unreachable, Why: "no route"},
		{State: scrapers.BudgetSpent, Why: "all requests are made", After: 12 * time.Hour},
		{State: scrapers.Blocked, Why: "no contact is set", Ours: true},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := &refusing{trouble: trouble, shelf: memory{kept: map[string][]byte{}}}
			for range 3 {
				r.run(t, 10*time.Second)
			}
			if len(r.at) != 3 {
				t.Errorf("%v: asked %d times by three runs", trouble, len(r.at))
			}
		})
	}
}
