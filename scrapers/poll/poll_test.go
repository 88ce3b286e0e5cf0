package poll

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/term"
)

// asked is a target that notes when it is asked.
type asked struct {
	mu sync.Mutex
	at []time.Time
}

func (a *asked) times() []time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.at)
}

func (a *asked) target(name string, every time.Duration, poll func(n int, t Turn) (scrapers.Delivery, error)) Target {
	return Target{Name: name, Every: every, Poll: func(_ context.Context, t Turn) (scrapers.Delivery, error) {
		a.mu.Lock()
		a.at = append(a.at, t.Now)
		n := len(a.at)
		a.mu.Unlock()
		return poll(n, t)
	}}
}

func nothing(int, Turn) (scrapers.Delivery, error) { return scrapers.Delivery{}, nil }

// runFor runs the targets so long by the bubble's clock.
func runFor(t *testing.T, h scrapers.Host, d time.Duration, workers int, targets ...Target) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	if err := Run(ctx, h, workers, targets); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

func TestAPartIsAskedOnceInItsPeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a asked
		runFor(t, newHost(1), 24*time.Hour, 1, a.target("a", time.Hour, nothing))
		at := a.times()
		if len(at) < 24 || len(at) > 25 {
			t.Errorf("asked %d times in 24 hours", len(at))
		}
		for i := 2; i < len(at); i++ {
			if gap := at[i].Sub(at[i-1]); gap != time.Hour {
				t.Errorf("poll %d comes after %v", i, gap)
			}
		}
	})
}

// Many parts are seen within a minute, and then spread over their period.
func TestPartsDoNotAskInStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 200
		parts := make([]asked, n)
		var targets []Target
		for i := range parts {
			targets = append(targets, parts[i].target(fmt.Sprint(i), time.Hour, nothing))
		}
		start := time.Now()
		runFor(t, newHost(1), 3*time.Hour, 4, targets...)
		perMinute := map[int]int{}
		for i := range parts {
			at := parts[i].times()
			if at[0].Sub(start) > spreadOver {
				t.Errorf("part %d is first asked after %v", i, at[0].Sub(start))
			}
			perMinute[int(at[2].Sub(start)/time.Minute)]++
		}
		for minute, polls := range perMinute {
			if polls > n/10 {
				t.Errorf("%d of %d third polls are in minute %d", polls, n, minute)
			}
		}
	})
}

func TestARestartDoesNotAskBeforeItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(1)
		var a asked
		take := func(n int, turn Turn) (scrapers.Delivery, error) {
			return scrapers.Delivery{Cursor: fmt.Appendf(nil, "cursor %d", n)}, nil
		}
		for range 5 {
			runFor(t, h, 10*time.Minute, 1, a.target("daily", 24*time.Hour, take))
		}
		if n := len(a.times()); n != 1 {
			t.Errorf("asked %d times by five runs within an hour", n)
		}
		time.Sleep(24 * time.Hour)
		runFor(t, h, time.Minute, 1, a.target("daily", 24*time.Hour, func(n int, turn Turn) (scrapers.Delivery, error) {
			if string(turn.Cursor) != "cursor 1" || !turn.Last.Equal(a.times()[0]) {
				t.Errorf("it goes on from %q of %v", turn.Cursor, turn.Last)
			}
			return take(n, turn)
		}))
		if n := len(a.times()); n != 2 {
			t.Errorf("asked %d times after a day", n)
		}
	})
}

func TestADamagedCursorBeginsAnew(t *testing.T) {
	for _, kept := range []string{"x", "\n", "{}", "-5\nabc", "99999999999999999999999\n", `{"at":1,"cursor":"eA=="}`} {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(1)
			h.cursors["a"] = []byte(kept)
			var a asked
			runFor(t, h, time.Second, 1, a.target("a", time.Hour, func(_ int, turn Turn) (scrapers.Delivery, error) {
				if turn.Cursor != nil || !turn.Last.IsZero() {
					t.Errorf("%q: it goes on from %q of %v", kept, turn.Cursor, turn.Last)
				}
				return scrapers.Delivery{}, nil
			}))
			if told := h.told(); len(told) == 0 || told[0].err == nil {
				t.Errorf("%q: nothing is said of it: %v", kept, told)
			}
		})
	}
}

func TestAClockSetBackGivesNoTimeAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(1)
		h.cursors["a"], _ = seal(time.Now().Add(50*time.Hour), []byte("c"))
		var a asked
		runFor(t, h, 2*time.Hour, 1, a.target("a", time.Hour, func(_ int, turn Turn) (scrapers.Delivery, error) {
			if turn.Last.After(turn.Now) {
				t.Errorf("the last poll was at %v, now is %v", turn.Last, turn.Now)
			}
			return scrapers.Delivery{}, nil
		}))
		if len(a.times()) == 0 {
			t.Error("it waits for the old clock")
		}
	})
}

func TestWhatWasNotAcceptedEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := errors.New("no room")
		h := newHost(1)
		h.refuse = func(d scrapers.Delivery) error {
			if len(d.Records) > 0 {
				return refused
			}
			return nil
		}
		var a, slow asked
		held := make(chan struct{})
		other := Target{Name: "slow", Every: time.Hour, Poll: func(ctx context.Context, turn Turn) (scrapers.Delivery, error) {
			slow.at = append(slow.at, turn.Now)
			<-ctx.Done()
			close(held)
			return scrapers.Delivery{}, ctx.Err()
		}}
		err := Run(context.Background(), h, 2, []Target{other, a.target("a", time.Hour, func(int, Turn) (scrapers.Delivery, error) {
			return scrapers.Delivery{Records: make([]term.Record, 1), Cursor: []byte("new")}, nil
		})})
		if !errors.Is(err, refused) {
			t.Errorf("it ends with %v", err)
		}
		select {
		case <-held:
		default:
			t.Error("a poll goes on after Run has returned")
		}
		if len(h.cursors) != 0 {
			t.Errorf("cursors of what was not accepted: %v", h.cursors)
		}
	})
}

func TestAPollMayBringRecordsAndTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(1)
		throttled := &scrapers.Trouble{State: scrapers.Throttled, Why: "429", After: time.Hour}
		var a asked
		runFor(t, h, 30*time.Minute, 1, a.target("a", time.Minute, func(int, Turn) (scrapers.Delivery, error) {
			return scrapers.Delivery{Records: make([]term.Record, 2), Cursor: []byte("half"), Items: 2}, throttled
		}))
		told := h.told()
		if len(h.delivered) != 1 || len(told) != 2 || scrapers.StateOf(told[1].err) != scrapers.Throttled || scrapers.AfterOf(told[1].err) < time.Hour {
			t.Errorf("delivered %v, told %v", h.delivered, told)
		}
		if _, cursor, err := open(h.cursors["a"]); err != nil || string(cursor) != "half" {
			t.Errorf("the cursor is %q, %v", cursor, err)
		}
	})
}

// A trouble that brings a cursor alone was no look at the list: the first look is still to come.
func TestTroubleIsNoLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(1)
		var a asked
		runFor(t, h, time.Hour, 1, a.target("a", time.Minute, func(n int, turn Turn) (scrapers.Delivery, error) {
			if !turn.Last.IsZero() || n > 1 && string(turn.Cursor) != "blocked" {
				t.Errorf("poll %d: last %v, cursor %q", n, turn.Last, turn.Cursor)
			}
			return scrapers.Delivery{Cursor: []byte("blocked")}, errors.New("down")
		}))
	})
}

func TestEndedPartsAreNotAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(1)
		var a, b asked
		end := func(after int) func(int, Turn) (scrapers.Delivery, error) {
			return func(n int, _ Turn) (scrapers.Delivery, error) {
				if n == after {
					return scrapers.Delivery{}, scrapers.NewTrouble(scrapers.Ended, "410")
				}
				return scrapers.Delivery{}, nil
			}
		}
		err := Run(context.Background(), h, 2, []Target{a.target("a", time.Minute, end(1)), b.target("b", time.Minute, end(3))})
		if err != nil || len(a.times()) != 1 || len(b.times()) != 3 {
			t.Errorf("%v after %d and %d polls", err, len(a.times()), len(b.times()))
		}
	})
}

// A quiet list costs a delivery every ten minutes, so that a restart knows when it was last seen.
func TestQuietPollsAreKeptNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(1)
		var a asked
		runFor(t, h, time.Hour, 1, a.target("a", 10*time.Second, nothing))
		if n := len(h.delivered); n < 5 || n > 8 {
			t.Errorf("%d deliveries in an hour for %d polls", n, len(a.times()))
		}
		at, _, err := open(h.cursors["a"])
		if err != nil || time.Since(at) > noteEvery {
			t.Errorf("the last poll that is kept was at %v, %v", at, err)
		}
	})
}

func TestTwoPartsOfOneName(t *testing.T) {
	var a asked
	err := Run(context.Background(), newHost(1), 1, []Target{a.target("a", time.Hour, nothing), a.target("a", time.Hour, nothing)})
	if err == nil || len(a.times()) > 0 {
		t.Errorf("%v", err)
	}
}

func TestACursorThatIsTooLongIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHost(1)
		var a asked
		runFor(t, h, time.Second, 1, a.target("a", time.Hour, func(int, Turn) (scrapers.Delivery, error) {
			return scrapers.Delivery{Cursor: bytes.Repeat([]byte("x"), MaxCursor+1)}, nil
		}))
		if told := h.told(); len(told) != 1 || told[0].err == nil {
			t.Errorf("told %v", told)
		}
	})
}
