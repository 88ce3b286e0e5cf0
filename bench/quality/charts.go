package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/swell-radar/swell/bench/quality/chart"
)

// show keeps a chart to be written and puts it into the text.
func (o *options) show(out io.Writer, name, title string, c *chart.Chart) {
	if o.charts == "" {
		return
	}
	o.drawn = append(o.drawn, drawing{name, c})
	folder := filepath.ToSlash(o.charts)
	if rel, err := filepath.Rel(filepath.Dir(o.output), o.charts); err == nil {
		folder = filepath.ToSlash(rel)
	}
	fmt.Fprintf(out, "![%s](%s)\n\n", title, path.Join(folder, name))
}

// drawing is a chart and the name of its file.
type drawing struct {
	name  string
	chart *chart.Chart
}

// save writes the charts.
func (o *options) save() error {
	if len(o.drawn) == 0 {
		return nil
	}
	if err := os.MkdirAll(o.charts, 0o755); err != nil {
		return err
	}
	var errs []error
	for _, d := range o.drawn {
		var b strings.Builder
		errs = append(errs, d.chart.WriteSVG(&b), os.WriteFile(filepath.Join(o.charts, d.name), []byte(b.String()), 0o644))
	}
	return errors.Join(errs...)
}

// charted are the rivals that have a curve; more would hide each other.
var charted = []string{swell, "mastodon", "signitrend", "signitrend-3h", "signitrend-24h", "gnip-cycle", "zscore", "spike"}

// chart draws what any number of false alarms gives on base.
func (s *study) chart(out io.Writer, o *options, results []*result) {
	title := "Trends found, against false alarms"
	o.show(out, "base.svg", title, s.curves(title, results, beforePeak, meanLead))
}

// sparedChart draws the same with floods not counted.
func (s *study) sparedChart(out io.Writer, o *options, results []*result) {
	title := "Trends found, if floods were no false alarms"
	o.show(out, "base-without-floods.svg", title, s.curves(title, results, sparedBeforePeak, sparedMeanLead))
}

// curves draws two figures over the grid of budgets.
func (s *study) curves(title string, results []*result, share, lead figure) *chart.Chart {
	x := chart.Axis{Label: "false alarms a day", Log: true, Min: grid[0], Max: grid[len(grid)-1]}
	c := &chart.Chart{
		Title: title,
		Note:  fmt.Sprintf("Base, mean over seeds: %d. The threshold is moved.", len(results)),
		Panels: []chart.Panel{
			{Title: "Found before the peak", X: x, Y: chart.Axis{Label: "share of the trends", Percent: true, Min: 0, Max: 1}},
			{Title: "Mean lead", X: x, Y: chart.Axis{Label: "hours before the peak"}},
		},
	}
	for _, key := range charted {
		for _, d := range s.with(results, own, rival) {
			if d.Key != key {
				continue
			}
			for i, f := range []figure{share, lead} {
				line := chart.Series{Name: d.Name}
				for _, n := range grid {
					line.Points = append(line.Points, chart.Point{X: n, Y: f.sample(results, key, n).mean()})
				}
				c.Panels[i].Series = append(c.Panels[i].Series, line)
			}
		}
	}
	return c
}

// reliabilityChart draws what became of alarms by their confidence.
func (s *study) reliabilityChart() *chart.Chart {
	unit := chart.Axis{Percent: true, Min: 0, Max: 1}
	p := chart.Panel{Title: "Confidence", X: unit, Y: unit, Diagonal: true}
	p.X.Label, p.Y.Label = "confidence that was given", "share about a trend"
	for _, w := range s.worlds() {
		r := s.reliability(w)
		if w == quiet || r.N == 0 {
			continue
		}
		line := chart.Series{Name: w, Style: chart.Dots}
		for _, b := range r.Bins {
			if b.N >= fewest {
				line.Points = append(line.Points, chart.Point{X: b.Mean, Y: b.Observed})
			}
		}
		p.Series = append(p.Series, line)
	}
	return &chart.Chart{Title: "Does confidence say how often?", Note: fmt.Sprintf("Bins with at least %d alarms.", fewest), Panels: []chart.Panel{p}}
}

// fewest is how many alarms a bin needs to be drawn.
const fewest = 10
