package scrapers

// Budget is how many requests a source may make in a day, UTC. It survives a restart. Safe for
// concurrent use.
type Budget struct{}

// Spend takes n requests from the day's. It returns a [*Trouble] with [BudgetSpent], whose After ends
// with the day, when there are not so many left. A nil Budget has no bound.
func (b *Budget) Spend(n int) error { return nil }

// Left returns how many requests the day has left.
func (b *Budget) Left() int { return 0 }

// PerDay returns how many a day has.
func (b *Budget) PerDay() int { return 0 }
