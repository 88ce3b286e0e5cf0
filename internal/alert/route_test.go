package alert

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/api"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no zones on this machine: %v", err)
	}
	return z
}

func TestRouteOverZones(t *testing.T) {
	berlin, kathmandu, honolulu := zone(t, "Europe/Berlin"), zone(t, "Asia/Kathmandu"), zone(t, "Pacific/Honolulu")
	night := Recipient{Name: "a", QuietFrom: 22 * 60, QuietTo: 7 * 60, Weekends: true}
	noon := Recipient{Name: "a", QuietFrom: 12 * 60, QuietTo: 13 * 60, Weekends: true}
	spring := Recipient{Name: "a", QuietFrom: 2 * 60, QuietTo: 3 * 60, Weekends: true}
	week := Recipient{Name: "a"}
	anytime := Recipient{Name: "a", QuietFrom: 22 * 60, QuietTo: 7 * 60, CrisisAnytime: true}
	for _, c := range []struct {
		who    Recipient
		zone   *time.Location
		now    string
		crisis bool
		why    string
	}{
		{night, berlin, "2026-03-04T20:59:00Z", false, ""}, // 21:59
		{night, berlin, "2026-03-04T21:00:00Z", false, "quiet hours"},
		{night, berlin, "2026-03-05T05:59:59Z", false, "quiet hours"},
		{night, berlin, "2026-03-05T06:00:00Z", false, ""},
		{night, berlin, "2026-07-04T20:00:00Z", false, "quiet hours"}, // in summer 22:00 is earlier
		{night, berlin, "2026-07-04T19:59:00Z", false, ""},
		{night, berlin, "2026-03-28T21:30:00Z", false, "quiet hours"}, // the night in which clocks go forward
		{night, berlin, "2026-03-29T04:59:00Z", false, "quiet hours"},
		{night, berlin, "2026-03-29T05:00:00Z", false, ""}, // 07:00 in summer time
		{night, berlin, "2026-10-25T04:59:00Z", false, "quiet hours"},
		{night, berlin, "2026-10-25T06:00:00Z", false, ""},
		{spring, berlin, "2026-03-29T00:59:00Z", false, ""},            // 01:59
		{spring, berlin, "2026-03-29T01:00:00Z", false, ""},            // 03:00: 02:30 is left out that day
		{spring, berlin, "2026-10-25T00:30:00Z", false, "quiet hours"}, // 02:30, the first time
		{spring, berlin, "2026-10-25T01:30:00Z", false, "quiet hours"}, // 02:30, again
		{spring, berlin, "2026-10-25T02:00:00Z", false, ""},
		{noon, kathmandu, "2026-03-04T06:14:00Z", false, ""}, // 11:59 at +05:45
		{noon, kathmandu, "2026-03-04T06:15:00Z", false, "quiet hours"},
		{noon, kathmandu, "2026-03-04T07:15:00Z", false, ""},
		{week, honolulu, "2026-03-07T09:59:00Z", false, ""}, // Friday still
		{week, honolulu, "2026-03-07T10:00:00Z", false, "the weekend"},
		{week, honolulu, "2026-03-09T09:59:00Z", false, "the weekend"},
		{week, honolulu, "2026-03-09T10:00:00Z", false, ""},
		{week, nil, "2026-03-07T00:00:00Z", true, "the weekend"}, // a crisis breaks only what it may
		{night, berlin, "2026-03-04T23:00:00Z", true, "quiet hours"},
		{anytime, berlin, "2026-03-07T23:00:00Z", true, ""},
		{anytime, berlin, "2026-03-07T23:00:00Z", false, "the weekend"},
		{anytime, berlin, "2026-03-04T23:00:00Z", false, "quiet hours"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		c.who.Zone = c.zone
		a := api.Alert{TS: now.Add(-time.Hour), Severity: api.SeverityNotice, State: api.AlertOpen}
		if c.crisis {
			a.Severity = api.SeverityCrisis
		}
		told, ok := (&Bounds{}).Route(&a, nil, &c.who, now)
		want := HowDigest
		if c.why == "" {
			want = HowSent
		}
		if !ok || told.Why != c.why || told.How != want || told.Recipient != "a" || !told.At.Equal(now) {
			t.Errorf("%s in %v: %+v, want %q", c.now, c.zone, told, c.why)
		}
	}
}

func TestWhatElseHoldsBack(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	later, past := now.Add(time.Hour), now.Add(-time.Second)
	who := Recipient{Name: "a", Weekends: true}
	fresh := api.Alert{TS: now, Rule: "emerging", Severity: api.SeverityNotice, State: api.AlertOpen, Kind: "hashtag", Key: "book_tok", Watches: []string{"ours"}}
	for name, c := range map[string]struct {
		change func(*api.Alert)
		mutes  []api.Mute
		rules  []string
		why    string
		none   bool
	}{
		"nothing":         {},
		"another rule":    {rules: []string{"crisis"}, none: true},
		"its rule":        {rules: []string{"emerging"}},
		"rule muted":      {mutes: []api.Mute{{Rule: "emerging"}}, why: "it is muted"},
		"list muted":      {mutes: []api.Mute{{Watch: "ours", Until: &later}}, why: "it is muted"},
		"spelling muted":  {mutes: []api.Mute{{Kind: "hashtag", Key: "booktok"}}, why: "it is muted"},
		"other kind":      {mutes: []api.Mute{{Kind: "keyword", Key: "booktok"}}},
		"mute is past":    {mutes: []api.Mute{{Rule: "emerging", Until: &past}}},
		"acknowledged":    {change: func(a *api.Alert) { a.State = api.AlertAcknowledged }, why: "its thread is acknowledged"},
		"snoozed":         {change: func(a *api.Alert) { a.State = api.AlertSnoozed }, why: "its thread is snoozed"},
		"too late":        {change: func(a *api.Alert) { a.TS = now.Add(-LateAfter - time.Second) }, why: "it was found too late"},
		"as late as that": {change: func(a *api.Alert) { a.TS = now.Add(-LateAfter) }},
	} {
		a := fresh
		if c.change != nil {
			c.change(&a)
		}
		who.Rules = c.rules
		told, ok := (&Bounds{}).Route(&a, c.mutes, &who, now)
		if ok == c.none || ok && told.Why != c.why {
			t.Errorf("%s: %+v %t", name, told, ok)
		}
	}
}

// Nothing is sent in quiet hours or on weekends, but for a crisis where that is wanted; no hour and no day has more than
// its bound, a crisis apart; and bounds that are stored and read again are the same.
func TestRouteNeverDisturbs(t *testing.T) {
	zones := []*time.Location{time.UTC, zone(t, "Europe/Berlin"), zone(t, "America/New_York"), zone(t, "Australia/Lord_Howe")}
	rapid.Check(t, func(rt *rapid.T) {
		who := Recipient{
			Name: "a", Zone: rapid.SampledFrom(zones).Draw(rt, "zone"), QuietFrom: rapid.IntRange(0, 1439).Draw(rt, "from"), QuietTo: rapid.IntRange(0, 1439).Draw(rt, "to"),
			Weekends: rapid.Bool().Draw(rt, "weekends"), CrisisAnytime: rapid.Bool().Draw(rt, "anytime"),
			PerHour: rapid.IntRange(0, 3).Draw(rt, "hour"), PerDay: rapid.IntRange(0, 6).Draw(rt, "day"),
		}
		b := &Bounds{}
		now := time.Date(2026, rapid.SampledFrom([]time.Month{3, 10, 11}).Draw(rt, "month"), rapid.IntRange(1, 28).Draw(rt, "on"), 0, 0, 0, 0, time.UTC)
		var all []time.Time // that were sent
		for range 60 {
			now = now.Add(time.Duration(rapid.IntRange(0, 150).Draw(rt, "minutes")) * time.Minute)
			a := api.Alert{TS: now, State: api.AlertOpen, Severity: rapid.SampledFrom([]string{api.SeverityNotice, api.SeverityCrisis}).Draw(rt, "severity")}
			crisis := a.Severity == api.SeverityCrisis
			told, _ := b.Route(&a, nil, &who, now)
			if enc, err := b.AppendBinary(nil); err != nil {
				rt.Fatal(err)
			} else if b, err = DecodeBounds(enc); err != nil {
				rt.Fatal(err)
			} else if again, err := b.AppendBinary(nil); err != nil || !bytes.Equal(enc, again) {
				rt.Fatalf("%s is read as %s", enc, again)
			}
			local := now.In(who.Zone)
			minute := local.Hour()*60 + local.Minute()
			quiet := who.QuietFrom != who.QuietTo && (minute-who.QuietFrom+1440)%1440 < (who.QuietTo-who.QuietFrom+1440)%1440
			if told.How != HowSent {
				if !quiet && (who.Weekends || local.Weekday()%6 != 0) && crisis {
					rt.Fatalf("a crisis is held back: %+v", told)
				}
				continue
			}
			if (quiet || !who.Weekends && local.Weekday()%6 == 0) && !(crisis && who.CrisisAnytime) {
				rt.Fatalf("sent at %s", local)
			}
			if all = append(all, now); crisis {
				continue
			}
			within := func(d time.Duration) (n int) {
				for _, at := range all {
					if now.Sub(at) < d {
						n++
					}
				}
				return n
			}
			if who.PerHour > 0 && within(time.Hour) > who.PerHour || who.PerDay > 0 && within(24*time.Hour) > who.PerDay {
				rt.Fatalf("%d in an hour and %d in a day are sent", within(time.Hour), within(24*time.Hour))
			}
		}
	})
}

func FuzzDecodeBounds(f *testing.F) {
	f.Add([]byte(`{"version":1,"sent":{"a":[1,2]}}`))
	f.Add([]byte(`{"version":1,"sent":null}`))
	f.Add([]byte(`{"version":2}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := DecodeBounds(data)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		b.Route(&api.Alert{}, nil, &Recipient{Name: "a", PerHour: 1}, time.Unix(0, 0))
		if enc, err := b.AppendBinary(nil); err != nil {
			t.Fatal(err)
		} else if _, err := DecodeBounds(enc); err != nil {
			t.Fatal(err)
		}
	})
}

// A clock that was ahead once silences nobody when it is right again.
func TestAClockThatWasAhead(t *testing.T) {
	b, r := &Bounds{}, &Recipient{Name: "ana", Weekends: true, PerHour: 4, PerDay: 6}
	sent := func(now time.Time, n int) (sent int) {
		for range n {
			if told, _ := b.Route(&api.Alert{Rule: "x", TS: now}, nil, r, now); told.How == HowSent {
				sent++
			}
		}
		return sent
	}
	if n := sent(start.AddDate(1, 0, 0), 9); n != 4 {
		t.Fatalf("%d were sent ahead, want 4", n)
	}
	if n := sent(start, 9); n != 4 {
		t.Errorf("%d were sent when the clock was right again, want 4", n)
	}
	if times := b.sent["ana"]; len(times) != 4 || !slices.IsSorted(times) {
		t.Errorf("%d times are remembered", len(times))
	}
}
