package digest

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/week"
)

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	z, err := week.Zone(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// When the digest of a day comes, at the hours that clocks make difficult.
func TestDueOverChangesOfClocks(t *testing.T) {
	for _, c := range []struct {
		zone, at  string
		due, next string // a moment at which a digest comes, and the one after it; RFC 3339
		day       string
	}{
		{"Europe/Berlin", "08:00", "2026-11-21T07:00:00Z", "2026-11-22T07:00:00Z", "2026-11-20"},
		// 02:00 to 03:00 is left out on the last Sunday in March, and comes twice in October.
		{"Europe/Berlin", "02:30", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z", "2026-03-28"},
		{"Europe/Berlin", "02:30", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", "2026-10-24"},
		{"Europe/Berlin", "08:00", "2026-03-29T06:00:00Z", "2026-03-30T06:00:00Z", "2026-03-28"},
		{"America/New_York", "02:30", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z", "2026-03-07"},
		{"America/New_York", "01:30", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z", "2026-10-31"},
		// Half an hour, at 02:00.
		{"Australia/Lord_Howe", "02:15", "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z", "2026-10-03"},
		{"Australia/Lord_Howe", "01:45", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z", "2026-04-04"},
		{"Asia/Kolkata", "08:00", "2026-11-21T02:30:00Z", "2026-11-22T02:30:00Z", "2026-11-20"},
		// Over midnight: 2018-11-04 began at 01:00, and 2018-02-17 ended at its second midnight.
		{"America/Sao_Paulo", "00:00", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z", "2018-11-03"},
		{"America/Sao_Paulo", "00:30", "2018-11-04T03:00:00Z", "2018-11-05T02:30:00Z", "2018-11-03"},
		{"America/Sao_Paulo", "23:30", "2018-02-18T01:30:00Z", "2018-02-19T02:30:00Z", "2018-02-16"},
		{"America/Sao_Paulo", "00:00", "2018-02-18T03:00:00Z", "2018-02-19T03:00:00Z", "2018-02-17"},
		// There was no 30 December 2011.
		{"Pacific/Apia", "08:00", "2011-12-29T18:00:00Z", "2011-12-30T18:00:00Z", "2011-12-28"},
		{"Pacific/Apia", "08:00", "2011-12-30T18:00:00Z", "2011-12-31T18:00:00Z", "2011-12-29"},
		{"Pacific/Apia", "08:00", "2011-12-31T18:00:00Z", "2012-01-01T18:00:00Z", "2011-12-31"},
	} {
		at, err := time.Parse("15:04", c.at)
		if err != nil {
			t.Fatal(err)
		}
		s := Schedule{Minute: at.Hour()*60 + at.Minute(), Zone: zone(t, c.zone)}
		due := instant(t, c.due)
		if got := s.Due(due); got != c.day {
			t.Errorf("%s %s: at %s the digest of %s is due, want %s", c.zone, c.at, c.due, got, c.day)
		}
		if got := s.Due(due.Add(-time.Nanosecond)); got >= c.day {
			t.Errorf("%s %s: just before %s the digest of %s is due already", c.zone, c.at, c.due, got)
		}
		if got := s.Next(due.Add(-time.Nanosecond)); !got.Equal(due) {
			t.Errorf("%s %s: the next one comes at %s, want %s", c.zone, c.at, got.UTC().Format(time.RFC3339), c.due)
		}
		if got := s.Next(due); !got.Equal(instant(t, c.next)) {
			t.Errorf("%s %s: the one after %s comes at %s, want %s", c.zone, c.at, c.due, got.UTC().Format(time.RFC3339), c.next)
		}
	}
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestDaysOfZones(t *testing.T) {
	for _, c := range []struct {
		zone, date, from string
		hours            float64
		ok               bool
	}{
		{"UTC", "2026-11-21", "2026-11-21T00:00:00Z", 24, true},
		{"Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23, true},
		{"Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25, true},
		{"Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", 23.5, true},
		{"America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00Z", 25, true},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23, true},
		{"Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", 24, true},
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0, false},
		{"UTC", "2026-02-30", "0001-01-01T00:00:00Z", 0, false},
		{"UTC", "latest", "0001-01-01T00:00:00Z", 0, false},
	} {
		from, to, ok := DayOf(c.date, zone(t, c.zone))
		if ok != c.ok || !from.Equal(instant(t, c.from)) || to.Sub(from).Hours() != c.hours {
			t.Errorf("%s in %s: got %s and %g hours, %t", c.date, c.zone, from.UTC().Format(time.RFC3339), to.Sub(from).Hours(), ok)
		}
	}
	if got, ok := DateBefore("2011-12-31", zone(t, "Pacific/Apia")); got != "2011-12-29" || !ok {
		t.Errorf("before 2011-12-31 was %s in Apia", got)
	}
	if _, ok := DateBefore("soon", time.UTC); ok {
		t.Error("there is a day before soon")
	}
}

// In any zone and at any hour, every day has its digest once, in order, never before the day is over, and Next
// tells when.
func TestEveryDayOnceNeverEarly(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Apia",
		"America/St_Johns", "Africa/Casablanca", "Asia/Tehran", "Pacific/Kwajalein", "Antarctica/Troll", "Asia/Kathmandu", "America/Nuuk"}
	rapid.Check(t, func(t *rapid.T) {
		z := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		s := Schedule{Minute: rapid.IntRange(0, 24*60-1).Draw(t, "minute"), Zone: z}
		at := time.Unix(rapid.Int64Range(0, 2_200_000_000).Draw(t, "from"), 0)
		last := s.Due(at)
		for range 40 {
			next := s.Next(at)
			if !next.After(at) {
				t.Fatalf("the next one after %s comes at %s", at, next)
			}
			if early := s.Due(next.Add(-time.Nanosecond)); early != last {
				t.Fatalf("the digest of %s is due before %s, after that of %s", early, next, last)
			}
			due := s.Due(next)
			if before, _ := DateBefore(due, z); before != last {
				t.Fatalf("after the digest of %s comes that of %s", last, due)
			}
			if _, to, ok := DayOf(due, z); !ok || to.After(next) {
				t.Fatalf("the digest of %s comes at %s; the day is over at %s", due, next, to)
			}
			// Whoever asks late gets the same.
			at = next.Add(time.Duration(rapid.Int64Range(0, int64(s.Next(next).Sub(next)-1)).Draw(t, "late")))
			if got := s.Due(at); got != due {
				t.Fatalf("at %s the digest of %s is due, and at %s that of %s", next, due, at, got)
			}
			last = due
		}
	})
}
