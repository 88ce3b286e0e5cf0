package entries

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// wait notes until when the feed wants to be left alone.
func (r *Reader) wait(now time.Time, h http.Header, f *Feed) {
	r.notBefore = time.Time{}
	if d := min(max(maxAge(h), f.TTL), longestTTL); d > r.Every {
		r.notBefore = now.Add(d)
	}
	r.notBefore = afterSkipped(maxTime(r.notBefore, now.Add(r.Every)), f.Skip)
	if !r.notBefore.After(now.Add(r.Every)) {
		r.notBefore = time.Time{} // then it is asked anyway
	}
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
func afterSkipped(t time.Time, skip [24]bool) time.Time {
	at := t
	for range 24 {
		if !skip[at.UTC().Hour()] {
			return at
		}
		at = at.Truncate(time.Hour).Add(time.Hour)
	}
	return t
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
