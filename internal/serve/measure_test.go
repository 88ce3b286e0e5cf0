package serve

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
)

// TestMeasuresAgainstPosts makes posts pane by pane, counts them as the engine does, some
// of the first ones by the doorkeeper alone, and compares what is said of each span with
// the posts themselves.
func TestMeasuresAgainstPosts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const panes = window.Hours * detect.PanesPerHour
		into := rapid.IntRange(1, detect.PanesPerHour).Draw(rt, "panes of the running hour")
		asOf := int64(20_000*24*hourSeconds) + int64(into)*detect.PaneSeconds
		n := panes - detect.PanesPerHour + into // panes of the window, up to its end
		begin := rapid.IntRange(0, n-1).Draw(rt, "first post")
		posts := make([]int, n)
		for i := begin; i < n; i++ {
			posts[i] = rapid.IntRange(0, 4).Draw(rt, "posts")
		}
		missed := rapid.IntRange(0, 5).Draw(rt, "posts before it is tracked")
		over := missed + rapid.IntRange(0, 2).Draw(rt, "error of the doorkeeper")
		tr := engine.Trend{Hours: make([]uint32, window.Hours), Over: uint64(over)}
		tr.Platform = "x"
		left := missed
		for i, k := range posts {
			for range k {
				if left > 0 {
					left--
					continue
				}
				tr.Hours[i/detect.PanesPerHour]++
				tr.Posts++
			}
		}
		tr.Posts += uint64(over)
		if left > 0 {
			return // never tracked
		}
		tr.Evidence.Pane = asOf/detect.PaneSeconds - 1
		between := func(from, to int) (sum int) {
			for i := max(0, from); i < to; i++ {
				sum += posts[i]
			}
			return sum
		}
		v := &engine.View{AsOf: asOf, From: windowHour(asOf) * hourSeconds, Platforms: []engine.Platform{{Name: "x", Since: 1}}}
		stale := rapid.Bool().Draw(rt, "stale")
		if stale {
			tr.Evidence.Pane--
		}
		for w := range spans {
			c := clockOf(v, w)
			from := int(w.start(v)-v.From) / detect.PaneSeconds
			truth := between(from, n)
			// What the engine says of the last hour is of what it tracked.
			tr.PostsPerHour = float64(tracked(posts, missed, n-detect.PanesPerHour, n))
			m := c.measureOf(&tr)
			if !m.counted || m.over > m.posts || uint64(truth) > m.posts || uint64(truth) < m.posts-m.over {
				rt.Fatalf("%s: %d posts, told as %+v", spanNames[w], truth, m)
			}
			if exact := over == 0 && (!stale || w != span1h); exact && m.over != 0 {
				rt.Fatalf("%s: %+v is not exact", spanNames[w], m)
			}
			if hours := float64(n-from) / detect.PanesPerHour; math.Abs(m.perHour-float64(m.posts)/hours) > 1e-9 {
				rt.Fatalf("%s: %v an hour of %d in %v hours", spanNames[w], m.perHour, m.posts, hours)
			}
			half := int(c.compared(v)) / detect.PaneSeconds
			before := between(n-2*half, n-half)
			even := into == detect.PanesPerHour // nothing has to be divided by time
			if !even || over > 0 || stale {
				if m.growth < 0 || before == 0 && even && over == 0 && m.growth == m.growth {
					rt.Fatalf("%s: growth %v", spanNames[w], m.growth)
				}
				continue
			}
			want := float64(between(n-half, n)) / float64(before)
			if before == 0 {
				want = math.NaN()
			}
			if !(math.Abs(m.growth-want) < 1e-9 || want != want && m.growth != m.growth) {
				rt.Fatalf("%s: growth %v, want %v", spanNames[w], m.growth, want)
			}
		}
	})
}

// tracked returns the posts of some panes without the first missed of all.
func tracked(posts []int, missed, from, to int) (sum int) {
	for i, k := range posts[:to] {
		skip := min(missed, k)
		missed -= skip
		if i >= from {
			sum += k - skip
		}
	}
	return sum
}

// A post a pane grows by one however the times are cut, and what was not seen is not
// counted as nothing.
func TestGrowthOfAnEvenStream(t *testing.T) {
	for into := 1; into <= detect.PanesPerHour; into++ {
		asOf := int64(20_000*24*hourSeconds) + int64(into)*detect.PaneSeconds
		v := &engine.View{AsOf: asOf, From: windowHour(asOf) * hourSeconds, Platforms: []engine.Platform{{Name: "x", Since: 1}}}
		tr := engine.Trend{Platform: "x", Hours: make([]uint32, window.Hours)}
		tr.Evidence.Pane, tr.PostsPerHour = asOf/detect.PaneSeconds-1, detect.PanesPerHour
		for i := range tr.Hours {
			tr.Hours[i] = detect.PanesPerHour
		}
		tr.Hours[window.Hours-1] = uint32(into)
		for _, n := range tr.Hours {
			tr.Posts += uint64(n)
		}
		for w := range spans {
			if m := clockOf(v, w).measureOf(&tr); math.Abs(m.growth-1) > 1e-9 || math.Abs(m.perHour-detect.PanesPerHour) > 1e-9 {
				t.Errorf("%s, %d panes into the hour: %+v", spanNames[w], into, m)
			}
		}
		// The hours 30 to 26 before the running one were not seen.
		v.Platforms[0].Missing = []engine.Gap{{From: (runningHour(asOf) - 30) * hourSeconds, To: (runningHour(asOf) - 26) * hourSeconds}}
		for i := 41; i < 45; i++ {
			tr.Posts -= uint64(tr.Hours[i])
			tr.Hours[i] = 0
		}
		for _, w := range []span{span72h, span24h} {
			if m := clockOf(v, w).measureOf(&tr); math.Abs(m.growth-1) > 1e-9 || math.Abs(m.perHour-detect.PanesPerHour) > 1e-9 {
				t.Errorf("%s, %d panes into the hour, with a gap: %+v", spanNames[w], into, m)
			}
		}
	}
}

// Growth is not known where too little was seen of one of the times.
func TestGrowthNeedsCoverage(t *testing.T) {
	f := fixedSource()
	tr := &f.view.Trends[0] // the last six hours, on tiktok
	grew := func(w span, change func(p *engine.Platform)) bool {
		v := f.view
		v.Platforms = []engine.Platform{{Name: "tiktok", Since: start.Unix()}}
		change(&v.Platforms[0])
		m := clockOf(&v, w).measureOf(tr)
		return m.growth == m.growth
	}
	if !grew(span1h, func(*engine.Platform) {}) {
		t.Error("nothing was missing")
	}
	if grew(span1h, func(p *engine.Platform) { p.Since = 0 }) {
		t.Error("it is not known what was missing")
	}
	if grew(span1h, func(p *engine.Platform) { p.Since = fixedAsOf - 2*hourSeconds + 600 }) {
		t.Error("the platform was met later")
	}
	if grew(span1h, func(p *engine.Platform) {
		p.Missing = []engine.Gap{{From: fixedAsOf - 2*hourSeconds, To: fixedAsOf - hourSeconds - 1200}}
	}) {
		t.Error("more than half of the hour before is missing")
	}
	if grew(span72h, func(*engine.Platform) {}) {
		t.Error("there was no post before")
	}
}
