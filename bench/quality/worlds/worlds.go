package worlds

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/swell-radar/swell/bench/workload"
)

// ErrUnknown is wrapped by the error of [Config] for a name that is not among [Names].
var ErrUnknown = errors.New("worlds: no such world")

// The course of every world.
const (
	// Days is its length in days.
	Days = 42
	// WarmUp is how many days at its beginning are for learning alone: they hold
	// everything that the later ones hold, but nothing raised in them counts.
	WarmUp = 28
	// DoublingDay is the day at whose beginning the volume of "doubling" doubles.
	DoublingDay = 35
)

// start is a Monday.
var start = time.Date(2026, time.June, 1, 0, 0, 0, 0, time.UTC)

// world is what a named world changes in the base.
type world struct {
	name   string
	about  string
	change func(cfg *workload.Config)
}

var table = [...]world{
	{"base", "one platform of 3,000 posts an hour, with everything in it", func(*workload.Config) {}},
	{"noisy", "popularity and volume drift 1.6 times as much", func(c *workload.Config) { c.Noise = 1.6 }},
	{"heavy", "the drift has heavy tails", func(c *workload.Config) { c.HeavyTails = true }},
	{"aperiodic", "no tag returns by the day or the week", func(c *workload.Config) { c.DailyRegulars, c.WeeklyRegulars = -1, -1 }},
	{"drifting", "the vocabulary moves: terms come and go over days", func(c *workload.Config) { c.Turnover = 1 }},
	{"outages", "the source is down ten times, for one to nine hours", outages},
	{"doubling", "the volume doubles overnight and stays", doubling},
	{"quiet", "no trend at all", func(c *workload.Config) { c.TrendsPerDay = -1 }},
	{"small", "a platform of 150 posts an hour", small},
	{"several", "three platforms, between which trends cross", several},
}

// Names returns the names of the worlds, the ordinary one first.
func Names() []string {
	names := make([]string, len(table))
	for i, w := range table {
		names[i] = w.name
	}
	return names
}

// About says in a few words what is special in a world; empty for an unknown name.
func About(name string) string {
	for _, w := range table {
		if w.name == name {
			return w.about
		}
	}
	return ""
}

// Config returns the configuration of a world. An error wraps [ErrUnknown] and
// lists the names.
func Config(name string, seed uint64) (workload.Config, error) {
	for _, w := range table {
		if w.name == name {
			cfg := base(seed)
			w.change(&cfg)
			return cfg, nil
		}
	}
	return workload.Config{}, fmt.Errorf("%w: %q; give one of %s", ErrUnknown, name, strings.Join(Names(), ", "))
}

// audience lives in five time zones of the Americas, Europe and Asia.
var audience = []workload.Share{
	{Lang: "en", Weight: 40}, {Lang: "ja", Weight: 20}, {Lang: "pt", Weight: 15}, {Lang: "de", Weight: 15}, {Lang: "id", Weight: 10},
}

// base is the ordinary world. TrendSize and LeastTrend make it hard enough to tell
// detectors apart: SigniTrend with epochs of three hours finds roughly three quarters of the
// trends before their peak, at a few false alarms a day and floods not counted.
func base(seed uint64) workload.Config {
	return workload.Config{
		Seed: seed, Start: start, Days: Days,
		Platforms: []workload.Platform{{
			Name: "x", PostsPerHour: 3000, Office: 0.4, Weekend: 0.9, Tags: workload.Both, Reposts: 0.12,
			Metric: "shares", Audience: audience,
		}},
		TrendsPerDay: 30, TrendSize: [2]float64{0.02, 0.12}, LeastTrend: 15,
		BurstsPerDay: 2500, BotsPerDay: 10, SolosPerDay: 3, FloodsPerDay: 3,
		WeeklyRegulars: 60, DailyRegulars: 40,
	}
}

// outages takes the source down ten times in hours of the day that are spread
// evenly over it, so that some fall on its peak: four times while there is still
// to be learned, six times after.
func outages(c *workload.Config) {
	rng := rand.New(rand.NewPCG(c.Seed, 0x6f757461676573))
	hours := rng.Perm(10)
	for i := range 10 {
		day := 2 + 7*i + rng.IntN(5) // days 2 to 27 in the first four
		if i >= 4 {
			day = WarmUp + 2*(i-4) + rng.IntN(2)
		}
		from := start.AddDate(0, 0, day).Add(time.Duration(hours[i]*144+rng.IntN(144)) * time.Minute)
		length := time.Hour + time.Duration(rng.IntN(8*60+1))*time.Minute
		c.Disruptions = append(c.Disruptions, workload.Disruption{Platform: "x", From: from, Until: from.Add(length)})
	}
}

func doubling(c *workload.Config) {
	c.Disruptions = []workload.Disruption{{Platform: "x", From: start.AddDate(0, 0, DoublingDay), Factor: 2}}
}

// small scales everything down. What is planted by the day shrinks with the
// scale but for the trends; these keep a volume that somebody can see.
func small(c *workload.Config) {
	c.Scale = 0.05
	c.TrendsPerDay, c.TrendSize, c.LeastTrend = 6, [2]float64{0.1, 0.5}, 80
}

func several(c *workload.Config) {
	c.Platforms = []workload.Platform{
		{
			Name: "x", PostsPerHour: 1400, Office: 0.55, Weekend: 0.85, Tags: workload.Both, Reposts: 0.15,
			Metric: "shares", Audience: audience,
		},
		{
			Name: "tiktok", PostsPerHour: 1200, Office: 0.1, Weekend: 1.25, Tags: workload.Both, Sounds: 0.5,
			Metric: "views", Audience: audience,
		},
		{
			Name: "bluesky", PostsPerHour: 800, Office: 0.45, Weekend: 0.9, Tags: workload.Both, Reposts: 0.1,
			Audience: audience,
		},
	}
}
