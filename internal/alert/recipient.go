package alert

import "time"

// Recipient is somebody who is told of alerts. It does not change.
type Recipient struct {
	Name string
	Zone *time.Location
	// QuietFrom and QuietTo are minutes of the day between which alerts wait for the digest; equal: never.
	// From may be after To: then it is over midnight.
	QuietFrom, QuietTo int
	// Weekends says that alerts are sent on Saturdays and Sundays as well.
	Weekends bool
	// CrisisAnytime lets alerts of that severity break quiet hours and weekends.
	CrisisAnytime bool
	// PerHour and PerDay bound how many alerts are sent; a crisis counts and is not held back. 0: no bound.
	PerHour, PerDay int
	Rules           []string // names; empty: all
	Sinks           []string // names
}
