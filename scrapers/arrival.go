package scrapers

import "time"

// Arrival returns the event time of an item that was found at now by a poll, when
// the poll before was at last: what the item claims, where it could have come
// between the two, else the nearer of them. A claimed time alone is never
// the clock: it comes from whoever wrote the item, and may be the year 1.
//
// Where there was no poll before (last is zero), the item could have come at any time, and
// the second result says whether it came within fresh before now by its own word, or
// says nothing: older ones are to be passed over, so that the first look into a feed is
// not taken for a burst.
func Arrival(claimed, last, now time.Time, fresh time.Duration) (time.Time, bool) {
	if last.IsZero() {
		oldest := now.Add(-fresh)
		switch {
		case claimed.IsZero() || claimed.After(now):
			return now, true
		case claimed.Before(oldest):
			return oldest, false
		}
		return claimed, true
	}
	switch {
	case claimed.IsZero() || claimed.After(now):
		return now, true
	case claimed.Before(last):
		return last, true
	}
	return claimed, true
}
