package week

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := Zone(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestZone(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Argentina/Buenos_Aires", "Etc/GMT+5"} {
		if got := zone(t, name).String(); got != name {
			t.Errorf("%s: got %s", name, got)
		}
	}
	for _, name := range []string{"", "Local", "Berlin", "../UTC", "/etc/passwd", "Europe\\Berlin", "UTC\x00", "Europe"} {
		if loc, err := Zone(name); !errors.Is(err, ErrZone) {
			t.Errorf("%q: got %v, %v", name, loc, err)
		}
	}
}

// filled returns a table of a zone to which every hour from ≤ t < to was added.
func filled(t testing.TB, name, from, to string) *Table {
	t.Helper()
	at := func(s string) int64 {
		u, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return u.Unix() / hourSeconds
	}
	table := NewTable(zone(t, name))
	for h := at(from); h < at(to); h++ {
		table.Add(h, Values{1})
	}
	return table
}

// TestChanges holds the hours counted in each cell of weeks in which the clocks do
// something to what a calendar says.
func TestChanges(t *testing.T) {
	const (
		sunday = 6 * 24
		friday = 4 * 24
	)
	for _, c := range []struct {
		name, zone, from, to string
		want                 map[int]float64 // others have an hour for each hour of the day
	}{
		{"plain", "UTC", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z", nil},
		{"three quarters", "Asia/Kathmandu", "2026-03-01T18:00:00Z", "2026-03-08T19:00:00Z", map[int]float64{Cells - 1: 1.25, 0: 1.75}},
		{"spring", "America/New_York", "2026-03-02T05:00:00Z", "2026-03-09T04:00:00Z", map[int]float64{sunday + 2: 0}},
		{"autumn", "America/New_York", "2026-10-26T04:00:00Z", "2026-11-02T05:00:00Z", map[int]float64{sunday + 1: 2}},
		{"half an hour on", "Australia/Lord_Howe", "2026-09-27T13:00:00Z", "2026-10-04T13:00:00Z", map[int]float64{sunday + 2: 0.5, Cells - 1: 1.5}},
		{"half an hour back", "Australia/Lord_Howe", "2026-03-29T13:00:00Z", "2026-04-05T14:00:00Z", map[int]float64{sunday + 1: 1.5, 0: 1.5}},
		{"no Friday", "Pacific/Apia", "2011-12-26T10:00:00Z", "2012-01-01T10:00:00Z", friday24(friday)},
	} {
		table := filled(t, c.zone, c.from, c.to)
		for cell := range Cells {
			want, special := c.want[cell]
			if !special {
				want = 1
			}
			if got := table.Hours(cell); got != want {
				t.Errorf("%s: cell %d (day %d, %d:00) has %v hours, want %v", c.name, cell, cell/24, cell%24, got, want)
			}
		}
	}
}

// friday24 says that a day of the week has no hours.
func friday24(first int) map[int]float64 {
	out := map[int]float64{}
	for h := range 24 {
		out[first+h] = 0
	}
	return out
}

// TestSplitBySeconds compares the parts of any hour in any zone with its seconds, five by five, each
// looked up by itself.
func TestSplitBySeconds(t *testing.T) {
	zones := []string{"UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York", "Pacific/Apia", "America/St_Johns", "Asia/Pyongyang", "Africa/Monrovia", "Antarctica/Troll"}
	rapid.Check(t, func(rt *rapid.T) {
		loc := zone(t, rapid.SampledFrom(zones).Draw(rt, "zone"))
		c := clock{loc: loc, since: 1}
		hour := rapid.Int64Range(0, 100*8766).Draw(rt, "hour") // 1970 to 2069
		if rapid.Bool().Draw(rt, "at a change") {
			if _, end := time.Unix(hour*hourSeconds, 0).In(loc).ZoneBounds(); !end.IsZero() {
				hour = floorDiv(end.Unix(), hourSeconds) - rapid.Int64Range(0, 2).Draw(rt, "before")
			}
		}
		for h := hour; h < hour+3; h++ {
			want, got := map[int]int64{}, map[int]int64{}
			for s := int64(0); s < hourSeconds; s += 5 {
				at := time.Unix(h*hourSeconds+s, 0).In(loc)
				want[(int(at.Weekday())+6)%7*24+at.Hour()] += 5
			}
			c.split(h, func(local, seconds int64) { got[cellOf(local)] += seconds })
			if len(got) != len(want) {
				rt.Fatalf("%s, hour %d: got %v, want %v", loc, h, got, want)
			}
			for cell, n := range want {
				if got[cell] != n {
					rt.Fatalf("%s, hour %d: got %v, want %v", loc, h, got, want)
				}
			}
		}
	})
}
