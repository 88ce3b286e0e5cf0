package digest

import "time"

// Schedule says when a digest is due: every day at an hour of a zone.
type Schedule struct {
	Minute int // of the day, 0..1439
	Zone   *time.Location
}

// Due returns the day whose digest is the newest that should have been made by now, as in 2026-11-21: the day
// before the last time that the hour came. Where clocks go forward over it, it comes with the first moment
// after; where they go back over it, the first time counts.
func (s Schedule) Due(now time.Time) string { return "" }

// Next returns the next moment after now at which Due changes.
func (s Schedule) Next(now time.Time) time.Time { return now }
