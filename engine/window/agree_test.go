package window_test

import (
	"math"
	"slices"

	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// reading is what a core says of a tracked term behind a closed pane.
type reading struct {
	window.Series
	Count  window.Count
	First  int64
	Before uint32
}

func read(core *window.Core, id term.ID, pane int64) (r reading, slot int, ok bool) {
	s := core.ShardOf(id)
	if slot, ok = s.Find(id); !ok {
		return r, 0, false
	}
	out := core.Config().NewSeries()
	s.Read(slot, pane, out)
	info := s.Info(slot)
	return reading{*out, s.Lookup(id, pane), info.First, info.Before}, slot, true
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
	m.coarse(t, want, "posts", pane, got.CoarsePosts, want.posts)
	if withFresh {
		fresh := want.credits(m.day())
		m.panes(t, want, "fresh", pane, got.Fresh, fresh)
		m.coarse(t, want, "fresh", pane, got.CoarseFresh, fresh)
	} else {
		sum := uint64(0)
		for _, n := range got.CoarseFresh {
			sum += uint64(n)
		}
		if least, most := m.spread(want, pane); sum < least || sum > most {
			t.Fatalf("%s: %d halves of fresh authors in the window, want %d to %d", want.Key, sum, least, most)
		}
	}
	if posts, thin := m.lately(want, pane); s.Thin(slot, pane) < thin || s.Thin(slot, pane) > posts {
		t.Fatalf("%s: %d thin posts, want at least %d and at most %d", want.Key, s.Thin(slot, pane), thin, posts)
	}
	sums := make([]uint32, len(got.CoarsePosts))
	s.CoarsePosts(slot, pane, sums)
	if !slices.Equal(sums, got.CoarsePosts) {
		t.Fatalf("%s: CoarsePosts %v, Read %v", want.Key, sums, got.CoarsePosts)
	}
	last, at := m.cfg.CoarseOf(pane), len(sums)-1
	for _, back := range []int{1, 5, 40} {
		if back > at {
			break
		}
		posts, halves := s.Coarse(slot, last-int64(back))
		if posts != sums[at-back] || halves != got.CoarseFresh[at-back] {
			t.Fatalf("%s: %d posts and %d halves %d coarse panes before the last, Read says %d and %d",
				want.Key, posts, halves, back, sums[at-back], got.CoarseFresh[at-back])
		}
	}
	for _, n := range []int{1, 2, len(sums)} {
		sum := uint64(0)
		for _, posts := range sums[len(sums)-min(n, len(sums)):] {
			sum += uint64(posts)
		}
		if recent := s.Recent(slot, pane, int64(n)); recent < sum {
			t.Fatalf("%s: %d posts in %d coarse panes, Recent says %d", want.Key, sum, n, recent)
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

// coarse compares the counts of the coarse panes that end with that of pane, of
// which only the panes up to pane count.
func (m *truth) coarse(t failer, of *trueTerm, what string, pane int64, got []uint32, want map[int64]uint32) {
	t.Helper()
	sums := map[int64]uint32{}
	for p, n := range want {
		if p <= pane {
			sums[m.cfg.CoarseOf(p)] += n
		}
	}
	if len(got) != m.cfg.CoarsePanes() {
		t.Fatalf("%d coarse panes, want %d", len(got), m.cfg.CoarsePanes())
	}
	for i, n := range got {
		c := m.cfg.CoarseOf(pane) - int64(len(got)-1-i)
		if n != sums[c] {
			t.Fatalf("%s: %d %s %d coarse panes before the last, want %d", of.Key, n, what, len(got)-1-i, sums[c])
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
			got[p].Thin += v.Thin
		}
		for _, slot := range s.Touched(pane) {
			touched[s.Info(int(slot)).ID] = true
		}
	}
	want := m.volumes(pane)
	for p := range got {
		if got[p].Posts != want[p].Posts || got[p].Thin != want[p].Thin || withFresh && got[p].Fresh != want[p].Fresh {
			t.Fatalf("platform %s: %+v, want %+v", platforms[p], got[p], want[p])
		}
	}
	for id, term := range m.terms {
		if touched[id] != (term.posts[pane] > 0) {
			t.Fatalf("%s has %d posts in the pane; touched: %v", term.Key, term.posts[pane], touched[id])
		}
	}
}
