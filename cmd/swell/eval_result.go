package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/bench/quality/measure"
	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/engine/detect"
)

// evalResult is what eval found out. Its JSON is documented in docs/eval.md: fields
// may be added, none goes away.
type evalResult struct {
	Detections string     `json:"detections"`
	Truth      string     `json:"truth"`
	Lines      inputLines `json:"lines"`
	Rows       inputLines `json:"rows"`
	Stream     evalStream `json:"stream"`
	measure.Report
	Lists      measure.ListReport  `json:"lists"`
	Confidence measure.Reliability `json:"confidence"`
	HoursLeft  measure.Coverage    `json:"hours_left"`
	Budgets    []measure.Budget    `json:"budgets"`
	Curve      []measure.Point     `json:"curve"`
}

// inputLines counts the lines of an input, blank ones and the header left out.
type inputLines struct {
	Read int `json:"read"`
	Bad  int `json:"bad"`
}

// evalStream is what was measured.
type evalStream struct {
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Given     bool      `json:"given"` // by --stream
	Platforms []string  `json:"platforms"`
}

// usualBudgets are false alarms a day and platform.
var usualBudgets = []float64{0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100}

const calibrationBins = 10

// maxDays is the longest stream that is measured: twenty years. A longer one is a
// wrong date in one of the files.
const maxDays = 20 * 366

// evaluate measures.
func evaluate(o *evalOptions, set truth.Set, d *detections) (*evalResult, error) {
	r := &evalResult{
		Detections: o.detections, Truth: o.truth,
		Lines: inputLines{len(d.lines), d.bad}, Rows: inputLines{Read: len(set.Rows)},
		Stream: spanOf(o, &set, d),
	}
	if s := r.Stream; s.To.Sub(s.From) > maxDays*24*time.Hour {
		return nil, fmt.Errorf("from %s to %s is too long to measure; say with --stream which part counts", asOfText(s.From.Unix()), asOfText(s.To.Unix()))
	}
	opt := measure.Options{From: r.Stream.From.Unix(), To: r.Stream.To.Unix(), Platforms: r.Stream.Platforms}
	alarms, scores := d.alarms()
	r.Report = measure.Evaluate(alarms, set, opt)
	r.Lists = measure.EvaluateLists(d.lists(opt, o.top), o.top, set, opt)
	r.judge(measure.Judge(alarms, set, opt), set, opt)

	sweep := measure.Collect(scores, set, opt)
	r.Curve = sweep.Curve()
	budgets := usualBudgets
	if o.budget > 0 {
		budgets = []float64{o.budget}
	}
	for _, n := range budgets {
		b := sweep.AtBudget(n)
		r.Budgets = append(r.Budgets, b)
		if b.Exhausted {
			break
		}
	}
	return r, nil
}

// judge measures the forecasts that came with the alarms.
func (r *evalResult) judge(judged []measure.Judgement, set truth.Set, opt measure.Options) {
	var forecasts []measure.Forecast
	var outcomes []measure.Outcome
	for i := range judged {
		j := &judged[i]
		if j.Verdict == measure.Spared {
			continue
		}
		forecasts = append(forecasts, measure.Forecast{P: j.Confidence, Was: j.Verdict == measure.Right})
		if j.Row < 0 || math.IsNaN(j.Left.Mid) {
			continue
		}
		if end := set.Rows[j.Row].End; end != 0 && end <= opt.To {
			outcomes = append(outcomes, measure.Outcome{Interval: j.Left, Was: float64(end-j.At) / 3600})
		}
	}
	r.Confidence = measure.Calibrate(forecasts, calibrationBins)
	r.HoursLeft = measure.Cover(outcomes)
}

// spanOf returns the part of the stream that is measured: as asked for, or the
// whole UTC days from the first onset or line to the last.
func spanOf(o *evalOptions, set *truth.Set, d *detections) evalStream {
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	platforms := map[string]bool{}
	see := func(at int64, platform string) {
		first, last = min(first, at), max(last, at)
		if platform != "" {
			platforms[platform] = true
		}
	}
	for i := range set.Rows {
		see(set.Rows[i].Onset, set.Rows[i].Platform)
	}
	for i := range d.lines {
		see(d.lines[i].At, d.lines[i].Platform)
	}
	s := evalStream{From: o.from, To: o.to, Given: !o.from.IsZero(), Platforms: o.platforms}
	if !s.Given && first <= last {
		s.From = time.Unix(first, 0).UTC().Truncate(24 * time.Hour)
		s.To = time.Unix(last, 0).UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	} else if !s.Given {
		s.From = time.Unix(0, 0)
		s.To = s.From
	}
	s.From, s.To = s.From.UTC(), s.To.UTC()
	if len(s.Platforms) == 0 {
		s.Platforms = slices.AppendSeq([]string{}, maps.Keys(platforms))
		slices.Sort(s.Platforms)
	}
	return s
}

// alarms returns the first line of each episode in which a term is recommended, and
// all such lines. An episode ends when the trend is over.
func (d *detections) alarms() (alarms, scores []measure.Alarm) {
	open := map[measure.Listed]bool{}
	for i := range d.lines {
		line := &d.lines[i]
		name := line.listed()
		switch {
		case line.phase == detect.Over:
			delete(open, name)
		case line.raised():
			if !open[name] {
				alarms = append(alarms, line.Alarm)
			}
			open[name] = true
			scores = append(scores, line.Alarm)
		}
	}
	return alarms, scores
}

func (d *detectionLine) listed() measure.Listed {
	return measure.Listed{Kind: d.Kind, Key: d.Key, Platform: d.Platform}
}

// lists returns the first open trends of every full hour, ranked by their last
// known score: the file tells no more between changes of phase.
func (d *detections) lists(opt measure.Options, top int) []measure.List {
	const hour = 3600
	open := map[measure.Listed]float64{}
	var lists []measure.List
	next := 0
	for at := (opt.From + hour - 1) / hour * hour; at < opt.To; at += hour {
		for ; next < len(d.lines) && d.lines[next].At <= at; next++ {
			line := &d.lines[next]
			if line.phase == detect.Over {
				delete(open, line.listed())
			} else {
				open[line.listed()] = line.Score
			}
		}
		terms := ranked(open)
		lists = append(lists, measure.List{At: at, Terms: slices.Clone(terms[:min(top, len(terms))])})
	}
	return lists
}

// writeJSON writes the result as one indented object.
func (r *evalResult) writeJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// ranked returns the terms by falling score, then by name.
func ranked(open map[measure.Listed]float64) []measure.Listed {
	return slices.SortedFunc(maps.Keys(open), func(a, b measure.Listed) int {
		return cmp.Or(
			cmp.Compare(open[b], open[a]), strings.Compare(a.Key, b.Key),
			strings.Compare(a.Platform, b.Platform), cmp.Compare(a.Kind, b.Kind),
		)
	})
}
