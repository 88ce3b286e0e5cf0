package main

import (
	"slices"

	"github.com/swell-radar/swell/bench/quality/measure"
	"github.com/swell-radar/swell/bench/quality/subject"
	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/engine/detect"
)

// asked are the alarm budgets that Swell is run with.
var asked = []float64{1, 2, 5, 10, 20}

// usual is Swell's own budget.
const usual = 5

// raised is what Swell raised by its own judge.
type raised struct {
	Budget float64
	Report measure.Report
	// Given pairs each alarm's confidence with whether it was about a trend; alarms that are
	// neither right nor false are left out.
	Given []measure.Forecast
	// Left pairs the hours that were said to be left, each full hour after the alarm of a
	// right one, with the hours until the truth's end. Lived are those made before that end.
	Left, Lived []measure.Outcome
	// Fading are the hours from the true peak to the first fading of trends that were raised;
	// below 0: too early.
	Fading []float64
	// Held counts what was held as unconfirmed, Alarmed what was raised, of what was planted.
	Held, Alarmed map[string]measure.Ratio
	// Released are the trends, of those held, that were raised before their peak after all.
	Released measure.Ratio
}

// watch notes what Swell raises while it plays.
type watch struct {
	stream *stream
	alarms []measure.Alarm
	held   map[uint32][]int64 // Unix seconds
	marks  map[mark][]int64   // fading
	hourly []forecast
}

// mark is an episode of a term, in the truth's spelling, and when it was raised.
type mark struct {
	known
	raised int64 // Unix seconds
}

// forecast is what was said to be left of an open trend.
type forecast struct {
	mark
	at   int64
	left detect.Hours
}

func newWatch(s *stream, x *subject.Subject) *watch {
	w := &watch{stream: s, held: map[uint32][]int64{}, marks: map[mark][]int64{}}
	x.OnChange = w.change
	x.OnTrends = w.trends
	return w
}

func (w *watch) change(pane int64, c *detect.Change) {
	at, id := detect.PaneStart(pane+1), uint32(c.ID)
	switch {
	case c.IsRaise():
		k := w.stream.known(id)
		w.alarms = append(w.alarms, measure.Alarm{
			At: at, Kind: k.kind, Key: k.key, Platform: k.platform,
			Score: c.Score, Rank: c.Rank, Confidence: c.Confidence,
			Left: measure.Interval{Low: c.Left.Low, Mid: c.Left.Mid, High: c.Left.High},
		})
	case c.Phase == detect.Unconfirmed:
		w.held[id] = append(w.held[id], at)
	case c.Phase == detect.Fading:
		m := w.mark(id, c.Raised)
		w.marks[m] = append(w.marks[m], at)
	}
}

func (w *watch) trends(pane int64, open []detect.Trend) {
	if (pane+1)%detect.PanesPerHour != 0 {
		return
	}
	for i := range open {
		if t := &open[i]; t.Phase != detect.Unconfirmed && !t.Variant && t.Raised < pane {
			w.hourly = append(w.hourly, forecast{w.mark(uint32(t.ID), t.Raised), detect.PaneStart(pane + 1), t.Left})
		}
	}
}

// options says which part of the stream is measured.
func (s *stream) options() measure.Options {
	return measure.Options{From: s.from, To: s.to, Platforms: s.trace.Platforms}
}

// result measures what was noted.
func (w *watch) result(budget float64) raised {
	s := w.stream
	r := raised{Budget: budget, Report: measure.Evaluate(w.alarms, s.set, s.options()), Held: map[string]measure.Ratio{}, Alarmed: map[string]measure.Ratio{}}
	rows := map[mark]*truth.Row{} // right alarms
	for _, j := range measure.Judge(w.alarms, s.set, s.options()) {
		if j.Verdict != measure.Spared {
			r.Given = append(r.Given, measure.Forecast{P: j.Confidence, Was: j.Verdict == measure.Right})
		}
		if j.Verdict == measure.Right {
			rows[mark{known{j.Kind, j.Platform, j.Key}, j.At}] = &s.set.Rows[j.Row]
		}
	}
	if s.set.Oracle {
		return r // knows neither ends nor causes
	}
	w.lives(&r, rows)
	w.plants(&r)
	return r
}

// lives measures what was said of the course of trends.
func (w *watch) lives(r *raised, rows map[mark]*truth.Row) {
	for _, f := range w.hourly {
		row := rows[f.mark]
		if row == nil {
			continue
		}
		o := measure.Outcome{Interval: measure.Interval{Low: f.left.Low, Mid: f.left.Mid, High: f.left.High}, Was: max(0, float64(row.End-f.at)/3600)}
		r.Left = append(r.Left, o)
		if f.at < row.End {
			r.Lived = append(r.Lived, o)
		}
	}
	for m, times := range w.marks {
		if row := rows[m]; row != nil && row.Peak != 0 && row.Peak < w.stream.to {
			r.Fading = append(r.Fading, float64(times[0]-row.Peak)/3600)
		}
	}
	slices.Sort(r.Fading)
}

// mark names an episode of a term.
func (w *watch) mark(id uint32, pane int64) mark {
	return mark{w.stream.known(id), detect.PaneStart(pane + 1)}
}

// known names a term as the truth does.
func (s *stream) known(id uint32) known {
	x := &s.trace.Terms[id]
	return known{x.Kind, s.trace.Platforms[x.Platform], s.names.key(id)}
}

// plants counts what was held and raised of all that was planted.
func (w *watch) plants(r *raised) {
	s := w.stream
	alarms := map[known][]int64{}
	for i := range w.alarms {
		a := &w.alarms[i]
		k := known{a.Kind, a.Platform, a.Key}
		alarms[k] = append(alarms[k], a.At)
	}
	held := map[known][]int64{}
	for id, times := range w.held {
		k := s.known(id)
		held[k] = append(held[k], times...)
	}
	within := func(times []int64, from, to int64) bool {
		return slices.ContainsFunc(times, func(at int64) bool { return from <= at && at <= to })
	}
	for i := range s.set.Rows {
		row := &s.set.Rows[i]
		if row.Type == truth.Regular || row.Onset < s.from || row.End >= s.to {
			continue
		}
		k := known{row.Kind, row.Platform, row.Key}
		wasHeld := within(held[k], row.Onset, row.End+3600)
		count(r.Held, plantOf(row), wasHeld)
		count(r.Alarmed, plantOf(row), within(alarms[k], row.Onset, row.End+3600))
		if row.Type == truth.Trend && wasHeld {
			r.Released.Of++
			if within(alarms[k], row.Onset, row.Peak-1) {
				r.Released.Count++
			}
		}
	}
}

// plantOf says what a row is: its type, but one-person floods are told from other bots.
func plantOf(r *truth.Row) string {
	if r.Type == truth.Bot && r.Shape == solo {
		return soloPlant
	}
	return string(r.Type)
}

const soloPlant = "bot, one person"

func count(m map[string]measure.Ratio, what string, was bool) {
	r := m[what]
	r.Of++
	if was {
		r.Count++
	}
	m[what] = r
}
