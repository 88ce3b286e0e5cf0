package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/swell-radar/swell/bench/quality/chart"
)

// chartFormat returns what draws a chart in the format that the file's name asks
// for, or nil.
func (o *evalOptions) chartFormat() func(*chart.Chart, io.Writer) error {
	switch strings.ToLower(filepath.Ext(o.chart)) {
	case ".svg":
		return (*chart.Chart).WriteSVG
	case ".png":
		return (*chart.Chart).WritePNG
	}
	return nil
}

// chart describes the curves of the result.
func (r *evalResult) chart() *chart.Chart {
	trends := "trends"
	if r.Oracle {
		trends = "events"
	}
	found := chart.Panel{
		Title: "Found", X: chart.Axis{Label: "false alarms a day and platform", Log: true},
		Y: chart.Axis{Label: "share of " + trends, Percent: true, Max: 1},
	}
	lead := chart.Panel{Title: "Mean lead", X: found.X, Y: chart.Axis{Label: "hours before the peak; found later or missed: 0"}}
	before := chart.Series{Name: "before the peak", Style: chart.Steps}
	ever := chart.Series{Name: "at any time", Style: chart.Steps}
	hours := chart.Series{Name: before.Name, Style: chart.Steps}
	for _, p := range r.Curve {
		x := p.FalsePerDay / float64(r.Platforms)
		before.Points = append(before.Points, chart.Point{X: x, Y: p.BeforePeak})
		ever.Points = append(ever.Points, chart.Point{X: x, Y: p.Recall})
		hours.Points = append(hours.Points, chart.Point{X: x, Y: p.MeanLead})
	}
	found.Series, lead.Series = []chart.Series{before, ever}, []chart.Series{hours}
	c := &chart.Chart{
		Title: fmt.Sprintf("%s against %s", filepath.Base(r.Detections), filepath.Base(r.Truth)),
		Note: fmt.Sprintf("%s to %s: %d %s. The threshold on the score moves along the curves; false alarms are terms and UTC days.",
			asOfText(r.Stream.From.Unix()), asOfText(r.Stream.To.Unix()), r.Recall.Of, trends),
		Panels: []chart.Panel{found, lead},
	}
	if r.Confidence.N > 0 {
		c.Panels = append(c.Panels, r.reliability())
	}
	return c
}

// fewAlarms is how many alarms a bin needs to be drawn: fewer say nothing.
const fewAlarms = 5

// reliability sets the confidence that was given against what came true.
func (r *evalResult) reliability() chart.Panel {
	s := chart.Series{Name: "confidence", Style: chart.Dots}
	for _, b := range r.Confidence.Bins {
		if b.N >= fewAlarms {
			s.Points = append(s.Points, chart.Point{X: b.Mean, Y: b.Observed})
		}
	}
	return chart.Panel{
		Title: "Reliability", Diagonal: true, Series: []chart.Series{s},
		X: chart.Axis{Label: "confidence of the alarm", Percent: true, Max: 1},
		Y: chart.Axis{Label: fmt.Sprintf("share about a trend; bins of %d alarms or more", fewAlarms), Percent: true, Max: 1},
	}
}
