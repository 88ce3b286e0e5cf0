package detect

import "slices"

// List is what is known of a list as a whole when its terms are scored. It is read
// only there.
type List struct {
	// Polls are those of the last 72 hours, oldest first, since the list was last out
	// of sight: what stood in the first of them may have stood there for long.
	Polls []Poll
	// Interval is the usual time between two polls, and Every between two that differ,
	// in hours; 0 while unknown.
	Interval, Every float64
	// Age is how long the list has been known, in hours.
	Age float64
}

// Poll is one look at a list.
type Poll struct {
	At    int64 // Unix second of its last reading
	Depth int   // the lowest place that it showed, or its terms where it has no places
}

const (
	gaugeHours = 6               // hours over which movement is taken in a list that changes hourly
	longest    = 48              // at most
	keptHours  = 72              // hours of readings
	pollSpan   = 2 * PaneSeconds // seconds within which the readings of a poll come
	lostAfter  = 3               // hours after which a list that is polled hourly or more often is out of sight
)

// horizon returns over how many hours movement is taken: one and a half of the list's
// own steps, so that a daily list is compared with the day before.
func (l *List) horizon() float64 { return max(gaugeHours, min(1.5*l.Every, longest)) }

// Gap returns after how many hours without a poll the list is out of sight.
func (l *List) Gap() float64 {
	if l.Interval == 0 {
		return longest
	}
	return max(lostAfter, 2.5*l.Interval)
}

// Lost reports whether the list is out of sight at that Unix second.
func (l *List) Lost(now int64) bool {
	n := len(l.Polls)
	return n == 0 || float64(now-l.Polls[n-1].At) > l.Gap()*3600
}

// has reports whether a reading of that time is of the newest poll.
func (l *List) has(at int64) bool {
	n := len(l.Polls)
	return n > 0 && at >= l.Polls[n-1].At-pollSpan
}

// covers reports whether a reading of that time is of one of the polls.
func (l *List) covers(at int64) bool { return len(l.Polls) > 0 && at >= l.Polls[0].At-pollSpan }

// behindFirst reports whether a reading of that time is of a later poll than the first.
func (l *List) behindFirst(at int64) bool { return len(l.Polls) > 1 && at > l.Polls[0].At }

// depthBefore returns how deep the list was in the poll before that time.
func (l *List) depthBefore(at int64) float64 {
	i, _ := slices.BinarySearchFunc(l.Polls, at-pollSpan, func(p Poll, at int64) int {
		if p.At < at {
			return -1
		}
		return 1
	})
	return float64(l.Polls[max(0, i-1)].Depth)
}
