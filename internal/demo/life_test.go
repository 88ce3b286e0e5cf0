package demo

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/term"
)

// noon is a Wednesday.
var noon = time.Date(2026, 11, 25, 12, 34, 5, 0, time.UTC)

// watch is a clock that is set by hand.
type watch struct{ at time.Time }

func (w *watch) now() time.Time { return w.at }

// small returns options of a world that is made up quickly.
func small(now func() time.Time) Options {
	return Options{Now: now, Past: MostPast, Scale: 0.05}
}

// newSmall returns a life on two platforms, in one language, that ends some days after noon.
func newSmall(t testing.TB, w *watch, days int) *life {
	t.Helper()
	o := small(w.now)
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	cfg := scenario(o.Seed, o.Scale)
	cfg.Platforms = slices.DeleteFunc(cfg.Platforms, func(p workload.Platform) bool { return p.Name != bluesky && p.Name != tiktok })
	for i := range cfg.Platforms {
		cfg.Platforms[i].Audience = cfg.Platforms[i].Audience[:1]
	}
	cfg.Days = int(lead/(24*time.Hour)) + 1 + days
	l, err := newLife(&o, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestPostsByPieces reads the same life in different pieces, at different times of the clock: it is the same.
func TestPostsByPieces(t *testing.T) {
	t.Parallel()
	end := noon.Add(3 * time.Hour)
	from := end.Add(-MostPast)
	clock := &watch{noon}
	one := newSmall(t, clock, 1)
	read := one.posts(bluesky, 0, 1)
	hashtags := one.chart(rules{platforms: []string{bluesky}, rising: true, total: ofDay})
	clock.at = end
	whole, last := read(from, end), hashtags(end)
	if len(whole) < 36*20 || len(last) == 0 {
		t.Fatalf("%d posts, %d rows", len(whole), len(last))
	}
	met := map[string]bool{}
	for i, p := range whole {
		if p.At.Before(from) || !p.At.Before(end) || i > 0 && p.At.Before(whole[i-1].At) || met[p.ID] {
			t.Fatalf("post %d of %d is %+v", i, len(whole), p)
		}
		met[p.ID] = true
	}
	clock.at = noon
	twin := newSmall(t, clock, 1) // of a clock that begins at the same time
	parts := []scrapetest.Posts{twin.posts(bluesky, 0, 2), twin.posts(bluesky, 1, 2)}
	hashtags = twin.chart(rules{platforms: []string{bluesky}, rising: true, total: ofDay})
	var pieces []scrapetest.Post
	for at := from; at.Before(end); {
		step := time.Duration(1+len(pieces)%7) * 10 * time.Minute
		to := at.Add(step)
		if to.After(end) {
			to = end
		}
		if to.After(clock.at) {
			if early := parts[0](clock.at, to); len(early) > 0 {
				t.Fatalf("at %v there is %+v", clock.at, early[0])
			}
			clock.at = to
		}
		hashtags(at)
		for _, read := range parts {
			pieces = append(pieces, read(at, to)...)
		}
		at = to
	}
	slices.SortStableFunc(pieces, func(a, b scrapetest.Post) int { return a.At.Compare(b.At) })
	if d := cmp.Diff(sortedIDs(whole), sortedIDs(pieces)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(last, hashtags(end)); d != "" {
		t.Error(d)
	}
}

func sortedIDs(posts []scrapetest.Post) []string {
	var ids []string
	for _, p := range posts {
		ids = append(ids, fmt.Sprint(p.At.UnixMicro(), p.ID, p.Author, p.Text, p.Link))
	}
	slices.Sort(ids)
	return ids
}

// TestLifeForgets lets the clock go on until the life is over: what is kept stays within bounds.
func TestLifeForgets(t *testing.T) {
	t.Parallel()
	clock := &watch{noon}
	l := newSmall(t, clock, 3)
	read := l.posts(bluesky, 0, 1)
	quick, slow := l.chart(rules{}), l.chart(rules{slow: true, total: ofWeek})
	for range 3 * 4 {
		clock.at = clock.at.Add(6 * time.Hour)
		within := len(read(clock.at.Add(-MostPast-slack), clock.at))
		if within == 0 {
			t.Fatalf("nobody writes before %v", clock.at)
		}
		if n := len(l.places[0].posts); n > within*5/4+1 {
			t.Fatalf("%d posts are kept, %d of them are of use", n, within)
		}
		for i, most := range []int{int(chartKept / chartEvery), int(slowKept / slowEvery)} {
			if n := len(l.charts[i].drawn); n > most+2 {
				t.Fatalf("%d drawings of chart %d are kept", n, i)
			}
		}
		if n := len(l.charts[0].entries); n > 20_000 {
			t.Fatalf("%d entries are kept", n)
		}
		if len(quick(clock.at)) == 0 || len(slow(clock.at)) == 0 {
			t.Fatal("a chart is empty")
		}
	}
	clock.at = noon.Add(5 * 24 * time.Hour)
	if posts := read(clock.at.Add(-time.Hour), clock.at); len(posts) != 0 {
		t.Errorf("after its end the life has %d posts", len(posts))
	}
}

// TestSongsClimb follows the songs that are planted as trends through a chart.
func TestSongsClimb(t *testing.T) {
	t.Parallel()
	clock := &watch{noon}
	l := newSmall(t, clock, 2)
	top := l.chart(rules{platforms: []string{tiktok}, sounds: true})
	type look struct {
		at     time.Time
		song   string
		peaked bool
	}
	var looks []look
	for _, p := range l.gen.Truth() {
		peaked := p.Peak.Add(l.ahead + 12*time.Hour)
		if p.Type == workload.Trend && p.Platform == tiktok && p.Term.Kind == term.Sound && peaked.Before(noon.Add(30*time.Hour)) {
			looks = append(looks, look{p.Onset.Add(l.ahead), p.Term.Display, false}, look{peaked, p.Term.Display, true})
		}
	}
	slices.SortStableFunc(looks, func(a, b look) int { return a.at.Compare(b.at) })
	before := map[string]int{}
	climbed, high := 0, 0
	for _, look := range looks {
		clock.at = look.at
		rank := slices.IndexFunc(top(look.at), func(r scrapetest.Row) bool { return look.song == r.Artist+" – "+r.Title })
		if rank < 0 {
			rank = chartRows
		}
		if !look.peaked {
			before[look.song] = rank
			continue
		}
		if rank < before[look.song] {
			climbed++
		}
		if rank < 20 {
			high++
		}
	}
	if n := len(before); n < 5 || climbed < n-1 || high < n/2 {
		t.Errorf("of %d planted songs %d climbed, %d are among the first twenty", n, climbed, high)
	}
}

func TestChartTotals(t *testing.T) {
	monday := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		total span
		at    time.Duration
		want  int64
	}{
		{everSince, 50 * time.Hour, 4},
		{ofDay, 24 * time.Hour, 3}, // the day that ends
		{ofDay, 25 * time.Hour, 0},
		{ofDay, 50 * time.Hour, 1},
		{ofWeek, 50 * time.Hour, 4},
		{ofWeek, 7 * 24 * time.Hour, 4},
		{ofWeek, 7*24*time.Hour + time.Hour, 0},
		{ofHour, 90 * time.Minute, 1},
		{ofHour, 3 * time.Hour, 0},
	} {
		r := newChart(rules{total: c.total}, monday)
		for _, at := range []time.Duration{time.Minute, 25 * time.Minute, 40 * time.Minute, 49 * time.Hour} {
			if at < c.at {
				r.use(monday.Add(at), "key", "Title", "")
			}
		}
		if got := r.row(r.entries["key"], monday.Add(c.at)).Total; got != c.want {
			t.Errorf("total %d after %v is %d, want %d", c.total, c.at, got, c.want)
		}
	}
}

// TestRecent holds the uses by stretch against a list of all uses.
func TestRecent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := noon
		c := newChart(rules{total: ofHour}, noon)
		uses := map[int64]int{}
		for range rapid.IntRange(1, 60).Draw(t, "uses") {
			at = at.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "seconds")) * time.Second)
			c.use(at, "key", "Title", "")
			uses[at.Unix()/600]++
		}
		at = at.Add(time.Duration(rapid.IntRange(0, 50_000).Draw(t, "later")) * time.Second)
		for i, n := range c.row(c.entries["key"], at).Recent {
			if want := uses[at.Unix()/600-int64(i)]; n != want {
				t.Fatalf("%d uses %d stretches ago, want %d", n, i, want)
			}
		}
	})
}
