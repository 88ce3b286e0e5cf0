package workload

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

func TestConfigErrors(t *testing.T) {
	with := func(change func(*Platform)) []Platform {
		platforms := DefaultPlatforms()
		change(&platforms[1])
		return platforms
	}
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Days: -1}, "Days is -1"},
		{Config{Days: 4000}, "Days is 4000"},
		{Config{Scale: math.NaN()}, "Scale is NaN"},
		{Config{Scale: 1e9}, "Scale is 1e+09"},
		{Config{Noise: -1}, "Noise is -1"},
		{Config{Start: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)}, "Start is 1900-01-01"},
		{Config{TrendsPerDay: math.Inf(1)}, "TrendsPerDay is +Inf"},
		{Config{TrendSize: [2]float64{0.3, 0.1}}, "TrendSize is [0.3 0.1]"},
		{Config{TrendSize: [2]float64{0, 0.1}}, "TrendSize is [0 0.1]"},
		{Config{LeastTrend: math.NaN()}, "LeastTrend is NaN"},
		{Config{Turnover: -1}, "Turnover is -1"},
		{Config{DailyRegulars: 2000}, "DailyRegulars 2000"},
		{Config{Days: 3650, Scale: 100}, "plant"},
		{Config{Platforms: []Platform{}}, "Platforms is empty"},
		{Config{Platforms: with(func(p *Platform) { p.Name = "tiktok" })}, `"tiktok" is given twice`},
		{Config{Platforms: with(func(p *Platform) { p.Name = "" })}, "Name of platform"},
		{Config{Platforms: with(func(p *Platform) { p.PostsPerHour = 0 })}, `PostsPerHour of platform "instagram" is 0`},
		{Config{Platforms: with(func(p *Platform) { p.PostsPerHour = 1e7 }), Scale: 100}, "posts an hour"},
		{Config{Platforms: with(func(p *Platform) { p.Weekend = 0 })}, "Weekend of"},
		{Config{Platforms: with(func(p *Platform) { p.Office = 2 })}, "Office of"},
		{Config{Platforms: with(func(p *Platform) { p.Sounds = -1 })}, "Sounds of"},
		{Config{Platforms: with(func(p *Platform) { p.Reposts = math.NaN() })}, "Reposts of"},
		{Config{Platforms: with(func(p *Platform) { p.Tags = 9 })}, "Tags of"},
		{Config{Platforms: with(func(p *Platform) { p.Metric = "likes" })}, "Metric of"},
		{Config{Platforms: with(func(p *Platform) { p.Audience = nil })}, "Audience of"},
		{Config{Platforms: with(func(p *Platform) { p.Audience = []Share{{"xx", 1}} })}, `"xx"`},
		{Config{Platforms: with(func(p *Platform) { p.Audience = []Share{{"en", 1}, {"en", 1}} })}, "twice"},
		{Config{Platforms: with(func(p *Platform) { p.Audience = []Share{{"en", 0}} })}, "weight of en"},
		{Config{Disruptions: []Disruption{{Platform: "orkut"}}}, `"orkut"`},
		{Config{Disruptions: []Disruption{{Platform: "x", Factor: -1}}}, "factor -1"},
	} {
		_, err := New(c.cfg)
		if !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got the error %v, want one with %q", err, c.want)
		}
	}
}

func TestNothingPlanted(t *testing.T) {
	g := newGenerator(t, Config{
		Days: 1, Scale: 0.01, TrendsPerDay: -1, WeeklyRegulars: -1, DailyRegulars: -1,
		BurstsPerDay: -1, BotsPerDay: -1, SolosPerDay: -1, FloodsPerDay: -1,
	})
	if truth := g.Truth(); len(truth) != 0 {
		t.Errorf("%d things are planted in a world that wants none", len(truth))
	}
}
