package main

import (
	"fmt"
	"io"

	"github.com/swell-radar/swell/bench/quality/measure"
	"github.com/swell-radar/swell/bench/quality/truth"
)

// asRaised has Swell by its own judge.
func (s *study) asRaised(out io.Writer) {
	var rows [][]string
	for _, w := range s.worlds() {
		for _, budget := range asked {
			list := raisedWith(s.of(w), budget)
			if len(list) == 0 {
				continue
			}
			var falses, flood, before, recall, lead, precision sample
			for _, r := range list {
				x := &r.Report
				perDay := x.False.PerPlatformDay
				falses = append(falses, perDay)
				flood = append(flood, float64(countOf(&x.False, measure.Cause(truth.Flood)))/x.Days/float64(x.Platforms))
				before, recall, lead = append(before, x.BeforePeak.Share()), append(recall, x.Recall.Share()), append(lead, x.Lead.Mean)
				precision = append(precision, x.Precision.Share())
			}
			row := []string{w, fmt.Sprint(budget), fmt.Sprint(len(list)), falses.text(tenths), tenths(flood.mean())}
			if w == quiet {
				row = append(row, "-", "-", "-", "-")
			} else {
				row = append(row, before.text(percent), recall.text(percent), lead.text(decimal), precision.text(percent))
			}
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(out, `## As raised: the budget that is asked for, and what comes

A user of Swell says how many false alarms a day a platform may have; the threshold is learned from the stream. Here are the
alarms that this gives, without any hindsight. On "quiet", which has everything but trends, there should be no more than the budget.

`)
	t := newTable("world", "budget", "seeds", "false alarms a day and platform", "of these floods", "before peak, %", "found, %", "mean lead, h", "precision, %")
	t.rows = rows
	t.write(out)
	for _, r := range raisedWith(s.of(quiet), usual) {
		verdict := "within the budget"
		if r.Report.False.PerPlatformDay > usual {
			verdict = "**above the budget**"
		}
		fmt.Fprintf(out, "- quiet, a budget of %d: %s alarms a day, %s\n", usual, decimal(r.Report.False.PerPlatformDay), verdict)
	}
	fmt.Fprintln(out)
}

func countOf(f *measure.FalseAlarms, cause measure.Cause) int {
	for _, c := range f.Causes {
		if c.Cause == cause {
			return c.Count
		}
	}
	return 0
}

// plants are what is planted at a time of its own.
var plants = []string{string(truth.Trend), string(truth.Burst), string(truth.Bot), soloPlant, string(truth.Flood)}

// planted says what became of all that was planted.
func (s *study) planted(out io.Writer) {
	list := raisedWith(s.of(base), usual)
	if len(list) == 0 {
		return
	}
	held, alarmed := map[string]measure.Ratio{}, map[string]measure.Ratio{}
	var released measure.Ratio
	causes, alarms := map[measure.Cause]int{}, 0
	for _, r := range list {
		for _, p := range plants {
			held[p], alarmed[p] = plus(held[p], r.Held[p]), plus(alarmed[p], r.Alarmed[p])
		}
		released = plus(released, r.Released)
		alarms += r.Report.Alarms.Count
		for _, c := range r.Report.False.Causes {
			causes[c.Cause] += c.Count
		}
	}
	fmt.Fprintf(out, `## What is held back, and what gets through

Of all that was planted on base in the days that count, as raised at a budget of %d. "Held" was taken for coordinated and kept unconfirmed; it
may have been raised later. Of the trends that were held, %s were raised before their peak all the same.

`, usual, ratio(released))
	t := newTable("planted", "held", "raised")
	for _, p := range plants {
		t.add(p, ratio(held[p]), ratio(alarmed[p]))
	}
	t.write(out)
	fmt.Fprintf(out, "Of %d alarms, these were about:\n\n", alarms)
	t = newTable("", "alarms")
	for _, c := range measure.Causes() {
		t.add(string(c), ratio(measure.Ratio{Count: causes[c], Of: alarms}))
	}
	t.write(out)
}

func plus(a, b measure.Ratio) measure.Ratio {
	return measure.Ratio{Count: a.Count + b.Count, Of: a.Of + b.Of}
}

// course says how well phases and hours left are told.
func (s *study) course(out io.Writer) {
	list := raisedWith(s.of(base), usual)
	var fading []float64
	var left, lived []measure.Outcome
	for _, r := range list {
		fading = pooled(fading, r.Fading)
		left, lived = append(left, r.Left...), append(lived, r.Lived...)
	}
	if len(left) == 0 {
		return
	}
	early := 0
	for _, x := range fading {
		if x < 0 {
			early++
		}
	}
	fmt.Fprintf(out, `## The course of a trend

`+"`fading`"+` was said of %d raised trends of base: the median is %s h after the true peak (quartiles %s and %s h), and of %s it was said
before the peak.

`, len(fading), tenths(quantile(fading, 0.5)), tenths(quantile(fading, 0.25)), tenths(quantile(fading, 0.75)), ratio(measure.Ratio{Count: early, Of: len(fading)}))
	fmt.Fprintf(out, "`hours_left` is the middle 80 %% of what is expected. Every full hour after the alarm of a right trend is one forecast, and the outcome the hours from then to the truth's end: when the planted course has fallen below 5 %% of its peak.\n\n")
	t := newTable("forecasts", "number", "within, %", "ended earlier, %", "ended later, %", "mean width, h", "mean error of the middle, h")
	for _, x := range []struct {
		name string
		list []measure.Outcome
	}{{"while the trend lived", lived}, {"all; 0 hours were left after the end", left}} {
		c := measure.Cover(x.list)
		t.add(x.name, fmt.Sprint(c.N), percent(c.Within.Share()), percent(c.Below.Share()), percent(c.Above.Share()), tenths(c.Width), tenths(c.Error))
	}
	t.write(out)
}

// reliability measures the confidence of all alarms of a world.
func (s *study) reliability(world string) measure.Reliability {
	var given []measure.Forecast
	for _, r := range raisedWith(s.of(world), usual) {
		given = append(given, r.Given...)
	}
	return measure.Calibrate(given, 10)
}

func (s *study) confidence(out io.Writer, o *options) {
	if s.reliability(base).N == 0 {
		return
	}
	fmt.Fprintf(out, `## Confidence

Of the alarms that were given 70 %%, 70 %% should be about a trend. As raised at a budget of %d; alarms shortly before or after a trend are left out.

`, usual)
	t := newTable("world", "alarms", "Brier score", "expected calibration error")
	for _, w := range s.worlds() {
		if r := s.reliability(w); r.N > 0 && w != quiet {
			t.add(w, fmt.Sprint(r.N), fmt.Sprintf("%.3f", r.Brier), fmt.Sprintf("%.3f", r.ECE))
		}
	}
	t.write(out)
	t = newTable("confidence, base", "alarms", "mean confidence, %", "about a trend, %")
	for _, b := range s.reliability(base).Bins {
		if b.N > 0 {
			t.add(fmt.Sprintf("%.1f to %.1f", b.Low, b.High), fmt.Sprint(b.N), percent(b.Mean), percent(b.Observed))
		}
	}
	t.write(out)
	o.show(out, "reliability.svg", "Confidence against outcome, by world", s.reliabilityChart())
}

// oracles has the real archives.
func (s *study) oracles(out io.Writer) {
	list := s.archives(true)
	if len(list) == 0 {
		fmt.Fprintf(out, "## Real archives\n\nNone were measured on: see docs/quality.md for how to.\n\n")
		return
	}
	fmt.Fprintf(out, `## Real archives

What an archive holds is found by a definition with hindsight (docs/quality.md). An alarm is a hit from one hour before the onset of a row to 24 hours after; only
the first alarm of a term in 72 hours counts. Swell raises by itself; every other detector has the lowest of %d thresholds that gives no more
wrong alarms than Swell had. Where many scores are equal, as those of the spike test, the next lower threshold may give far more, and so the lowest stays far below.

`, tried)
	for _, r := range list {
		fmt.Fprintf(out, "### %s\n\n", r.Source)
		t := newTable("detector", "events found", "hits", "near", "wrong", "precision, %", "median lead, h")
		row := func(name string, x *measure.Report) {
			t.add(name, ratio(x.Recall), fmt.Sprint(x.Alarms.Right), fmt.Sprint(x.Alarms.Spared), fmt.Sprint(x.Alarms.False), percent(x.Precision.Share()), tenths(x.Lead.Median))
		}
		for _, x := range r.Raised {
			row("**Swell**", &x.Report)
		}
		for _, c := range s.with(list, rival) {
			if m := r.Hits[c.Key]; m != nil {
				row(c.Name, &m.Report)
			}
		}
		t.write(out)
	}
	fmt.Fprintf(out, "Nikolov's vote is not among them: it needs a past with known trends to learn from. Leads of an event that is found late or never are 0.\n\n")
}
