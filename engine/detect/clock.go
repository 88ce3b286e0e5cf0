package detect

// The grid of event time. A pane is numbered floor(unix seconds / 600), an hour
// floor(unix seconds / 3600); both are UTC, so an hour holds six whole panes.
const (
	PaneSeconds  = 600
	PanesPerHour = 6
	PanesPerDay  = 24 * PanesPerHour

	// Span is the number of hours that a [Frame] looks back, the running hour
	// included: the 72 h of the window and the hour that leaves it.
	Span = 74

	// Guard is the number of hours between an hour's end and the moment a
	// baseline learns from it, so that a trend does not teach itself.
	Guard = 24
)

// HourOf returns the hour that holds the pane.
func HourOf(pane int64) int64 { return floorDiv(pane, PanesPerHour) }

// DayOf returns the UTC day (since the epoch) that holds the pane.
func DayOf(pane int64) int64 { return floorDiv(pane, PanesPerDay) }

// PaneStart returns the Unix second at which the pane starts.
func PaneStart(pane int64) int64 { return pane * PaneSeconds }

// hourOfDay returns 0..23.
func hourOfDay(hour int64) int { return int(hour - 24*floorDiv(hour, 24)) }

// weekday returns 0..6, Monday first: the epoch was a Thursday.
func weekday(hour int64) int {
	d := floorDiv(hour, 24) + 3
	return int(d - 7*floorDiv(d, 7))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
