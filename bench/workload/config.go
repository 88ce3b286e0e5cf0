package workload

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Config describes a world. The zero value of each field but Seed stands for
// the default named there; where a count may be wanted as none, give a negative
// number. The defaults make about 1.3 million records.
type Config struct {
	// Seed chooses the world; every value is valid.
	Seed uint64
	// Days is how many days of 24 hours the archive covers. Default 10, at most 3650.
	Days int
	// Start is when it begins, cut to the hour. Default Monday 2026-06-01 00:00 UTC.
	Start time.Time
	// Scale multiplies the volume: posts and the people who write them. The
	// vocabulary grows with its square root (Heaps' law). Default 1, allowed 0.001 to 1000.
	Scale float64
	// Platforms are the platforms with their audiences. Default [DefaultPlatforms].
	Platforms []Platform

	// TrendsPerDay is the number of planted trends; each shows on one to three
	// platforms. From the second day on they begin at an even pace, so some are
	// alive whenever the archive ends. Default 5.5.
	TrendsPerDay float64
	// TrendSize bounds a trend's volume at its peak, as a share of its
	// community's mean volume; the logarithm is uniform between them. Default
	// 0.06 to 0.3.
	TrendSize [2]float64
	// LeastTrend is the least volume of a trend at its peak, in posts an hour at
	// scale 1; communities that do not have twice as much get none. Default 20.
	LeastTrend float64
	// WeeklyRegulars and DailyRegulars are tags that return on the same weekday
	// or at the same hour of every day. Defaults 21 and 20.
	WeeklyRegulars, DailyRegulars int
	// BurstsPerDay is the number of micro-bursts at scale 1: up to 25 people
	// with one new tag for some hours. Default 220.
	BurstsPerDay float64
	// BotsPerDay is the number of spam campaigns by two to five accounts at
	// scale 1. Default 6.
	BotsPerDay float64
	// SolosPerDay is the number of one-person floods at scale 1: an account that
	// posts the same tag hundreds of times. Default 2.
	SolosPerDay float64
	// FloodsPerDay is the number of lockstep floods at scale 1: hundreds of new
	// accounts with one or two posts each. Default 2.
	FloodsPerDay float64

	// Noise multiplies the standard deviation of everything that fluctuates in the
	// logarithm: popularity by the hour and by the day, volume, the course of
	// trends, the days of regulars. Default 1.
	Noise float64
	// Turnover is the standard deviation, in natural logarithms, of a second and
	// slower drift by which terms come and go over days. Default 0: none.
	Turnover float64
	// HeavyTails draws these fluctuations, but for the volume's, from Student's t
	// with three degrees of freedom in place of a normal distribution.
	HeavyTails bool
	// Disruptions are outages and sudden changes of a platform's volume.
	Disruptions []Disruption
}

// Disruption multiplies what is seen of a platform for some time: 0 is a source
// that is down (what happens meanwhile is lost, not zero), 2 a platform that doubled.
type Disruption struct {
	Platform    string
	From, Until time.Time // half open; a zero Until is the end of the archive
	Factor      float64   // 0 or more
}

// What fits into some gigabytes of memory: a slice of posts, and the plan.
const (
	maxPostsPerHour = 20_000_000
	maxPlanted      = 2_000_000
)

// defaultStart is a Monday.
var defaultStart = time.Date(2026, time.June, 1, 0, 0, 0, 0, time.UTC)

// withDefaults returns c with its zero fields filled in and its negative counts
// set to zero, or an error that wraps [ErrConfig].
func (c Config) withDefaults() (Config, error) {
	c.Days = orDefault(c.Days, 10)
	c.Scale = orDefault(c.Scale, 1)
	c.Noise = orDefault(c.Noise, 1)
	c.TrendsPerDay = max(0, orDefault(c.TrendsPerDay, 5.5))
	c.LeastTrend = max(0, orDefault(c.LeastTrend, 20))
	if c.TrendSize == [2]float64{} {
		c.TrendSize = [2]float64{0.06, 0.3}
	}
	c.WeeklyRegulars = max(0, orDefault(c.WeeklyRegulars, 21))
	c.DailyRegulars = max(0, orDefault(c.DailyRegulars, 20))
	c.BurstsPerDay = max(0, orDefault(c.BurstsPerDay, 220))
	c.BotsPerDay = max(0, orDefault(c.BotsPerDay, 6))
	c.SolosPerDay = max(0, orDefault(c.SolosPerDay, 2))
	c.FloodsPerDay = max(0, orDefault(c.FloodsPerDay, 2))
	if c.Start.IsZero() {
		c.Start = defaultStart
	}
	c.Start = c.Start.UTC().Truncate(time.Hour)
	if c.Platforms == nil {
		c.Platforms = DefaultPlatforms()
	}
	c.Platforms, c.Disruptions = slices.Clone(c.Platforms), slices.Clone(c.Disruptions)
	return c, c.validate()
}

func orDefault[T int | float64](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

func (c *Config) validate() error {
	switch {
	case c.Days < 1 || c.Days > 3650:
		return fmt.Errorf("%w: Days is %d; give 1 to 3650", ErrConfig, c.Days)
	case !(c.Scale >= 0.001 && c.Scale <= 1000):
		return fmt.Errorf("%w: Scale is %v; give 0.001 to 1000", ErrConfig, c.Scale)
	case !(c.Noise > 0 && c.Noise <= 5):
		return fmt.Errorf("%w: Noise is %v; give more than 0, at most 5", ErrConfig, c.Noise)
	case !(c.Turnover >= 0 && c.Turnover <= 3):
		return fmt.Errorf("%w: Turnover is %v; give 0 to 3", ErrConfig, c.Turnover)
	case !(c.TrendSize[0] > 0 && c.TrendSize[0] <= c.TrendSize[1] && c.TrendSize[1] <= 100):
		return fmt.Errorf("%w: TrendSize is %v; give the smaller first, more than 0 and at most 100", ErrConfig, c.TrendSize)
	case !(c.LeastTrend <= 1e6):
		return fmt.Errorf("%w: LeastTrend is %v; give at most 1e6", ErrConfig, c.LeastTrend)
	case c.Start.Year() < 1990 || c.end().Year() >= 2100:
		return fmt.Errorf("%w: Start is %s; the archive must lie between 1990 and 2100", ErrConfig, c.Start.Format(time.RFC3339))
	case len(c.Platforms) == 0:
		return fmt.Errorf("%w: Platforms is empty; give one or more, or nil for the default", ErrConfig)
	}
	for _, f := range []struct {
		name   string
		perDay float64
	}{
		{"TrendsPerDay", c.TrendsPerDay}, {"BurstsPerDay", c.BurstsPerDay},
		{"BotsPerDay", c.BotsPerDay}, {"SolosPerDay", c.SolosPerDay}, {"FloodsPerDay", c.FloodsPerDay},
	} {
		if !(f.perDay <= 10_000) {
			return fmt.Errorf("%w: %s is %v; give at most 10000", ErrConfig, f.name, f.perDay)
		}
	}
	if c.WeeklyRegulars > 1000 || c.DailyRegulars > 1000 {
		return fmt.Errorf("%w: WeeklyRegulars is %d and DailyRegulars %d; give at most 1000 of each", ErrConfig, c.WeeklyRegulars, c.DailyRegulars)
	}
	seen := map[string]bool{}
	for i := range c.Platforms {
		p := &c.Platforms[i]
		if err := p.validate(); err != nil {
			return err
		}
		if seen[p.Name] {
			return fmt.Errorf("%w: platform %q is given twice", ErrConfig, p.Name)
		}
		seen[p.Name] = true
	}
	perHour := 0.0
	for _, p := range c.Platforms {
		perHour += float64(p.PostsPerHour * c.Scale)
	}
	if perHour > maxPostsPerHour {
		return fmt.Errorf("%w: PostsPerHour and Scale make %.0f posts an hour; give at most %d", ErrConfig, perHour, maxPostsPerHour)
	}
	if planted := c.count(c.TrendsPerDay) + c.count((c.BurstsPerDay+c.BotsPerDay+c.SolosPerDay+c.FloodsPerDay)*c.Scale); planted > maxPlanted {
		return fmt.Errorf("%w: Days, Scale and the numbers per day plant %d things; give less than %d", ErrConfig, planted, maxPlanted)
	}
	for _, d := range c.Disruptions {
		switch {
		case !seen[d.Platform]:
			return fmt.Errorf("%w: a disruption names the platform %q, which is not among Platforms", ErrConfig, d.Platform)
		case !(d.Factor >= 0 && d.Factor <= 100):
			return fmt.Errorf("%w: the disruption of %q has the factor %v; give 0 to 100", ErrConfig, d.Platform, d.Factor)
		}
	}
	return nil
}

// end returns the first moment after the archive.
func (c *Config) end() time.Time { return c.Start.Add(time.Duration(c.Days) * 24 * time.Hour) }

// count returns how many of something planted per day the archive holds.
func (c *Config) count(perDay float64) int {
	return int(math.Floor(float64(perDay*float64(c.Days)) + 0.5))
}
