package fetch

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// retryAfter returns how long an answer says to wait by its Retry-After header (RFC 9110, 10.2.3), at most
// [longestHold], and whether it says so. A date is read by the server's own clock, which Date tells,
// and by now where there is none.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0, false
	}
	if d, ok := seconds(v); ok {
		return bounded(d), true
	}
	t, err := http.ParseTime(v)
	if err != nil {
		return 0, false
	}
	return bounded(t.Sub(serverTime(h, now))), true
}

// longestReset bounds what the headers of a rate limit can ask for beside a 429: they are hints, in
// forms that everybody chooses anew.
const longestReset = time.Hour

// resetAfter returns how long to wait because an answer says that no request is left: by X-RateLimit-Remaining
// and X-RateLimit-Reset, which is a date, a Unix time or a number of seconds, or by the RateLimit
// headers of the IETF's draft. 0: there are requests left, or nobody said.
func resetAfter(h http.Header, now time.Time) time.Duration {
	d := time.Duration(0)
	for _, prefix := range []string{"X-Ratelimit-", "X-Rate-Limit-", "Ratelimit-"} {
		if left, err := strconv.ParseFloat(firstField(h.Get(prefix+"Remaining")), 64); err == nil && left < 1 {
			d = max(d, resetTime(firstField(h.Get(prefix+"Reset")), h, now))
		}
	}
	if left, ok := parameter(h.Get("Ratelimit"), "r", "remaining"); ok && left < 1 {
		if reset, ok := parameter(h.Get("Ratelimit"), "t", "reset"); ok {
			d = max(d, duration(reset))
		}
	}
	return min(max(d, 0), longestReset)
}

// resetTime returns how far ahead a reset is.
func resetTime(v string, h http.Header, now time.Time) time.Duration {
	n, err := strconv.ParseFloat(v, 64)
	switch {
	case err != nil:
		for _, form := range []string{time.RFC3339Nano, http.TimeFormat} {
			if t, err := time.Parse(form, v); err == nil {
				return t.Sub(serverTime(h, now))
			}
		}
		return 0
	case !(n > 0):
		return 0
	case n > 1e15:
		return 0
	case n > 1e11: // milliseconds since 1970
		return time.UnixMilli(int64(n)).Sub(serverTime(h, now))
	case n > 1e8: // seconds since 1970; as a duration it would be years
		return time.Unix(int64(n), 0).Sub(serverTime(h, now))
	}
	return duration(n)
}

// serverTime returns the time by the clock of the server, which may be off.
func serverTime(h http.Header, now time.Time) time.Time {
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		return t
	}
	return now
}

// seconds parses a number of seconds; some servers give fractions.
func seconds(v string) (time.Duration, bool) {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || n != n {
		return 0, false
	}
	return duration(n), true
}

// duration returns n seconds, between 0 and [longestHold].
func duration(n float64) time.Duration {
	switch {
	case !(n > 0):
		return 0
	case n >= longestHold.Seconds():
		return longestHold
	}
	return time.Duration(n * float64(time.Second))
}

func bounded(d time.Duration) time.Duration { return min(max(d, 0), longestHold) }

// firstField returns what is before the first comma or semicolon.
func firstField(v string) string {
	if i := strings.IndexAny(v, ",;"); i >= 0 {
		v = v[:i]
	}
	return strings.TrimSpace(v)
}

// parameter returns a number in a header like `"default";r=0;t=30` or `limit=10, remaining=0, reset=5`.
func parameter(v string, names ...string) (float64, bool) {
	for part := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ';' || r == ',' }) {
		key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		for _, name := range names {
			if ok && strings.EqualFold(key, name) {
				n, err := strconv.ParseFloat(value, 64)
				return n, err == nil
			}
		}
	}
	return 0, false
}
