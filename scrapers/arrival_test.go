package scrapers

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func moment(t *rapid.T, name string) time.Time {
	base := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	return rapid.OneOf(
		rapid.Just(time.Time{}),
		rapid.Map(rapid.Int64Range(-200_000, 200_000), func(s int64) time.Time { return base.Add(time.Duration(s) * time.Second) }),
		rapid.Map(rapid.IntRange(1, 9999), func(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }),
	).Draw(t, name)
}

// Whatever is claimed: the event time lies between the two polls, and is the claim where that does.
func TestArrivalLiesBetweenThePolls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		claimed, last := moment(t, "claimed"), moment(t, "last")
		now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
		fresh := time.Duration(rapid.Int64Range(0, int64(48*time.Hour)).Draw(t, "fresh"))
		at, news := Arrival(claimed, last, now, fresh)
		from := last
		if last.IsZero() {
			from = now.Add(-fresh)
		}
		switch {
		case at.After(now):
			t.Fatalf("it comes at %v, after now", at)
		case !from.After(now) && at.Before(from):
			t.Fatalf("it comes at %v, before the last poll at %v", at, from)
		case !claimed.IsZero() && !claimed.Before(from) && !claimed.After(now) && !at.Equal(claimed):
			t.Fatalf("it comes at %v where %v is claimed and possible", at, claimed)
		case !last.IsZero() && !news:
			t.Fatal("an item that was not there at the last poll is no news")
		case last.IsZero() && news != (claimed.IsZero() || !claimed.Before(from)):
			t.Fatalf("at the first look news is %t for %v", news, claimed)
		}
	})
}

func TestInTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at, now := moment(t, "at"), time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
		got := InTime(at, now)
		if got.Before(now.Add(-Behind)) {
			t.Fatalf("%v is late", got)
		}
		if !at.Before(now.Add(-Behind)) && !got.Equal(at) {
			t.Fatalf("%v became %v and was not late", at, got)
		}
	})
}
