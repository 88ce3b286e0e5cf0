package term

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestUTCMicros compares the quick way with package time: what it takes is a
// time, and it takes all that are written in the commonest form.
func TestUTCMicros(t *testing.T) {
	check := func(t rapid.TB, s string, must bool) {
		got, ok := utcMicros(s)
		want, err := time.Parse(time.RFC3339, s)
		if ok && (err != nil || got != want.UnixMicro()) {
			t.Fatalf("%q is %d, want %v (%v)", s, got, want, err)
		}
		if must && err == nil && !ok {
			t.Fatalf("%q is not taken", s)
		}
	}
	for day := time.Date(1899, 12, 30, 23, 59, 59, 0, time.UTC); day.Year() < 2110; day = day.AddDate(0, 0, 1) {
		check(t, day.Format(time.RFC3339), true)
	}
	part := func(t *rapid.T, name string, digits, most int) string {
		return fmt.Sprintf("%0*d", digits, rapid.IntRange(0, most).Draw(t, name))
	}
	rapid.Check(t, func(t *rapid.T) {
		s := part(t, "year", 4, 9999) + "-" + part(t, "month", 2, 13) + "-" + part(t, "day", 2, 32) + "T" +
			part(t, "hour", 2, 25) + ":" + part(t, "minute", 2, 61) + ":" + part(t, "second", 2, 61) +
			rapid.StringMatching(`(\.[0-9]{0,8})?`).Draw(t, "fraction") + "Z"
		year, err := strconv.Atoi(s[:4])
		check(t, s, err == nil && year > 0 && len(s) <= len("2006-01-02T15:04:05.999999Z"))
		at := rapid.IntRange(0, len(s)-1).Draw(t, "at")
		check(t, s[:at]+rapid.SampledFrom([]string{"", "0", "9", " ", "-", ":", "T", "Z", "+", "é"}).Draw(t, "other")+s[at+1:], false)
	})
}
