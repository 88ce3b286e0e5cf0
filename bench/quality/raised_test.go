package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/bench/quality/measure"
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

const (
	zero = 144 * 20000 // a pane at midnight
	h    = 3600
)

// named is a stream of two days with four terms, of which the second is a spelling of the first.
func named(rows ...truth.Row) *stream {
	t := &trace.Trace{Platforms: []string{"x"}, First: zero, Panes: make([][]trace.Cell, 288)}
	for i, key := range []string{"worldcup", "world_cup", "flood", "late"} {
		t.Terms = append(t.Terms, trace.Term{Kind: term.Hashtag, Key: key, Group: uint32(max(1, i))})
	}
	for i := range rows {
		rows[i].Kind, rows[i].Platform = term.Hashtag, "x"
		for _, at := range []*int64{&rows[i].Onset, &rows[i].Peak, &rows[i].End} {
			*at += detect.PaneStart(zero)
		}
	}
	return newStream(t, truth.Set{Rows: rows}, 0)
}

// change is a trend in a phase since another, in the pane that ends so many hours on.
func change(id uint64, hours int64, from, to detect.Phase, raised int64) (int64, *detect.Change) {
	pane := zero + hours*detect.PanesPerHour - 1
	c := &detect.Change{From: from}
	c.ID, c.Phase, c.Raised, c.Confidence = id, to, zero+raised*detect.PanesPerHour-1, 0.7
	return pane, c
}

// Another spelling of a trend is raised at 2 h, fades at 12 h; a flood is held at 5 h; a
// held trend is raised too late.
func TestRaised(t *testing.T) {
	s := named(
		truth.Row{Key: "worldcup", Type: truth.Trend, Onset: h, Peak: 10 * h, End: 30 * h},
		truth.Row{Key: "late", Type: truth.Trend, Onset: h, Peak: 6 * h, End: 30 * h},
		truth.Row{Key: "flood", Type: truth.Flood, Onset: 4 * h, Peak: 4 * h, End: 6 * h},
	)
	w := &watch{stream: s, held: map[uint32][]int64{}, marks: map[mark][]int64{}}
	w.change(change(1, 2, 0, detect.Emerging, 2))
	w.change(change(2, 5, 0, detect.Unconfirmed, 5))
	w.change(change(3, 5, 0, detect.Unconfirmed, 5))
	w.change(change(3, 8, detect.Unconfirmed, detect.Emerging, 8))
	w.change(change(1, 12, detect.Peaking, detect.Fading, 2))
	for _, hour := range []int64{4, 31} {
		pane, c := change(1, hour, 0, detect.Rising, 2)
		c.Left = detect.Hours{Low: 10, Mid: 20, High: 30}
		w.trends(pane, []detect.Trend{c.Trend})
		w.trends(pane+1, []detect.Trend{c.Trend}) // no full hour
	}
	got := w.result(5)
	interval := measure.Interval{Low: 10, Mid: 20, High: 30}
	want := raised{
		Budget: 5, Report: got.Report,
		Given:    []measure.Forecast{{P: 0.7, Was: true}, {P: 0.7, Was: true}},
		Lived:    []measure.Outcome{{Interval: interval, Was: 26}},
		Left:     []measure.Outcome{{Interval: interval, Was: 26}, {Interval: interval, Was: 0}},
		Fading:   []float64{2},
		Held:     map[string]measure.Ratio{"trend": {Count: 1, Of: 2}, "flood": {Count: 1, Of: 1}},
		Alarmed:  map[string]measure.Ratio{"trend": {Count: 2, Of: 2}, "flood": {Count: 0, Of: 1}},
		Released: measure.Ratio{Count: 0, Of: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if f := got.Report.Figures; f.BeforePeak != (measure.Ratio{Count: 1, Of: 2}) || f.Late != 1 || f.Lead.Mean != 4 {
		t.Errorf("figures %+v", f)
	}
}

// script is a detector that says what it is told to.
type script map[int64][]float64 // scores of the terms by pane

func (s script) Step(pane int64, _ []trace.Cell, emit func(term uint32, score, rank float64)) {
	for id, x := range s[pane] {
		if x > 0 {
			emit(uint32(id), x, x)
		}
	}
}

// Each threshold gives the alarms that it would give alone.
func TestCross(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := named()
		s.trace.Panes = make([][]trace.Cell, 8*144)
		said := script{}
		for _, pane := range rapid.SliceOfNDistinct(rapid.Int64Range(zero, zero+8*144-1), 0, 30, rapid.ID).Draw(t, "panes") {
			said[pane] = rapid.SliceOfN(rapid.Float64Range(0, 5), 4, 4).Draw(t, "scores")
		}
		thresholds := candidates(said, s.trace)
		for i := range len(thresholds) - 1 {
			if thresholds[i] <= thresholds[i+1] {
				t.Fatalf("thresholds %v do not fall", thresholds)
			}
		}
		for i, alarms := range cross(said, s, thresholds) {
			var want []measure.Alarm
			last := map[uint32]int64{}
			for pane := s.trace.First; pane <= s.trace.Last(); pane++ {
				said.Step(pane, nil, func(id uint32, score, _ float64) {
					at := detect.PaneStart(pane + 1)
					before, again := last[id]
					if score < thresholds[i] || again && at-before < 72*h {
						return
					}
					last[id] = at
					want = append(want, measure.Alarm{At: at, Kind: term.Hashtag, Key: s.trace.Terms[id].Key, Platform: "x", Score: score})
				})
			}
			if diff := cmp.Diff(want, alarms); diff != "" {
				t.Fatalf("threshold %v:\n%s", thresholds[i], diff)
			}
		}
	})
}
