package entries

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Hours is a set of hours of the day, UTC: bit 0 is the one from midnight on.
type Hours uint32

func (h Hours) has(hour int) bool { return h>>hour&1 != 0 }

// wait notes until when the feed wants to be left alone, which is asked after every otherwise.
func (at *cursor) wait(now time.Time, every time.Duration, h http.Header) {
	asked := now.Add(every)
	rest := asked
	if d := min(max(maxAge(h), at.TTL), longestTTL); d > every {
		rest = now.Add(d)
	}
	rest = afterSkipped(rest, at.Skip)
	if !rest.After(asked) {
		rest = time.Time{} // then it is asked anyway
	}
	at.Rest = rest
}

// maxAge returns how long an answer may be kept, 0 where it may not or does not say.
func maxAge(h http.Header) time.Duration {
	var age time.Duration
	for _, line := range h.Values("Cache-Control") {
		for _, directive := range strings.Split(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
			switch strings.ToLower(name) {
			case "no-cache", "no-store":
				return 0
			case "max-age":
				if s, err := strconv.Atoi(strings.Trim(value, `"`)); err == nil && s > 0 {
					age = time.Duration(min(s, 1<<24)) * time.Second
				}
			}
		}
	}
	return age
}

// afterSkipped returns the first time at or after t that is in none of the hours. Where all
// are skipped that is t: a feed that is never to be asked was not meant.
func afterSkipped(t time.Time, skip Hours) time.Time {
	at := t
	for range 24 {
		if !skip.has(at.UTC().Hour()) {
			return at
		}
		at = at.Truncate(time.Hour).Add(time.Hour)
	}
	return t
}
