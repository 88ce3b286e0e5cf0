package fetch

import (
	"net/http"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func TestRetryAfter(t *testing.T) {
	for _, c := range []struct {
		value, date string
		want        time.Duration
		said        bool
	}{
		{"", "", 0, false},
		{"0", "", 0, true},
		{" 120 ", "", 2 * time.Minute, true},
		{"1.5", "", 1500 * time.Millisecond, true},
		{"-5", "", 0, true},
		{"86401", "", 24 * time.Hour, true},
		{"1e300", "", 24 * time.Hour, true},
		{"+Inf", "", 24 * time.Hour, true},
		{"NaN", "", 0, false},
		{"soon", "", 0, false},
		{"Sat, 28 Nov 2026 12:01:00 GMT", "", time.Minute, true},
		{"Sat, 28 Nov 2026 11:59:00 GMT", "", 0, true},
		{"Saturday, 28-Nov-26 12:01:00 GMT", "", time.Minute, true},
		{"Sat Nov 28 12:01:00 2026", "", time.Minute, true},
		// By the server's clock, which is two years behind.
		{"Thu, 28 Nov 2024 12:01:00 GMT", "Thu, 28 Nov 2024 12:00:00 GMT", time.Minute, true},
		{"Fri, 28 Nov 2036 12:01:00 GMT", "", 24 * time.Hour, true},
	} {
		h := http.Header{}
		h.Set("Retry-After", c.value)
		if c.date != "" {
			h.Set("Date", c.date)
		}
		if got, said := retryAfter(h, noon); got != c.want || said != c.said {
			t.Errorf("%q: %s, %v; want %s, %v", c.value, got, said, c.want, c.said)
		}
	}
}

func TestResetAfter(t *testing.T) {
	for _, c := range []struct {
		header []string
		want   time.Duration
	}{
		{nil, 0},
		{[]string{"X-RateLimit-Remaining", "1", "X-RateLimit-Reset", "20"}, 0},
		{[]string{"X-RateLimit-Remaining", "0"}, 0},
		{[]string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "20"}, 20 * time.Second},
		{[]string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1795867230"}, 30 * time.Second},
		{[]string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1795867230000"}, 30 * time.Second},
		{[]string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1795867170"}, 0},
		{[]string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "2026-11-28T12:05:00.123Z"}, 5*time.Minute + 123*time.Millisecond},
		{[]string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "2026-11-29T12:05:00Z"}, time.Hour},
		{[]string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "later"}, 0},
		{[]string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1e18"}, 0},
		{[]string{"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "-1"}, 0},
		{[]string{"X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", "7"}, 7 * time.Second},
		{[]string{"RateLimit-Remaining", "0", "RateLimit-Reset", "7"}, 7 * time.Second},
		{[]string{"RateLimit", `"default";r=0;t=9`}, 9 * time.Second},
		{[]string{"RateLimit", "limit=10, remaining=0, reset=9"}, 9 * time.Second},
		{[]string{"RateLimit", `"default";r=5;t=9`}, 0},
		{[]string{"X-RateLimit-Remaining", "0, 0;w=1", "X-RateLimit-Reset", "7, 8"}, 7 * time.Second},
	} {
		h := http.Header{}
		for i := 0; i+1 < len(c.header); i += 2 {
			h.Set(c.header[i], c.header[i+1])
		}
		if got := resetAfter(h, noon); got != c.want {
			t.Errorf("%q: %s, want %s", c.header, got, c.want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, v := range []string{"120", "1.5", "Sat, 28 Nov 2026 12:01:00 GMT", "1795867230", "2026-11-28T12:05:00Z", `"default";r=0;t=9`, "-1", "1e400", "NaN"} {
		f.Add(v, "0", "Sat, 28 Nov 2026 12:00:00 GMT")
	}
	f.Fuzz(func(t *testing.T, value, left, date string) {
		h := http.Header{
			"Retry-After": {value}, "Date": {date}, "X-Ratelimit-Remaining": {left}, "X-Ratelimit-Reset": {value}, "Ratelimit": {value},
		}
		if d, said := retryAfter(h, noon); d < 0 || d > longestHold || !said && d != 0 {
			t.Errorf("%s, %v", d, said)
		}
		if d := resetAfter(h, noon); d < 0 || d > longestReset {
			t.Errorf("%s", d)
		}
	})
}
