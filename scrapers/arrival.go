package scrapers

import "time"

// Arrival returns the event time of an item that was found at now by a poll, when
// the poll before was at last: what the item claims, where it could have come
// between the two, else the nearer of them. A claimed time alone is never
// the clock: it comes from whoever wrote the item, and may be the year 1. The result is
// never later than now, even where last is, because the clock was set back.
//
// Where there was no poll before (last is zero), the item could have come at any time, and
// the second result says whether it came within fresh before now by its own word, or
// says nothing: older ones are to be passed over, so that the first look into a feed is
// not taken for a burst.
func Arrival(claimed, last, now time.Time, fresh time.Duration) (time.Time, bool) {
	news := true
	if last.IsZero() {
		last = now.Add(-fresh)
		news = claimed.IsZero() || !claimed.Before(last)
	}
	switch {
	case claimed.IsZero() || claimed.After(now) || last.After(now):
		return now, news
	case claimed.Before(last):
		return last, news
	}
	return claimed, news
}

// Behind is how far behind now [InTime] puts an item at most: half of what live counting waits
// for late records by default, the rest being for the way there.
const Behind = 5 * time.Minute

// InTime returns the event time of an item that is asked for seldom, or the earliest that is
// not late yet: what a feed that is polled once an hour brings would mostly be too late for its
// pane. Sources that ask every minute have no use for it: of what they bring after an
// interruption, an hour's posts at once would look like a burst.
func InTime(t, now time.Time) time.Time {
	if oldest := now.Add(-Behind); t.Before(oldest) {
		return oldest
	}
	return t
}
