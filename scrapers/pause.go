package scrapers

import "time"

// breaks are how long a source in trouble is left alone: after its first failure, and at most,
// doubled with each.
var breaks = [...]struct{ first, most time.Duration }{
	Unreachable:   {time.Second, time.Minute},
	Throttled:     {time.Minute, time.Hour},
	Blocked:       {time.Hour, 24 * time.Hour},
	LoginWall:     {time.Hour, 24 * time.Hour},
	SchemaChanged: {10 * time.Minute, 6 * time.Hour},
	BudgetSpent:   {time.Hour, 24 * time.Hour},
}

// pause returns how long a source is left alone that ended with err after so many
// failures in a row: an exponential backoff with full jitter (Brooker, "Exponential
// Backoff And Jitter", AWS 2015), of which walls and throttles keep at least half, so that
// nobody is asked again at once. What the error says comes before that, but a throttle or a wall that
// is run into again and again is left alone for longer, whatever it says.
func pause(err error, failures int, jitter func(time.Duration) time.Duration) time.Duration {
	after := AfterOf(err)
	after += jitter(after / 8)
	state := StateOf(err)
	if after > 0 && !outlives(state) {
		return after
	}
	if int(state) >= len(breaks) || breaks[state].first == 0 {
		state = Unreachable
	}
	wait, most := breaks[state].first, breaks[state].most
	for range failures {
		if wait *= 2; wait >= most {
			wait = most
			break
		}
	}
	if state == Unreachable {
		return jitter(wait)
	}
	return max(after, wait/2+jitter(wait/2))
}
