package rivals

import (
	"testing"

	"github.com/swell-radar/swell/bench/quality/trace"
	"pgregory.net/rapid"
)

func TestChi2ByHand(t *testing.T) {
	for _, c := range []struct{ observed, expected, want float64 }{
		{4, 0, 0},   // below the threshold of five
		{5, 0, 16},  // nobody yesterday counts as one: 4²/1
		{5, 1, 16},  //
		{10, 4, 9},  // 6²/4
		{10, 10, 0}, // as many as yesterday
		{10, 11, 0}, // fewer
		{30, 20, 5}, // 10²/20
		{100, 1, 99 * 99},
	} {
		near(t, "Chi2", Chi2(c.observed, c.expected), c.want)
	}
}

func TestChi2GrowsWithToday(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		expected := float64(rapid.IntRange(0, 1000).Draw(t, "expected"))
		a := rapid.IntRange(0, 2000).Draw(t, "a")
		b := rapid.IntRange(a, 2000).Draw(t, "b")
		if Chi2(float64(a), expected) > Chi2(float64(b), expected) {
			t.Fatalf("%d today score more than %d against %v", a, b, expected)
		}
	})
}

func TestMastodonCourse(t *testing.T) {
	const day = 20_000
	m := NewMastodon(1)
	var all []emitted
	step := func(pane int64, cells ...trace.Cell) {
		m.Step(pane, cells, func(term uint32, score, rank float64) { all = append(all, emitted{pane, term, score, rank}) })
	}
	step(144*day, plain(0, 2))
	step(144*day+5, plain(0, 2)) // 4 so far
	if len(all) != 0 {
		t.Fatalf("four accounts were scored: %+v", all)
	}
	step(144*(day+1), plain(0, 3))
	step(144*(day+1)+1, plain(0, 5)) // 8 against 4
	step(144*(day+1) + 1 + 24)       // four hours later
	step(144 * (day + 2))            // the next day: nobody yet
	now := at(all, 144*(day+1)+1, 0)
	near(t, "score", now.score, 4) // (8-4)²/4
	near(t, "rank", now.rank, 4)
	// The score stands while the day lasts; the rank is that of four hours ago, halved.
	later := at(all, 144*(day+1)+25, 0)
	near(t, "score, later", later.score, 4)
	near(t, "rank, later", later.rank, 2)
	if next := at(all, 144*(day+2), 0); next != (emitted{}) {
		t.Errorf("the day after: %+v, want nothing", next)
	}
}

// Ranks halve every four hours and leave the list below 1.
func TestMastodonDecay(t *testing.T) {
	m := NewMastodon(1)
	const start = 144*20_000 + 140
	panes := make([][]trace.Cell, 300)
	panes[0] = []trace.Cell{plain(0, 9)} // 8²/1 = 64
	all := play(m, start, panes)
	near(t, "best", at(all, start, 0).rank, 64)
	near(t, "a half-life later", at(all, start+24, 0).rank, 32)
	near(t, "score of the next day", at(all, start+24, 0).score, 0)
	near(t, "six half-lives later", at(all, start+144, 0).rank, 1)
	near(t, "after", at(all, start+145, 0).rank, 0)
}
