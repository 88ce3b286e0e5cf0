package workload

import (
	"math"
	"testing"
	"time"

	"github.com/swell-radar/swell/term"
)

// plaza is a platform of one audience on which nothing is planted.
func plaza(seed uint64, days int, perHour float64) Config {
	return Config{
		Seed: seed, Days: days,
		Platforms:    []Platform{{Name: "plaza", PostsPerHour: perHour, Weekend: 1, Tags: Listed, Audience: []Share{{"en", 1}}}},
		TrendsPerDay: -1, WeeklyRegulars: -1, DailyRegulars: -1, BurstsPerDay: -1, BotsPerDay: -1, SolosPerDay: -1, FloodsPerDay: -1,
	}
}

// TestNewcomersAndEchoes counts what ordinary life has of the two signs of a
// flood: accounts that were not there before, and texts that say the same.
func TestNewcomersAndEchoes(t *testing.T) {
	t.Parallel()
	authors, texts := map[string]bool{}, map[string]bool{}
	var n, newcomers, echoes float64
	cfg := plaza(31, 8, 60)
	late := defaultStart.AddDate(0, 0, 7).UnixMicro()
	each(t, cfg, func(rec *term.Record) {
		if rec.TS >= late {
			n++
			if !authors[rec.Author] {
				newcomers++
			}
			if texts[rec.Text] {
				echoes++
			}
			texts[rec.Text] = true
		}
		authors[rec.Author] = true
	})
	if share := newcomers / n; share < 0.05 || share > 0.4 {
		t.Errorf("%.3f of the posts of the eighth day are by newcomers", share)
	}
	if share := echoes / n; share < 0.03 || share > 0.25 {
		t.Errorf("%.3f of the posts of a day repeat the text of another", share)
	}
}

// TestPostsComeInThreads: authors go on with a tag, so that posts vary more than
// chance lets them, and more than their authors do.
func TestPostsComeInThreads(t *testing.T) {
	t.Parallel()
	type use struct{ tag, author string }
	posts, authors, last := 0, 0, map[use]int64{}
	each(t, plaza(32, 2, 200), func(rec *term.Record) {
		for _, tag := range rec.Tags {
			u := use{groupKey(tag), rec.Author}
			posts++
			if at, ok := last[u]; !ok || rec.TS-at > 3*3600e6 {
				authors++
			}
			last[u] = rec.TS
		}
	})
	if again := 1 - float64(authors)/float64(posts); again < 0.08 || again > 0.35 {
		t.Errorf("%.3f of the uses of tags are by somebody who used it in the three hours before", again)
	}
}

// TestPopularityMoves measures how far the popularity of tags goes in an hour, a
// day and a week, with and without turnover.
func TestPopularityMoves(t *testing.T) {
	moves := func(turnover float64) (spread map[int]float64) {
		cfg, err := Config{Turnover: turnover}.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		s := newStream(33, "moves")
		p := newPopularity(1600, nil, &cfg, s)
		const hours = 24 * 20
		path := make([][]float64, hours)
		for h := range path {
			p.step(s, &cfg, h%24 == 0)
			for i, w := range p.weights {
				path[h] = append(path[h], math.Log(w/p.base[i]))
			}
		}
		spread = map[int]float64{}
		for _, lag := range []int{1, 24, 168} {
			sum, n := 0.0, 0.0
			for h := lag; h < hours; h++ {
				for i := range path[h] {
					d := path[h][i] - path[h-lag][i]
					sum, n = sum+d*d, n+1
				}
			}
			spread[lag] = math.Sqrt(sum / n)
		}
		return spread
	}
	// The differences of stationary processes: 2·sd²·(1-correlation) each.
	ou := func(sd, relaxation, lag float64) float64 { return 2 * sd * sd * (1 - math.Exp(-lag/relaxation)) }
	for _, turnover := range []float64{0, 1} {
		got := moves(turnover)
		for lag, g := range got {
			l := float64(lag)
			want := math.Sqrt(ou(driftSD, 18, l) + ou(turnover, 96, l) + 2*daySD*daySD*min(1, l/24))
			if math.Abs(g/want-1) > 0.05 {
				t.Errorf("turnover %v: popularity moves by %.3f in %d hours, want %.3f", turnover, g, lag, want)
			}
		}
	}
}

// TestTrendsAndRegularsFluctuate checks the noise of campaigns: its spread, its
// mean of one, and that regulars change by the day alone.
func TestTrendsAndRegularsFluctuate(t *testing.T) {
	for _, kind := range []Type{Trend, Regular} {
		cfg, err := Config{}.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		s := newStream(34, "fluctuate")
		c := campaign{home: &community{loc: &japanese}, row: &row{Planted: Planted{Type: kind}}}
		c.fluctuate(s, &cfg, 0, true)
		var n, sum, logs, squares, changes float64
		for h := range 100_000 {
			before := c.noise
			c.fluctuate(s, &cfg, int64(h)*3600, false)
			if c.noise != before {
				changes++
			}
			n, sum, logs, squares = n+1, sum+math.Exp(c.noise), logs+c.noise, squares+c.noise*c.noise
		}
		sd := math.Sqrt(squares/n - logs/n*logs/n)
		want, often := trendSD, 1.0
		if kind == Regular {
			want, often = regularSD, 1.0/24
		}
		if math.Abs(sd/want-1) > 0.04 || math.Abs(sum/n-1) > 0.02 || math.Abs(changes/n/often-1) > 0.01 {
			t.Errorf("%s: standard deviation %.3f (want %.3f), mean factor %.3f, %.3f changes an hour", kind, sd, want, sum/n, changes/n)
		}
	}
}

// TestBurstsAreSmallAndFollowTheDay looks at who is in a micro-burst, and when.
func TestBurstsAreSmallAndFollowTheDay(t *testing.T) {
	t.Parallel()
	cfg := plaza(35, 4, 200)
	cfg.BurstsPerDay = 1000
	g := newGenerator(t, cfg)
	if len(g.waiting) != 4000 {
		t.Fatalf("%d bursts", len(g.waiting))
	}
	small, hours := 0, [24]int{}
	for _, c := range g.waiting {
		if n := len(c.accounts); n < 2 || n > 25 {
			t.Errorf("a burst of %d people", n)
		} else if n <= 8 {
			small++
		}
		_, hour := local(g.start+int64(c.first)*sliceSeconds, c.home.loc.utc)
		hours[int(hour)]++
	}
	if small < 1600 || small > 2800 {
		t.Errorf("%d of 4000 bursts have eight people or fewer", small)
	}
	if night, evening := hours[3]+hours[4], hours[20]+hours[21]; night*4 > evening {
		t.Errorf("bursts by local hour: %v", hours)
	}
	posts := 0.0
	var rec term.Record
	for g.Next(&rec) {
	}
	for _, p := range g.Truth() {
		posts += float64(p.Posts)
	}
	if mean := posts / 4000; mean < 5 || mean > 20 {
		t.Errorf("a burst has %.1f posts in the mean", mean)
	}
}

// TestRegularsDifferInSizeAndByWeek compares the regulars with each other and their weeks.
func TestRegularsDifferInSizeAndByWeek(t *testing.T) {
	t.Parallel()
	cfg := plaza(36, 28, 100)
	cfg.WeeklyRegulars = 14
	g := newGenerator(t, cfg)
	least, most := math.Inf(1), 0.0
	for _, c := range g.waiting {
		least, most = min(least, c.volume), max(most, c.volume)
	}
	if most/least < 3 {
		t.Errorf("the largest regular has %.1f times the volume of the smallest", most/least)
	}
	weeks := map[string]*[5]float64{}
	end := defaultStart.AddDate(0, 0, 28)
	for _, p := range g.Truth() {
		weeks[groupKey(p.Term.Display)] = new([5]float64)
	}
	var rec term.Record
	for g.Next(&rec) {
		for _, tag := range rec.Tags {
			if w := weeks[groupKey(tag)]; w != nil {
				w[int(end.Sub(time.UnixMicro(rec.TS)).Hours()/168)]++
			}
		}
	}
	// The variance over the weeks beyond that of a Poisson count.
	excess, squares := 0.0, 0.0
	for _, w := range weeks {
		mean, variance := 0.0, 0.0
		for _, x := range w[:4] {
			mean += x / 4
		}
		for _, x := range w[:4] {
			variance += (x - mean) * (x - mean) / 3
		}
		excess, squares = excess+variance-mean, squares+mean*mean
	}
	if sd := math.Sqrt(max(0, excess/squares)); sd < 0.15 || sd > 0.7 {
		t.Errorf("beyond chance the weeks of a regular differ by a factor with a standard deviation of %.2f", sd)
	}
}
