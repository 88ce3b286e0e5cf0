package page

import (
	"testing"
	"time"
)

// TestMomentsThatClocksLeaveOut reads moments that there are, and some that there are not.
func TestMomentsThatClocksLeaveOut(t *testing.T) {
	for _, c := range []struct{ zone, field, want string }{
		{"America/New_York", "2026-03-08T01:30", "2026-03-08T01:30:00-05:00"},
		{"America/New_York", "2026-03-08T02:30", "2026-03-08T03:30:00-04:00"},
		{"America/New_York", "2026-03-08T03:30", "2026-03-08T03:30:00-04:00"},
		{"Europe/Berlin", "2026-03-29T02:00", "2026-03-29T03:00:00+02:00"},
		{"Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-04T02:40:00+11:00"},
		{"Asia/Kathmandu", "2026-03-29T02:00", "2026-03-29T02:00:00+05:45"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Skip(err)
		}
		got, err := (&viewer{zone: zone}).moment(c.field)
		if err != nil || got.Format(time.RFC3339) != c.want {
			t.Errorf("%s in %s is %s (%v), want %s", c.field, c.zone, got.Format(time.RFC3339), err, c.want)
		}
	}
	for _, bad := range []string{"", "now", "2026-13-01T00:00", "2026-01-01"} {
		if _, err := (&viewer{zone: time.UTC}).moment(bad); err == nil {
			t.Errorf("%q is a moment", bad)
		}
	}
}
