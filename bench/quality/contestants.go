package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/swell-radar/swell/bench/quality/rivals"
	"github.com/swell-radar/swell/bench/quality/subject"
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// player is a detector at work.
type player interface {
	Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64))
}

// role says why a detector is measured.
type role int

const (
	own      role = iota // Swell
	rival                // what others do
	ablation             // Swell without a part of it
)

// contestant is a detector that can be set to work on a stream.
type contestant struct {
	Key, Name string
	About     string // source of a rival; what an ablation lacks
	role      role
	start     func(s *stream) (player, error)
}

// swell is the key of the detector under test.
const swell = "swell"

// contestants returns all detectors: Swell, the rivals, the ablations.
func contestants() []contestant {
	list := []contestant{{Key: swell, Name: "Swell", role: own, start: func(s *stream) (player, error) {
		return subject.New(swell, s.trace, detect.DefaultOptions())
	}}}
	signi := func(name string, set rivals.SigniTrendSettings) func(terms int) rivals.Detector {
		return func(terms int) rivals.Detector { return rivals.NewSigniTrend(terms, name, set) }
	}
	for _, r := range []struct {
		key  string
		make func(terms int) rivals.Detector
	}{
		{"mastodon", func(n int) rivals.Detector { return rivals.NewMastodon(n) }},
		{"signitrend", signi("SigniTrend, as published", rivals.PublishedSigniTrend())},
		{"signitrend-3h", signi("SigniTrend, tuned, 3 h", rivals.ShortSigniTrend())},
		{"signitrend-24h", signi("SigniTrend, tuned, 24 h", rivals.TunedSigniTrend())},
		{"gnip-point", func(n int) rivals.Detector { return rivals.NewPointPoisson(n) }},
		{"gnip-cycle", func(n int) rivals.Detector { return rivals.NewCyclePoisson(n, rivals.Daily) }},
		{"zscore", func(n int) rivals.Detector { return rivals.NewHourlyZScore(n) }},
		{"volume-1h", func(n int) rivals.Detector { return rivals.NewVolume(n, 1) }},
		{"volume-24h", func(n int) rivals.Detector { return rivals.NewVolume(n, 24) }},
		{"spike", func(n int) rivals.Detector { return rivals.NewSpikeTest(n, spikeThresholds) }},
		{"fasp", func(n int) rivals.Detector { return rivals.NewFediscoverer(n) }},
		{"misskey", func(n int) rivals.Detector { return rivals.NewMisskey(n) }},
	} {
		d := r.make(0)
		list = append(list, contestant{Key: r.key, Name: d.Name(), About: d.Source(), role: rival,
			start: func(s *stream) (player, error) { return r.make(len(s.trace.Terms)), nil }})
	}
	n := rivals.NewNikolov(0, &rivals.Library{})
	list = append(list, contestant{Key: "nikolov", Name: n.Name(), About: n.Source(), role: rival, start: func(s *stream) (player, error) {
		lib, err := rivals.Train(s.trace, s.set, s.from/detect.PaneSeconds, nikolovSeed)
		if err != nil {
			return nil, err
		}
		return rivals.NewNikolov(len(s.trace.Terms), lib), nil
	}})
	return append(list, ablations()...)
}

var spikeThresholds = rivals.SpikeThresholds{Posts: 8, Authors: 5}

const nikolovSeed = 1

// ablations are Swell without one thing each.
func ablations() []contestant {
	type change struct {
		key, name, about string
		options          func(o *detect.Options)
		cell             func(c *trace.Cell)
	}
	var list []contestant
	for _, a := range []change{
		{"posts-only", "posts for authors", "every post counts as a fresh author of its own", nil, func(c *trace.Cell) { c.Fresh = 2 * c.Posts }},
		{"no-season", "no seasons", "every hour of the week is expected to be alike", func(o *detect.Options) { o.Flat = true }, nil},
		{"no-dispersion", "no dispersion", "counts are weighed as Poisson ones", func(o *detect.Options) { o.Poisson = true }, nil},
		{"one-window", "one window", "one hour instead of seven windows", func(o *detect.Options) { o.Windows = slices.Clone(o.Windows[2:3]) }, nil},
		{"no-null", "no empirical null", "no limits learned from the stream, and so voices alone", func(o *detect.Options) { o.Budget = unlimited }, nil},
		{"no-thin", "no thin posts", "newcomers and echoes are not told from others, and nothing is held back", nil, func(c *trace.Cell) { c.Thin = 0 }},
	} {
		list = append(list, contestant{Key: a.key, Name: a.name, About: a.about, role: ablation, start: func(s *stream) (player, error) {
			o := detect.DefaultOptions()
			if a.options != nil {
				a.options(&o)
			}
			p, err := subject.New(a.key, s.trace, o)
			if err != nil || a.cell == nil {
				return p, err
			}
			return &altered{player: p, change: a.cell}, nil
		}})
	}
	return list
}

// unlimited is a budget so large that no term is beyond it.
const unlimited = 1e6

// altered is a detector that is shown other counts.
type altered struct {
	player
	change func(c *trace.Cell)
	cells  []trace.Cell
}

// Step implements player.
func (a *altered) Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64)) {
	a.cells = append(a.cells[:0], cells...)
	for i := range a.cells {
		a.change(&a.cells[i])
	}
	a.player.Step(pane, a.cells, emit)
}

// pick returns the contestants of those keys in the order of [contestants], all of them
// for no key.
func pick(keys []string) ([]contestant, error) {
	all := contestants()
	if len(keys) == 0 {
		return all, nil
	}
	var known []string
	for _, c := range all {
		known = append(known, c.Key)
	}
	for _, k := range keys {
		if !slices.Contains(known, k) {
			return nil, fmt.Errorf("no detector %q; give some of %s", k, strings.Join(known, ","))
		}
	}
	return slices.DeleteFunc(all, func(c contestant) bool { return !slices.Contains(keys, c.Key) }), nil
}
