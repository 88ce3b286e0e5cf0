package poll

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/term"
)

// answer is what a target says when it is asked, and how long it takes for it.
type answer struct {
	takes   time.Duration
	records int
	cursor  bool
	trouble error
}

func answers() *rapid.Generator[answer] {
	return rapid.Custom(func(t *rapid.T) answer {
		trouble := rapid.SampledFrom([]error{
			nil, nil, nil, nil, errors.New("no route"),
			scrapers.NewTrouble(scrapers.Unreachable, "down"), scrapers.NewTrouble(scrapers.Blocked, "403"),
			scrapers.NewTrouble(scrapers.OK, "a word"),
			&scrapers.Trouble{State: scrapers.Throttled, Why: "429", After: 3 * time.Minute},
			&scrapers.Trouble{State: scrapers.BudgetSpent, Why: "spent", After: 9 * time.Hour},
		}).Draw(t, "trouble")
		return answer{
			takes:   time.Duration(rapid.IntRange(0, 90).Draw(t, "seconds")) * time.Second,
			records: rapid.IntRange(0, 2).Draw(t, "records"), cursor: rapid.Bool().Draw(t, "cursor"), trouble: trouble,
		}
	})
}

// watched is a target and what has to hold of its polls.
type watched struct {
	broken  *error // the first promise that was not kept
	every   time.Duration
	answers []answer

	polls    int
	busy     bool
	ended    time.Time
	trouble  error
	failures int
	last     time.Time
	cursor   string
}

func (w *watched) fail(format string, args ...any) {
	if *w.broken == nil {
		*w.broken = fmt.Errorf(format, args...)
	}
}

// checkGap holds the time since the last poll against what is promised.
func (w *watched) checkGap(now time.Time) {
	if w.polls == 0 {
		return
	}
	gap := now.Sub(w.ended)
	if scrapers.StateOf(w.trouble) == scrapers.OK {
		return
	}
	least, longest := min(w.every, firstWait), Longest
	told := scrapers.AfterOf(w.trouble)
	if scrapers.StateOf(w.trouble) == scrapers.Blocked && told == 0 {
		least, longest = Refused, LongestRefused
	}
	for range w.failures - 1 {
		least = min(2*least, longest)
	}
	most := least + least/2
	if told > least {
		least, most = told, told+time.Minute
	}
	if gap < least || gap > most+busyMost {
		w.fail("%v after %d failures, the last %v, it is asked again; at least %v and at most %v were promised",
			gap, w.failures, w.trouble, least, most)
	}
}

// busyMost is how long all workers may be busy with others.
const busyMost = 10 * time.Minute

func (w *watched) target(name string, mu *sync.Mutex, busy *int, workers int) Target {
	return Target{Name: name, Every: w.every, Poll: func(ctx context.Context, turn Turn) (scrapers.Delivery, error) {
		now := time.Now().UTC()
		mu.Lock()
		if *busy++; *busy > workers {
			w.fail("%d polls at once, %d are allowed", *busy, workers)
		}
		if w.busy {
			w.fail("it is asked while it is asked")
		}
		w.busy = true
		w.checkGap(now)
		if string(turn.Cursor) != w.cursor || !turn.Last.Equal(w.last) || !turn.Now.Equal(now) {
			w.fail("turn %+v, cursor %q; expected last %v, cursor %q, now %v", turn, turn.Cursor, w.last, w.cursor, now)
		}
		a := w.answers[w.polls%len(w.answers)]
		w.polls++
		mu.Unlock()

		if err := (&host{}).Sleep(ctx, a.takes); err != nil {
			return scrapers.Delivery{}, err
		}

		mu.Lock()
		defer mu.Unlock()
		*busy--
		w.busy, w.ended, w.trouble = false, time.Now().UTC(), a.trouble
		ok := scrapers.StateOf(a.trouble) == scrapers.OK
		if w.failures++; ok {
			w.failures = 0
		}
		if ok || a.records > 0 {
			w.last = now
		}
		d := scrapers.Delivery{Records: make([]term.Record, a.records), Items: a.records}
		if a.cursor {
			w.cursor = fmt.Sprintf("%s %d", name, w.polls)
			d.Cursor = []byte(w.cursor)
		}
		return d, a.trouble
	}}
}

// Whatever targets answer and however long they take: never more at once than allowed, none
// twice at once, each with its own cursor, and in trouble as seldom as promised.
func TestPollsKeepTheirPromises(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var mu sync.Mutex
		var broken error
		busy, workers := 0, rapid.IntRange(1, 4).Draw(r, "workers")
		var all []*watched
		var targets []Target
		for i := range rapid.IntRange(1, 5).Draw(r, "targets") {
			w := &watched{
				broken:  &broken,
				every:   time.Duration(rapid.IntRange(180, 3*3600).Draw(r, "every")) * time.Second,
				answers: rapid.SliceOfN(answers(), 1, 6).Draw(r, "answers"),
			}
			all = append(all, w)
			targets = append(targets, w.target(fmt.Sprint("part ", i), &mu, &busy, workers))
		}
		h := newHost(rapid.Uint64().Draw(r, "seed"))
		synctest.Test(t, func(*testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 6*time.Hour)
			defer cancel()
			if err := Run(ctx, h, workers, targets); !errors.Is(err, context.DeadlineExceeded) {
				all[0].fail("it ends with %w", err)
			}
		})
		for i, w := range all {
			if w.polls == 0 {
				r.Fatalf("part %d was never asked", i)
			}
		}
		if broken != nil {
			r.Fatal(broken)
		}
	})
}
