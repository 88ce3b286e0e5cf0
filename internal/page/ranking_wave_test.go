package page

import (
	"fmt"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// TestDeadlinesDoNotSlide asks again ten minutes later: a deadline stays where it was, or there is none.
func TestDeadlinesDoNotSlide(t *testing.T) {
	for low, want := range map[float64]time.Duration{0: 0, 0.99: 0, 1: time.Hour, 7.3: 7*time.Hour + 10*time.Minute} {
		r := &rankingRow{Trend: &api.Trend{Phase: phaseRising, HoursLeft: api.Range{Low: api.Number(low), High: 50}}, asOf: noon, v: &viewer{zone: time.UTC, now: noon}}
		by := r.PostBy()
		if got := by.Sub(noon); !by.IsZero() && got != want || by.IsZero() != (want == 0) {
			t.Errorf("%g h left: post by %s", low, by)
		}
		if got := r.Advice() == "may end any hour"; got != (want == 0) {
			t.Errorf("%g h left: %s", low, r.Advice())
		}
	}
	for _, phase := range []string{phaseFading, phaseUnconfirmed} {
		if mayEnd(&api.Trend{Phase: phase, HoursLeft: api.Range{High: 50}}) {
			t.Errorf("%s may still end", phase)
		}
	}
}

// TestVerdictNamesTheNextOnes sums up rows whose order is not that of their deadlines, the unsure among them.
func TestVerdictNamesTheNextOnes(t *testing.T) {
	var rows []*rankingRow
	add := func(low, confidence float64) {
		rows = append(rows, &rankingRow{asOf: noon, Trend: &api.Trend{
			Kind: "hashtag", Key: fmt.Sprint(low), Phase: phaseRising, Confidence: api.Number(confidence), HoursLeft: api.Range{Low: api.Number(low), High: 50},
		}})
	}
	for _, low := range []float64{9, 8, 7, 2, 30, 0.5} {
		add(low, 0.8)
	}
	add(1, 0.3)
	add(0, 0.3)
	add(40, 0.3)
	v := judge(&rankingBody{}, rows, true)
	if v.Early != 9 || v.Soon.All() != 4 || v.Soon.Named[0].Key != "2" || v.Soon.Named[2].Key != "8" || v.Ending.All() != 1 || v.Unsure != 2 {
		t.Errorf("%+v", v)
	}
}

// TestHoursBeforeCounting counts the hours that were over when counting began.
func TestHoursBeforeCounting(t *testing.T) {
	asOf := noon.Add(-20 * time.Minute) // the hour of 11 is running, that of 12 the day before the first of 24
	for _, c := range []struct {
		since time.Time
		want  int
	}{
		{time.Time{}, 0}, {noon.Add(-72 * time.Hour), 0}, {noon.Add(-24 * time.Hour), 0}, {noon.Add(-23*time.Hour - time.Minute), 0}, {noon.Add(-23 * time.Hour), 1},
		{noon.Add(-90 * time.Minute), 22}, {noon, 23}, {noon.Add(100 * time.Hour), 23},
	} {
		if got := unseenHours(24, asOf, c.since); got != c.want {
			t.Errorf("since %s: %d hours, want %d", c.since, got, c.want)
		}
	}
}
