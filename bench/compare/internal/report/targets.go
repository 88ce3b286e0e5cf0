package report

import (
	"fmt"
	"io"
	"math"

	"github.com/swell-radar/swell/bench/compare/internal/measure"
	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// target is one thing that Swell wants to reach.
type target struct {
	what     string
	bound    float64
	most     bool // the bound is the most that it may be, not the least
	measured float64
	least    float64 // the same from the least times; NaN if it is no ratio of times
	format   string  // of bound and measurement
}

func (t *target) met() bool {
	if t.most {
		return t.measured <= t.bound
	}
	return t.measured >= t.bound
}

// targets returns all targets. What was not measured is NaN.
func (r *Results) targets() []target {
	main := r.stream(stream.Drifting(1).Name)
	tail := r.stream(stream.HeavyTail(1).Name)
	dense := r.stream(stream.Dense(1).Name)
	// faster says how many times as fast as another a contender is.
	faster := func(what string, bound float64, id, than string, core int) target {
		return main.ratio(what, bound, id, than, core)
	}
	figure := func(what, format string, bound, measured float64) target {
		return target{what: what, bound: bound, measured: measured, least: math.NaN(), format: format}
	}
	most := func(t target) target { t.most = true; return t }
	return []target{
		faster("posts, times as fast as the exact map, 1 core", 1.5, "swell", "map", 0),
		faster("the same on 2 cores", 2, "swell", "map", 1),
		figure("memory of the exact map over Swell's, stream heavy-tail", "%.1f×", 8, memory(tail, "map")/memory(tail, "swell")),
		faster("posts and authors, times as fast as the daily map", 5, "swell-authors", "daily", 0),
		faster("posts and authors, times as cheap as Mastodon's commands in Redis", 50, "swell-authors", "redis-tags", 0),
		faster("posts and authors, times as cheap as a sorted set in Redis", 50, "swell-authors", "redis-rank", 0),
		faster("posts, times as fast as the sliding HeavyKeeper", 5, "swell", "heavykeeper", 0),
		most(figure("error of the top 1,000 at ten million observations a day, %", "%.2f", 1, 100*survey(dense, func(s *measure.Survey) float64 { return s.Error[1] }))),
		figure("recall of the top 100, same stream", "%.3f", 1, survey(dense, func(s *measure.Survey) float64 { return s.Recall[0] })),
		figure("recall of the top 1,000, same stream", "%.3f", 0.99, survey(dense, func(s *measure.Survey) float64 { return s.Recall[1] })),
		most(faster("posts and authors, times the cost of hashing alone", 7, "hash", "swell-authors", 0)),
		main.scaling("two writers, times as fast as one, posts", 1.6, "swell"),
		main.scaling("two writers, times as fast as one, posts and authors", 1.6, "swell-authors"),
		most(figure("pause of a writer, p99.9 at full speed, µs", "%.0f", 100, r.pause(func(p *measure.Pause) measure.Sample { return p.Full }))),
		most(figure("pause of a writer, p99.9 at a million a second, µs", "%.0f", 100, r.pause(func(p *measure.Pause) measure.Sample { return p.Paced }))),
		most(figure("one term over 72 hours, p99, µs", "%.1f", 50, survey(main, func(s *measure.Survey) float64 { return s.Term.Quantile(0.99) / 1e3 }))),
		most(figure("reading 100,000 terms of a closed pane, ms", "%.0f", 50, r.tick())),
	}
}

// ratio returns the cost of a contender over that of another.
func (s *Stream) ratio(what string, bound float64, id, than string, core int) target {
	t := target{what: what, bound: bound, format: "%.1f×", measured: math.NaN(), least: math.NaN()}
	if a, b := s.Speeds[id], s.Speeds[than]; a != nil && b != nil {
		t.measured = b.Cost[core].Median() / a.Cost[core].Median()
		t.least = b.Cost[core].Min() / a.Cost[core].Min()
	}
	return t
}

// scaling returns the wall time of one writer over that of two.
func (s *Stream) scaling(what string, bound float64, id string) target {
	t := target{what: what, bound: bound, format: "%.2f×", measured: math.NaN(), least: math.NaN()}
	if speed := s.Speeds[id]; speed != nil {
		t.measured = speed.Wall[0].Median() / speed.Wall[1].Median()
		t.least = speed.Wall[0].Min() / speed.Wall[1].Min()
	}
	return t
}

func memory(s *Stream, id string) float64 {
	if v := s.Surveys[id]; v != nil {
		return float64(v.Memory)
	}
	return math.NaN()
}

// survey returns a figure of Swell with authors.
func survey(s *Stream, of func(*measure.Survey) float64) float64 {
	if v := s.Surveys["swell-authors"]; v != nil {
		return of(v)
	}
	return math.NaN()
}

func (r *Results) pause(of func(*measure.Pause) measure.Sample) float64 {
	if p := r.Pauses["swell-authors"]; p != nil {
		return of(p).Quantile(0.999) / 1e3
	}
	return math.NaN()
}

func (r *Results) tick() float64 {
	if r.Tick == nil || r.Tick.Terms < 100_000 {
		return math.NaN() // a smaller run says nothing about the target
	}
	return r.Tick.Times.Median() / 1e6
}

func (r *Results) writeTargets(b io.Writer) {
	fmt.Fprint(b, "### Against the targets\n\n")
	t := Table{Head: []string{"", "target", "measured", "by least times", "met"}}
	for _, goal := range r.targets() {
		if math.IsNaN(goal.measured) {
			continue
		}
		sign, verdict, least := "≥ ", "no", none
		if goal.most {
			sign = "≤ "
		}
		if goal.met() {
			verdict = "yes"
		}
		if !math.IsNaN(goal.least) {
			least = fmt.Sprintf(goal.format, goal.least)
		}
		t.Add(goal.what, sign+fmt.Sprintf(goal.format, goal.bound), fmt.Sprintf(goal.format, goal.measured), least, verdict)
	}
	write(b, &t)
}
