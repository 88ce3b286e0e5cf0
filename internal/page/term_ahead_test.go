package page

import (
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

func TestHalved(t *testing.T) {
	hour := func(i int) time.Time { return noon.Add(time.Duration(i) * time.Hour) }
	s := &api.PlatformSeries{
		Points: []api.Point{{Start: hour(-2), Posts: 40}, {Start: hour(-1), Posts: 90}, {Start: hour(0), Posts: 7, Partial: true}},
		Forecast: []api.Forecast{
			{Start: hour(0), Mid: api.Unknown}, {Start: hour(1), Mid: 67}, {Start: hour(2), Mid: 45}, {Start: hour(3), Mid: 80},
		},
	}
	if at, ok := halved(s); !ok || !at.Equal(hour(3)) {
		t.Errorf("halved at %v, %t; want the end of the third hour", at, ok)
	}
	s.Forecast = s.Forecast[:2]
	if at, ok := halved(s); ok {
		t.Errorf("halved at %v though no such hour is foreseen", at)
	}
	s.Forecast, s.Points = []api.Forecast{{Start: hour(1), Mid: 0}}, []api.Point{{Start: hour(-1), Posts: 3}}
	if _, ok := halved(s); ok {
		t.Error("halved though there are too few posts to tell")
	}
}

func TestAdviceSaysWhichComesFirst(t *testing.T) {
	at := func(h float64) *time.Time {
		x := noon.Add(time.Duration(h * float64(time.Hour)))
		return &x
	}
	v := &viewer{zone: time.UTC, now: noon}
	for _, c := range []struct {
		low, high float64
		halved    *time.Time
		before    *time.Time
		want      string
	}{
		{15, 65, at(3), at(3), "Probably 15–65 h left until it is back to what is usual, but half of such trends have lost half of it by Thu 15:00: post before then."},
		{2, 65, at(3), at(2), "Probably 2–65 h left until it is back to what is usual: post before Thu 14:00, the near end of that."},
		{15, 65, nil, at(15), "Probably 15–65 h left until it is back to what is usual: post before Fri 03:00, the near end of that."},
		{0, 50, at(2), at(2), "Probably 0–50 h left until it is back to what is usual, but half of such trends have lost half of it by Thu 14:00: post before then."},
		{0, 50, nil, nil, "Probably 0–50 h left until it is back to what is usual: it may be over within the hour, so post what is ready now, or leave it."},
	} {
		l := &lead{trendCard: trendCard{Trend: &api.Trend{Phase: "rising", HoursLeft: api.Range{Low: api.Number(c.low), High: api.Number(c.high)}}}, Halved: c.halved}
		if got := l.advice(v, noon, false); got != c.want {
			t.Errorf("advice is %q, want %q", got, c.want)
		}
		if (l.Before == nil) != (c.before == nil) || l.Before != nil && !l.Before.Equal(*c.before) {
			t.Errorf("post before %v, want %v", l.Before, c.before)
		}
	}
}

func TestSeenOfDayCountsFromWhenItWasMet(t *testing.T) {
	day := api.Span{From: noon.Add(-12 * time.Hour), To: noon.Add(12 * time.Hour)}
	c := &api.Coverage{Share: 1, Platforms: []api.PlatformCoverage{{Platform: "bluesky", Since: noon, Share: 1}, {Platform: "reddit", Since: noon.Add(6 * time.Hour), Share: 1}}}
	got := seenOfDay(c, day)
	if got.Share != 0.25 || got.Since == nil || !got.Since.Equal(noon) {
		t.Errorf("seen %v since %v; want a quarter, since noon", got.Share, got.Since)
	}
	c.Platforms[0].Since = day.From
	c.Platforms = c.Platforms[:1]
	if got := seenOfDay(c, day); got.Share != 1 || got.Since != nil {
		t.Errorf("seen %v since %v; want all of it", got.Share, got.Since)
	}
}
