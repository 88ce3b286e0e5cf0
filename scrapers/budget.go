package scrapers

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// Budget is how many requests a source may make in a day, UTC. It survives a restart. Safe for
// concurrent use.
type Budget struct {
	name   string
	perDay int
	shelf  Shelf
	now    func() time.Time

	mu   sync.Mutex
	kept spent
}

// spent is the state of a budget as it is kept on its shelf.
type spent struct {
	Day   string `json:"day"` // the latest that was ever seen, as dayForm
	Spent int    `json:"spent"`
}

const dayForm = "2006-01-02"

// unkept is when a budget that could not be saved is tried again.
const unkept = time.Minute

// NewBudget returns the budget of that name, of perDay requests a day, as far as it was
// spent before. The shelf is asked here and written to by every [Budget.Spend]. It returns an error
// where perDay is less than 1, or what is on the shelf cannot be read.
func NewBudget(name string, perDay int, shelf Shelf, now func() time.Time) (*Budget, error) {
	if perDay < 1 {
		return nil, fmt.Errorf("the budget %s cannot be %d requests a day: give at least 1", name, perDay)
	}
	b := &Budget{name: name, perDay: perDay, shelf: shelf, now: now}
	value, err := shelf.Load(name)
	if err != nil {
		return nil, fmt.Errorf("cannot load what was spent of the budget %s: %w", name, err)
	}
	if value == nil {
		return b, nil
	}
	err = json.Unmarshal(value, &b.kept)
	if err == nil {
		_, err = time.Parse(dayForm, b.kept.Day)
	}
	if err == nil && b.kept.Spent < 0 {
		err = fmt.Errorf("%d spent", b.kept.Spent)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read what was spent of the budget %s (remove it to begin the day anew): %w", name, err)
	}
	return b, nil
}

// Spend takes n requests from the day's. It returns a [*Trouble] with [BudgetSpent], whose After ends
// with the day, when there are not so many left; then none are taken. They are on
// the shelf as spent before it returns nil: where that fails it returns a trouble as
// well, so that no request is made that would be forgotten. A nil Budget has no bound.
func (b *Budget) Spend(n int) error {
	if b == nil {
		return nil
	}
	if n < 0 {
		return fmt.Errorf("the budget %s cannot take %d requests back", b.name, -n)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now().UTC()
	next := b.today(now)
	if next.Spent > b.perDay-n {
		t := NewTrouble(BudgetSpent, "%d of the day's %d requests of %s are made, %d more are too many; it goes on at midnight UTC, or with a larger budget",
			next.Spent, b.perDay, b.name, n)
		t.After = untilMidnight(now)
		return t
	}
	if n == 0 {
		return nil
	}
	next.Spent += n
	value, err := json.Marshal(next)
	if err == nil {
		err = b.shelf.Save(b.name, value)
	}
	if err != nil {
		return &Trouble{State: BudgetSpent, After: unkept, Err: err,
			Why: fmt.Sprintf("no request of %s is made, because it could not be kept that it was", b.name)}
	}
	b.kept = next
	return nil
}

// Left returns how many requests there are left of the day's. Of a nil Budget it returns -1: no bound.
func (b *Budget) Left() int {
	if b == nil {
		return -1
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return max(0, b.perDay-b.today(b.now().UTC()).Spent)
}

// today returns what is spent of the day that now is in. Days only go forward: a clock that is set
// back finds the later day, as far as it was spent. Days in this form compare as strings.
func (b *Budget) today(now time.Time) spent {
	if day := now.Format(dayForm); day > b.kept.Day {
		return spent{Day: day}
	}
	return b.kept
}

func untilMidnight(now time.Time) time.Duration {
	return now.Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now)
}

// PerDay returns how many requests a day has; 0: no bound.
func (b *Budget) PerDay() int {
	if b == nil {
		return 0
	}
	return b.perDay
}
