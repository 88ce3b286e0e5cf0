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
	forgot error

	mu   sync.Mutex
	kept spent
}

// spent is the state of a budget as it is kept on its shelf.
type spent struct {
	Day   string `json:"day"` // the latest with requests, as dayForm
	Spent int    `json:"spent"`
}

const dayForm = "2006-01-02"

// unkept is when a budget that could not be saved is tried again.
const unkept = time.Minute

// NewBudget returns the budget of a source of that name, of perDay requests a day, as far as it was
// spent before. The shelf is asked here and written to by [Budget.Spend]. What cannot be read there
// is no error, but [Budget.Forgot] tells of it. It returns an error where perDay is less than 1.
func NewBudget(name string, perDay int, shelf Shelf, now func() time.Time) (*Budget, error) {
	if perDay < 1 {
		return nil, fmt.Errorf("the budget %s cannot be %d requests a day: give at least 1", name, perDay)
	}
	b := &Budget{name: name, perDay: perDay, shelf: shelf, now: now}
	value, err := shelf.Load(b.shelfName())
	if err == nil && value != nil {
		b.kept, err = parseSpent(value)
	}
	if err != nil {
		b.forgot = fmt.Errorf("what was spent of the budget %s cannot be read, it begins the day anew: %w", name, err)
	}
	return b, nil
}

func (b *Budget) shelfName() string { return "budget/" + b.name }

func parseSpent(value []byte) (spent, error) {
	var s spent
	if err := json.Unmarshal(value, &s); err != nil {
		return spent{}, err
	}
	if _, err := time.Parse(dayForm, s.Day); err != nil {
		return spent{}, err
	}
	if s.Spent < 0 {
		return spent{}, fmt.Errorf("%d spent", s.Spent)
	}
	return s, nil
}

// Forgot returns why it is not known what was spent before the start; nil: it is known. A source need not
// stop for it: at worst it asks once more than its budget of that day.
func (b *Budget) Forgot() error {
	if b == nil {
		return nil
	}
	return b.forgot
}

// Spend takes n requests from the day's. It returns a [*Trouble] with [BudgetSpent], whose After ends
// with the day that is spent, when there are not so many left; then none are taken. They are on
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
		if next.Day < b.kept.Day {
			_ = b.keep(next) // it is found out again by the next call
		}
		end := next.end()
		t := NewTrouble(BudgetSpent, "%d of the day's %d requests of %s are made, %d more are too many; it goes on at midnight UTC (%s), or with a larger budget",
			next.Spent, b.perDay, b.name, n, end.Format(time.RFC3339))
		t.After = end.Sub(now)
		return t
	}
	if n == 0 {
		return nil
	}
	next.Spent += n
	if err := b.keep(next); err != nil {
		return &Trouble{State: BudgetSpent, After: unkept, Err: err,
			Why: fmt.Sprintf("no request of %s is made, because it could not be kept that it was", b.name)}
	}
	return nil
}

// keep makes what is spent so on the shelf, and then here.
func (b *Budget) keep(s spent) error {
	value, err := json.Marshal(s)
	if err == nil {
		err = b.shelf.Save(b.shelfName(), value)
	}
	if err == nil {
		b.kept = s
	}
	return err
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

// today returns what is spent of the day that now is in. A clock that is set back over midnight finds
// the later day, as far as it was spent. One that is set back further was wrong before, and what was
// spent by it is charged to today: or else nothing would be asked until it is right. Days in this form compare as
// strings.
func (b *Budget) today(now time.Time) spent {
	day, tomorrow := now.Format(dayForm), now.Add(24*time.Hour).Format(dayForm)
	switch {
	case day > b.kept.Day:
		return spent{Day: day}
	case b.kept.Day > tomorrow:
		return spent{Day: day, Spent: b.kept.Spent}
	}
	return b.kept
}

// end returns when the day is over.
func (s spent) end() time.Time {
	day, _ := time.Parse(dayForm, s.Day) // it was parsed before, or made here
	return day.Add(24 * time.Hour)
}

// PerDay returns how many requests a day has; 0: no bound.
func (b *Budget) PerDay() int {
	if b == nil {
		return 0
	}
	return b.perDay
}
