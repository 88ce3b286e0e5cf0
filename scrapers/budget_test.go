package scrapers

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// memoryShelf is a shelf that fails on demand.
type memoryShelf struct {
	kept map[string]string
	fail bool
}

func (s *memoryShelf) Load(name string) ([]byte, error) {
	if v, ok := s.kept[name]; ok {
		return []byte(v), nil
	}
	return nil, nil
}

var errFull = errors.New("disk full")

func (s *memoryShelf) Save(name string, value []byte) error {
	if s.fail {
		return errFull
	}
	s.kept[name] = string(value)
	return nil
}

// Whatever happens, no day has more requests than its budget, nothing that was allowed is forgotten, and a clock
// that is set back gives nothing back, nor does it lock the source for longer than its day.
func TestBudgetModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		perDay := rapid.IntRange(1, 20).Draw(t, "per day")
		shelf := &memoryShelf{kept: map[string]string{}}
		now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.FixedZone("", 5*3600))
		open := func() *Budget {
			b, err := NewBudget("youtube", perDay, shelf, func() time.Time { return now })
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		b := open()
		day := func() int64 { return now.UTC().Unix() / 86400 }
		latest, spent := int64(0), 0 // the model: of the latest day with requests, how many
		left := func() int {
			if day() > latest {
				return perDay
			}
			return max(0, perDay-spent) // also where the latest is charged to today
		}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				now = now.Add(time.Duration(rapid.IntRange(0, 30*3600).Draw(t, "forward")) * time.Second)
			case 1:
				now = now.Add(-time.Duration(rapid.IntRange(0, 50*3600).Draw(t, "back")) * time.Second)
			case 2:
				b = open()
			case 3:
				shelf.fail = !shelf.fail
			case 4:
				perDay = rapid.IntRange(1, 20).Draw(t, "per day from now on")
				b = open()
			case 5:
				now = now.AddDate(0, 0, rapid.IntRange(-800, 800).Draw(t, "days by which the clock is wrong"))
			default:
				n := rapid.IntRange(0, 6).Draw(t, "n")
				had := left()
				err := b.Spend(n)
				switch {
				case n > had || n == 0 && spent > perDay && day() <= latest:
					var trouble *Trouble
					if !errors.As(err, &trouble) || trouble.State != BudgetSpent || trouble.After <= 0 || trouble.After > 48*time.Hour {
						t.Fatalf("%d of %d left: %v", n, had, err)
					}
					if end := now.Add(trouble.After).UTC(); !end.Equal(end.Truncate(24 * time.Hour)) {
						t.Fatalf("to be tried at %s", end)
					} else if !shelf.fail && latest > day()+1 {
						latest = day()
					} else if !shelf.fail && end.Unix() != (max(latest, day())+1)*86400 {
						t.Fatalf("to be tried at %s, and day %d is spent", end, latest)
					}
				case n > 0 && shelf.fail:
					if !errors.Is(err, errFull) {
						t.Fatalf("a request was allowed that could not be kept: %v", err)
					}
				case err != nil:
					t.Fatalf("%d of %d left: %v", n, had, err)
				case n > 0:
					if day() > latest {
						latest, spent = day(), 0
					} else if latest > day()+1 {
						latest = day()
					}
					spent += n
				}
			}
			if got := b.Left(); got != left() {
				t.Fatalf("%d left, want %d", got, left())
			}
		}
	})
}

func TestBudgetTogether(t *testing.T) {
	shelf := &memoryShelf{kept: map[string]string{}}
	b, err := NewBudget("x", 100, shelf, func() time.Time { return time.Unix(0, 0) })
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			for range 20 {
				if err := b.Spend(1); err != nil && StateOf(err) != BudgetSpent {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if b.Left() != 0 || shelf.kept["budget/x"] != `{"day":"1970-01-01","spent":100}` {
		t.Errorf("%d left, kept %s", b.Left(), shelf.kept["budget/x"])
	}
}

func TestBudgetBroken(t *testing.T) {
	for _, kept := range []string{"", "{", "[]", `{"day":"tomorrow","spent":1}`, `{"day":"2026-11-28","spent":-1}`, `{"day":"","spent":1}`} {
		shelf := &memoryShelf{kept: map[string]string{"budget/x": kept}}
		b, err := NewBudget("x", 1, shelf, time.Now)
		if err != nil || b.Left() != 1 || b.Forgot() == nil || !strings.Contains(b.Forgot().Error(), "the budget x") {
			t.Errorf("%q: %v", kept, err)
			continue
		}
		if err := b.Spend(1); err != nil {
			t.Errorf("%q: %v", kept, err)
		}
		if b, err = NewBudget("x", 1, shelf, time.Now); err != nil || b.Left() != 0 || b.Forgot() != nil {
			t.Errorf("%q is not replaced by what was spent since: %v, %v", kept, err, b.Forgot())
		}
	}
	for _, perDay := range []int{0, -1} {
		if _, err := NewBudget("x", perDay, &memoryShelf{}, time.Now); err == nil || !strings.Contains(err.Error(), fmt.Sprint(perDay)) {
			t.Errorf("%d: %v", perDay, err)
		}
	}
	var none *Budget
	if err := none.Spend(1 << 30); err != nil || none.Left() != -1 || none.Forgot() != nil {
		t.Errorf("no budget has a bound: %v, %d", err, none.Left())
	}
	b, err := NewBudget("x", 5, &memoryShelf{kept: map[string]string{}}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Spend(-1); err == nil || b.Left() != 5 {
		t.Errorf("requests were taken back: %v", err)
	}
}

// A clock that was a year ahead for one request costs that request, and no year.
func TestBudgetOfAClockThatWasAhead(t *testing.T) {
	right := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for _, spent := range []int{1, 2} {
		shelf, now := &memoryShelf{kept: map[string]string{}}, right.AddDate(1, 0, 0)
		open := func() *Budget {
			b, err := NewBudget("x", 2, shelf, func() time.Time { return now })
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		if err := open().Spend(spent); err != nil {
			t.Fatal(err)
		}
		for day, want := range []int{2 - spent, 2, 2} {
			now = right.AddDate(0, 0, day)
			if got := open().Left(); got != want {
				t.Errorf("%d spent: on day %d %d are left, want %d", spent, day, got, want)
			}
			for n := want; n > 0; n-- {
				if err := open().Spend(1); err != nil {
					t.Errorf("%d spent, day %d: %v", spent, day, err)
				}
			}
			if err := open().Spend(1); AfterOf(err) != 12*time.Hour {
				t.Errorf("%d spent, day %d: %v, after %s", spent, day, err, AfterOf(err))
			}
		}
	}
}
