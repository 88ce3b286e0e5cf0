package window_test

import (
	"math"
	"slices"

	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// reading is what a core says of a tracked term behind a closed pane.
type reading struct {
	Posts, Fresh, HourPosts, HourFresh []uint32
	Count                              window.Count
	First                              int64
	Before                             uint32
}

func read(core *window.Core, id term.ID, pane int64) (r reading, slot int, ok bool) {
	s := core.ShardOf(id)
	if slot, ok = s.Find(id); !ok {
		return r, 0, false
	}
	out := core.Config().NewSeries()
	s.Read(slot, pane, out)
	info := s.Info(slot)
	r = reading{
		Posts: out.Posts, Fresh: out.Fresh,
		HourPosts: out.CoarsePosts, HourFresh: out.CoarseFresh,
		Count: s.Lookup(id, pane), First: info.First, Before: info.Before,
	}
	return r, slot, true
}

// agree compares everything a core says at a mark with the exact model. Nothing
// may have been evicted. withFresh is whether fresh authors are promised to be
// exact; otherwise they are compared as [truth.spread] says.
func (m *truth) agree(t failer, core *window.Core, pane int64, withFresh bool) {
	t.Helper()
	for _, want := range m.terms {
		m.agreeOn(t, core, want, pane, withFresh)
	}
	tracked, posts := 0, uint64(0)
	for _, s := range core.Shards() {
		st := s.Stats()
		tracked += st.Tracked
		posts += st.Posts
		if st.Untracked != 0 || st.Stale != 0 || st.Evicted != 0 {
			t.Fatalf("%+v, but all terms have room and no post is late", st)
		}
	}
	if tracked != len(m.terms) || posts != m.posts {
		t.Fatalf("%d terms and %d posts counted, want %d and %d", tracked, posts, len(m.terms), m.posts)
	}
}

func (m *truth) agreeOn(t failer, core *window.Core, want *trueTerm, pane int64, withFresh bool) {
	t.Helper()
	got, slot, ok := read(core, want.ID, pane)
	if !ok {
		t.Fatalf("%s is not tracked", want.Key)
	}
	s := core.ShardOf(want.ID)
	info := s.Info(slot)
	if info.ID != want.ID || info.Kind != want.Kind || info.Platform != want.Platform || info.Key != want.Key || info.Display != want.Display {
		t.Fatalf("%s is described as %+v", want.Key, info)
	}
	if got.First != want.first || got.Before != 0 {
		t.Fatalf("%s: first pane %d and %d uses before, want %d and none", want.Key, got.First, got.Before, want.first)
	}
	if total := m.window(want, pane); !got.Count.Tracked || !got.Count.Exact() || got.Count.Posts != total {
		t.Fatalf("%s: %+v, want exactly %d", want.Key, got.Count, total)
	}
	m.panes(t, want, "posts", pane, got.Posts, want.posts)
	m.hours(t, want, "posts", pane, got.HourPosts, want.posts)
	if withFresh {
		fresh := want.credits(m.day())
		m.panes(t, want, "fresh", pane, got.Fresh, fresh)
		m.hours(t, want, "fresh", pane, got.HourFresh, fresh)
	} else {
		sum := uint64(0)
		for _, n := range got.HourFresh {
			sum += uint64(n)
		}
		if least, most := m.spread(want, pane); sum < least || sum > most {
			t.Fatalf("%s: %d halves of fresh authors in the window, want %d to %d", want.Key, sum, least, most)
		}
	}
	hours := make([]uint32, len(got.HourPosts))
	s.CoarsePosts(slot, pane, hours)
	if !slices.Equal(hours, got.HourPosts) {
		t.Fatalf("%s: CoarsePosts %v, Read %v", want.Key, hours, got.HourPosts)
	}
	last := m.cfg.HourOf(pane)
	for _, hour := range []int64{last - 1, last - 5, last - 40} {
		posts, _ := s.Coarse(slot, hour)
		if n := got.HourPosts[len(got.HourPosts)-1-int(last-hour)]; posts != n {
			t.Fatalf("%s: %d posts in hour %d, Read says %d", want.Key, posts, hour, n)
		}
	}
	for _, n := range []int64{1, 9, window.Hours} {
		sum := uint64(0)
		for _, h := range got.HourPosts[len(got.HourPosts)-int(n):] {
			sum += uint64(h)
		}
		if recent := s.Recent(slot, pane, n); recent < sum {
			t.Fatalf("%s: %d posts in %d hours, Recent says %d", want.Key, sum, n, recent)
		}
	}
}

// panes compares the counts of the panes that end with pane.
func (m *truth) panes(t failer, of *trueTerm, what string, pane int64, got []uint32, want map[int64]uint32) {
	t.Helper()
	if len(got) != window.Panes {
		t.Fatalf("%d panes", len(got))
	}
	for i, n := range got {
		p := pane - int64(len(got)-1-i)
		if n != want[p] {
			t.Fatalf("%s: %d %s %d panes before the last, want %d", of.Key, n, what, pane-p, want[p])
		}
	}
}

// hours compares the counts of the hours that end with the hour of pane, of which
// only the panes up to pane count.
func (m *truth) hours(t failer, of *trueTerm, what string, pane int64, got []uint32, want map[int64]uint32) {
	t.Helper()
	sums := map[int64]uint32{}
	for p, n := range want {
		if p <= pane {
			sums[m.cfg.HourOf(p)] += n
		}
	}
	if len(got) != window.Hours {
		t.Fatalf("%d hours", len(got))
	}
	for i, n := range got {
		hour := m.cfg.HourOf(pane) - int64(len(got)-1-i)
		if n != sums[hour] {
			t.Fatalf("%s: %d %s %d hours before the last, want %d", of.Key, n, what, len(got)-1-i, sums[hour])
		}
	}
}

// crowd is a count of distinct authors with its relative standard error.
type crowd struct {
	N      uint64
	StdErr float64
}

// crowds reads the authors of a term in windows of several lengths and compares
// them with the model: exactly where they are said to be exact, within six
// standard errors where not. Everything that was delivered must be sealed.
func (m *truth) crowds(t failer, core *window.Core, want *trueTerm, pane int64) (out [3]crowd) {
	t.Helper()
	s := core.ShardOf(want.ID)
	slot, _ := s.Find(want.ID)
	for i, hours := range [...]int{1, 24, window.Hours} {
		n, stderr := s.Authors(slot, pane, hours)
		exact := m.authors(want, m.cfg.HourOf(pane), hours)
		if off := math.Abs(float64(n) - float64(exact)); off > 6*stderr*float64(exact) {
			t.Fatalf("%s: %d authors in %d hours with a standard error of %.3f, want %d", want.Key, n, hours, stderr, exact)
		}
		out[i] = crowd{n, stderr}
	}
	return out
}

// agreePane compares what a core notes about a pane that was just closed: the
// terms that got posts, and the volumes of the platforms.
func (m *truth) agreePane(t failer, core *window.Core, pane int64, withFresh bool) {
	t.Helper()
	var got [len(platforms)]window.Volume
	touched := map[term.ID]bool{}
	for _, s := range core.Shards() {
		for p, v := range s.Volumes(pane) {
			got[p].Posts += v.Posts
			got[p].Fresh += v.Fresh
		}
		for _, slot := range s.Touched(pane) {
			touched[s.Info(int(slot)).ID] = true
		}
	}
	want := m.volumes(pane)
	for p := range got {
		if got[p].Posts != want[p].Posts || withFresh && got[p].Fresh != want[p].Fresh {
			t.Fatalf("platform %s: %+v, want %+v", platforms[p], got[p], want[p])
		}
	}
	for id, term := range m.terms {
		if touched[id] != (term.posts[pane] > 0) {
			t.Fatalf("%s has %d posts in the pane; touched: %v", term.Key, term.posts[pane], touched[id])
		}
	}
}
