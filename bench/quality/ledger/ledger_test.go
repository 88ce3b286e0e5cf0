package ledger_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/bench/quality/ledger"
	"github.com/swell-radar/swell/bench/quality/measure"
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

const (
	first = 144 * 20000 // a midnight
	panes = 4 * 144
)

// stream is a trace of nothing but names, and a random truth about some of them.
func stream(t *rapid.T, terms int) (*trace.Trace, truth.Set) {
	x := &trace.Trace{Platforms: []string{"x", "y"}, First: first, Panes: make([][]trace.Cell, panes)}
	for i := range terms {
		x.Terms = append(x.Terms, trace.Term{Kind: term.Hashtag, Key: fmt.Sprint("t", i), Platform: uint16(i % 2), Group: uint32(i)})
	}
	var set truth.Set
	types := []truth.Type{truth.Trend, truth.Trend, truth.Burst, truth.Bot, truth.Flood, truth.Regular}
	for range rapid.IntRange(0, 12).Draw(t, "rows") {
		i := rapid.IntRange(0, terms-1).Draw(t, "term")
		r := truth.Row{Kind: term.Hashtag, Key: x.Terms[i].Key, Platform: x.Platforms[x.Terms[i].Platform], Type: rapid.SampledFrom(types).Draw(t, "type")}
		r.Onset = detect.PaneStart(first) + 600*rapid.Int64Range(0, panes).Draw(t, "onset")
		r.Peak = r.Onset + 600*rapid.Int64Range(0, 144).Draw(t, "rise")
		r.End = r.Peak + 600*rapid.Int64Range(1, 144).Draw(t, "decay")
		set.Rows = append(set.Rows, r)
	}
	slices.SortStableFunc(set.Rows, func(a, b truth.Row) int { return cmp.Compare(a.Onset, b.Onset) })
	return x, set
}

// The ledger says of a stream of scores what measure.Collect and measure.EvaluateLists say
// of them when they have all at once.
func TestLikeMeasure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const terms, k = 5, 3
		x, set := stream(t, terms)
		from := detect.PaneStart(first) + 600*rapid.Int64Range(0, panes/2).Draw(t, "warm-up")
		l := ledger.New(x, set, from, k)
		var scores []measure.Alarm
		lists := map[int64]map[uint32]float64{} // by hour
		moments := rapid.SliceOfNDistinct(rapid.Int64Range(first, first+panes-1), 0, 60, rapid.ID).Draw(t, "panes")
		slices.Sort(moments)
		for _, pane := range moments {
			for id := range uint32(terms) {
				score := float64(rapid.IntRange(-1, 9).Draw(t, "score"))
				rank := float64(rapid.IntRange(0, 9).Draw(t, "rank"))
				l.Score(pane, id, score, rank)
				if name := &x.Terms[id]; score > 0 {
					scores = append(scores, measure.Alarm{At: detect.PaneStart(pane + 1), Kind: name.Kind, Key: name.Key, Platform: x.Platforms[name.Platform], Score: score})
				}
				hour := detect.HourOf(pane)
				if lists[hour] == nil {
					lists[hour] = map[uint32]float64{}
				}
				if rank > 0 {
					lists[hour][id] = rank
				}
			}
		}
		// The end of the last pane is within the ledger.
		opt := measure.Options{From: from, To: detect.PaneStart(first+panes) + 1, Platforms: x.Platforms}
		want := measure.Collect(scores, set, opt)
		got := l.Sweep()
		// A trend that peaks with the last pane counts for one of them alone, and so it may.
		if len(got.Trends) != len(want.Trends) {
			t.Skip("a trend peaks at the very end")
		}
		if diff := gocmp.Diff(want, got, cmpopts.IgnoreFields(measure.Sweep{}, "Days"), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("sweep (-collect +ledger):\n%s", diff)
		}
		compareLists(t, l, x, set, opt, lists, k)
	})
}

func compareLists(t *rapid.T, l *ledger.Ledger, x *trace.Trace, set truth.Set, opt measure.Options, lists map[int64]map[uint32]float64, k int) {
	var all []measure.List
	for hour, ranks := range lists {
		var ids []uint32
		for id := range ranks {
			ids = append(ids, id)
		}
		slices.SortFunc(ids, func(a, b uint32) int { return cmp.Or(cmp.Compare(ranks[b], ranks[a]), cmp.Compare(a, b)) })
		list := measure.List{At: (hour + 1) * 3600}
		for _, id := range ids {
			n := &x.Terms[id]
			list.Terms = append(list.Terms, measure.Listed{Kind: n.Kind, Key: n.Key, Platform: x.Platforms[n.Platform]})
		}
		all = append(all, list)
	}
	slices.SortFunc(all, func(a, b measure.List) int { return cmp.Compare(a.At, b.At) })
	want, got := measure.EvaluateLists(all, k, set, opt), l.Lists()
	if diff := gocmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Fatalf("lists (-measure +ledger):\n%s", diff)
	}
}

// What is true of a term is true of its other spellings on the platform.
func TestSpellings(t *testing.T) {
	at := detect.PaneStart(first)
	x := &trace.Trace{Platforms: []string{"x", "y"}, First: first, Panes: make([][]trace.Cell, panes), Terms: []trace.Term{
		{Kind: term.Hashtag, Key: "worldcup", Platform: 0, Group: 7}, {Kind: term.Hashtag, Key: "world_cup", Platform: 0, Group: 7},
		{Kind: term.Hashtag, Key: "world_cup", Platform: 1, Group: 7},
	}}
	set := truth.Set{Rows: []truth.Row{{Kind: term.Hashtag, Key: "worldcup", Platform: "x", Type: truth.Trend, Onset: at + 3600, Peak: at + 4*3600, End: at + 48*3600}}}
	l := ledger.New(x, set, at, 20)
	l.Score(first+9, 1, 3, 0) // 100 minutes on
	l.Score(first+9, 2, 2, 0)
	s := l.Sweep()
	if want := []measure.Step{{Score: 3, Delay: 2400, Lead: 4*3600 - 6000}}; len(s.Trends) != 1 || !slices.Equal(s.Trends[0].Steps, want) {
		t.Errorf("trends %+v, want one with the steps %+v", s.Trends, want)
	}
	if want := []measure.FalseDay{{Score: 2, Cause: measure.Background}}; !slices.Equal(s.False, want) {
		t.Errorf("false alarms %+v, want %+v: another platform is another stream", s.False, want)
	}
}
