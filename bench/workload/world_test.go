package workload

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/term"
)

// TestPopularityIsZipf fits the counts of one language's tags on a log-log scale.
func TestPopularityIsZipf(t *testing.T) {
	t.Parallel()
	cfg := small(21, 3)
	cfg.Scale, cfg.BurstsPerDay, cfg.FloodsPerDay = 0.1, -1, -1
	cfg.Platforms = DefaultPlatforms()[4:]
	uses := map[string]int{}
	each(t, cfg, func(rec *term.Record) {
		if rec.Platform == "bluesky" && rec.Lang == "en" {
			for _, tag := range rec.Tags {
				uses[strings.ToLower(tag)]++
			}
		}
	})
	counts := slices.SortedFunc(maps.Values(uses), func(a, b int) int { return cmp.Compare(b, a) })
	if len(counts) < 500 {
		t.Fatalf("only %d tags were used", len(counts))
	}
	var n, sx, sy, sxx, sxy float64
	for rank := 5; rank <= 200; rank++ {
		x, y := math.Log(float64(rank)), math.Log(float64(counts[rank-1]))
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	if slope := (n*sxy - sx*sy) / (n*sxx - sx*sx); slope > -0.7 || slope < -1.3 {
		t.Errorf("count falls with rank to the power of %.2f, want about -1", slope)
	}
}

// TestDaysAndWeeks looks at one audience with one clock.
func TestDaysAndWeeks(t *testing.T) {
	t.Parallel()
	platform := Platform{
		Name: "plaza", PostsPerHour: 600, Weekend: 1.5, Tags: Both,
		Audience: []Share{{"ja", 1}},
	}
	cfg := Config{Seed: 22, Days: 14, Scale: 0.1, Platforms: []Platform{platform}, WeeklyRegulars: 7, DailyRegulars: 2}
	cfg.TrendsPerDay, cfg.BurstsPerDay, cfg.BotsPerDay, cfg.SolosPerDay, cfg.FloodsPerDay = -1, -1, -1, -1, -1
	tokyo := time.FixedZone("", 9*3600)
	var hours [24]int
	var days [7]int
	byTag := map[string]*[7]int{}
	g := each(t, cfg, func(rec *term.Record) {
		at := time.UnixMicro(rec.TS).In(tokyo)
		hours[at.Hour()]++
		days[at.Weekday()]++
		for _, tag := range rec.Tags {
			if byTag[tag] == nil {
				byTag[tag] = new([7]int)
			}
			byTag[tag][at.Weekday()]++
		}
	})
	if least, most := slices.Min(hours[:]), slices.Max(hours[:]); float64(most)/float64(least) < 4 || most != hours[20] && most != hours[21] {
		t.Errorf("posts by local hour: %v; want a quiet night and a peak in the evening", hours)
	}
	weekend := float64(days[0]+days[6]) / 2
	working := float64(days[1]+days[2]+days[3]+days[4]+days[5]) / 5
	if ratio := weekend / working; math.Abs(ratio-1.5) > 0.2 {
		t.Errorf("a weekend day has %.2f times the posts of a working day, want 1.5; by weekday: %v", ratio, days)
	}
	weekly := 0
	for _, p := range g.Truth() {
		if p.Shape != Weekly {
			continue
		}
		weekly++
		own := slices.Index(japanese.weekdays[:], string([]rune(p.Term.Display)[:3]))
		uses := byTag[p.Term.Display]
		total := 0
		for _, n := range uses {
			total += n
		}
		if total < 20 || float64(uses[own])/float64(total) < 0.8 {
			t.Errorf("%s is used %v times by weekday", p.Term.Display, *uses)
		}
	}
	if weekly != 7 {
		t.Errorf("%d weekly regulars, want 7", weekly)
	}
}

func TestDisruptions(t *testing.T) {
	t.Parallel()
	at := func(day int) time.Time { return defaultStart.AddDate(0, 0, day) }
	cfg := small(23, 4)
	cfg.TrendsPerDay, cfg.BurstsPerDay, cfg.BotsPerDay, cfg.SolosPerDay, cfg.FloodsPerDay = -1, -1, -1, -1, -1
	cfg.Disruptions = []Disruption{
		{Platform: "x", From: at(1), Until: at(1).Add(6 * time.Hour), Factor: 0},
		{Platform: "tiktok", From: at(2), Factor: 2},
	}
	var down int
	days := map[string]*[4]float64{}
	each(t, cfg, func(rec *term.Record) {
		ts := time.UnixMicro(rec.TS)
		if rec.Platform == "x" && !ts.Before(at(1)) && ts.Before(at(1).Add(6*time.Hour)) {
			down++
		}
		if days[rec.Platform] == nil {
			days[rec.Platform] = new([4]float64)
		}
		days[rec.Platform][int(ts.Sub(at(0)).Hours())/24]++
	})
	if down > 0 {
		t.Errorf("%d records arrived during the outage", down)
	}
	if d := days["tiktok"]; d[3]/d[1] < 1.7 || d[3]/d[1] > 2.3 {
		t.Errorf("tiktok has %v posts by day; it should double on the third", *d)
	}
	if d := days["youtube"]; d[3]/d[1] < 0.7 || d[3]/d[1] > 1.4 {
		t.Errorf("youtube has %v posts by day; nothing happened there", *d)
	}
}

// TestFewAccountsAndMany checks who is behind bots, floods and trends.
func TestFewAccountsAndMany(t *testing.T) {
	t.Parallel()
	authors := map[seenTerm]map[string]int{}
	active := map[string]int{}
	cfg := small(24, 3)
	cfg.Scale, cfg.TrendsPerDay = 0.04, 8
	for i := range cfg.Platforms {
		cfg.Platforms[i].Tags = Both
	}
	g := each(t, cfg, func(rec *term.Record) {
		active[rec.Author]++
		for _, tag := range rec.Tags {
			k := seenTerm{"hashtag", rec.Platform, groupKey(tag)}
			if authors[k] == nil {
				authors[k] = map[string]int{}
			}
			authors[k][rec.Author]++
		}
	})
	checked, solos := map[Type]int{}, 0
	for _, p := range g.Truth() {
		by := authors[seenTerm{"hashtag", p.Platform, groupKey(p.Term.Display)}]
		if p.Term.Kind != term.Hashtag || len(by) == 0 || p.Posts < 30 {
			continue
		}
		checked[p.Type]++
		spread := float64(len(by)) / float64(p.Posts)
		switch p.Type {
		case Bot:
			if len(by) > 5 {
				t.Errorf("the bot tag %s has %d authors", p.Term.Display, len(by))
			}
			if len(by) == 1 && p.Posts >= 80 {
				solos++
			}
		case Flood:
			for a := range by {
				if active[a] > 2 {
					t.Errorf("%s of the flood %s wrote %d posts", a, p.Term.Display, active[a])
				}
			}
		case Trend:
			if spread < 0.6 {
				t.Errorf("the trend %s has %d authors for %d posts", p.Term.Display, len(by), p.Posts)
			}
		}
	}
	if solos == 0 {
		t.Error("no single account posted a tag a hundred times")
	}
	for _, kind := range []Type{Bot, Flood, Trend} {
		if checked[kind] == 0 {
			t.Errorf("no %s was large enough to check", kind)
		}
	}
}
