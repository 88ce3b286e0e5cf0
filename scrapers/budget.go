package scrapers

// Budget is how many requests a source may make in a day, UTC. It survives a restart. Safe for
// concurrent use.
type Budget struct{}

// Spend takes n requests from the day's. It returns a [*Trouble] with [BudgetSpent], whose After ends
// with the day, when there are not so many left. A nil Budget has no bound.
func (b *Budget) Spend(n int) error { return nil }
