package detect

import (
	"fmt"
	"math"
)

// Window is one time scale of evidence.
type Window struct {
	// Panes is the length. Up to 48 panes are taken from the fine panes; a
	// longer window must be whole hours, ends with the running hour and is
	// therefore up to one hour shorter than named.
	Panes int
	// Offset is taken from the window's z before windows are compared: a short
	// window is tried more often a day. The largest of n independent normal
	// values is about sqrt(2·ln n); the defaults are that for the windows that
	// fit into a day, less 1, and at least 0.
	Offset float64
}

// Options are the settings of the detector. They are read-only once in use.
// Take [DefaultOptions] and change what must differ.
type Options struct {
	// Budget is the number of alarms a day that a user accepts from a platform on
	// which nothing happens. Default 5. It is a ceiling: a quiet platform stays
	// below it, because MinScore holds as well.
	Budget float64
	// GaugeBudget is the same of the lists of a platform, beside Budget. 0, the default,
	// is as many.
	GaugeBudget float64 `json:",omitzero"`
	// MinScore is the least score of an alarm, whatever the history says.
	// Default 1.5: half a standard deviation beyond what the luckiest window of
	// an ordinary term's day shows (see Window.Offset).
	MinScore float64
	// KnownScore is MinScore for terms with ten or more usual authors a day. What is
	// expected of them is an estimate, of their rate, rhythm and scatter, and
	// errs more than the floor under new terms. Default 3.
	KnownScore float64
	// GaugeScore is MinScore for gauges. Default 5: growth of five robust
	// standard deviations above the list's median, or a climb to a place that
	// one in twelve would reach by chance (see EvaluateGauge).
	GaugeScore float64
	// MinAuthors is the least number of distinct authors in the deciding
	// window, MinPosts that of posts: fewer people are no trend, however rare
	// the term. Default 5 each.
	MinAuthors float64
	MinPosts   float64
	// MinLift is the least ratio of what was seen to what was expected in the
	// deciding window. A term used by thousands can be a significant 20 % above
	// its usual hour without anybody calling it a trend. Default 2.
	MinLift float64

	// Windows are the time scales, shortest first. Default: 10 and 30 minutes, 1,
	// 2, 4, 8 and 24 hours.
	Windows []Window
	// NewFloor is how many authors an ordinary new term brings in its first
	// hour beyond its (unknown, therefore tiny) rate; a known term's floor
	// shrinks to 1. It grows with the root of the window's length. Default 2.
	NewFloor float64
	// RepeatWeight is what a further post by an author already counted adds to
	// the evidence, as a share of a new author, up to Concentration posts each:
	// people who come back are a sign of life, but not new people. Default 0.5.
	RepeatWeight float64
	// Concentration scales authors per post: with less than 1/Concentration
	// distinct authors per post the evidence is cut in proportion. Default 3.
	Concentration float64

	// RateHalfLife (hours) is how fast a term's usual rate forgets. Default 168.
	RateHalfLife float64
	// VolumeClip bounds how far the platform's momentary volume may move the
	// expectation, as a factor. Default 2.
	VolumeClip float64

	// WarmupHours is the age of a platform's stream below which nothing is
	// raised. Default 6.
	WarmupHours float64
	// NullHalfLife (days) is how fast the empirical null forgets. Default 7.
	NullHalfLife float64
	// OverHours is how long a trend may lack evidence before it is over, and
	// RearmHours how long after that the term may be raised again. Defaults 6
	// and 24: a night without posts ends no trend, and its next day is no news.
	OverHours  float64
	RearmHours float64

	// Flat and Poisson are for measurements of what a part of the model is worth, and
	// off otherwise. Flat expects the same of every hour of the week; Poisson weighs
	// counts as if they scattered no more than chance makes them.
	Flat    bool
	Poisson bool
}

// DefaultOptions returns the settings that are used when nobody asks for others.
func DefaultOptions() Options {
	return Options{
		Budget:     5,
		MinScore:   1.5,
		KnownScore: 3,
		GaugeScore: 5,
		MinAuthors: 5,
		MinPosts:   5,
		MinLift:    2,
		Windows: []Window{
			{1, 2.15}, {3, 1.78}, {6, 1.52}, {12, 1.23}, {24, 0.89}, {48, 0.48}, {144, 0},
		},
		NewFloor:      2,
		RepeatWeight:  0.5,
		Concentration: 3,
		RateHalfLife:  7 * 24,
		VolumeClip:    2,
		WarmupHours:   6,
		NullHalfLife:  7,
		OverHours:     6,
		RearmHours:    24,
	}
}

// Validate returns an error that wraps [ErrOptions] and names the first setting
// that cannot work, its value and what is allowed.
func (o *Options) Validate() error {
	for _, c := range []struct {
		name     string
		v        float64
		min, max float64
	}{
		{"Budget", o.Budget, 0.001, 1e6},
		{"GaugeBudget", o.GaugeBudget, 0, 1e6},
		{"MinScore", o.MinScore, 0, 100},
		{"KnownScore", o.KnownScore, 0, 100},
		{"GaugeScore", o.GaugeScore, 0, 100},
		{"MinAuthors", o.MinAuthors, 1, 1e9},
		{"MinPosts", o.MinPosts, 1, 1e9},
		{"MinLift", o.MinLift, 1, 1e6},
		{"NewFloor", o.NewFloor, 1, 1e6},
		{"RepeatWeight", o.RepeatWeight, 0, 1},
		{"Concentration", o.Concentration, 1, 1e6},
		{"RateHalfLife", o.RateHalfLife, 1, 1e6},
		{"VolumeClip", o.VolumeClip, 1, 100},
		{"WarmupHours", o.WarmupHours, 0, 72},
		{"NullHalfLife", o.NullHalfLife, 1, 1000},
		{"OverHours", o.OverHours, 1, 72},
		{"RearmHours", o.RearmHours, 0, 1000},
	} {
		if !(c.v >= c.min && c.v <= c.max) {
			return fmt.Errorf("%w: %s is %v; it must be between %v and %v", ErrOptions, c.name, c.v, c.min, c.max)
		}
	}
	return o.validateWindows()
}

func (o *Options) validateWindows() error {
	if len(o.Windows) == 0 || len(o.Windows) > maxWindows {
		return fmt.Errorf("%w: %d windows; between 1 and %d are allowed", ErrOptions, len(o.Windows), maxWindows)
	}
	last := 0
	for _, w := range o.Windows {
		switch {
		case w.Panes <= last:
			return fmt.Errorf("%w: window of %d panes after one of %d; they must grow", ErrOptions, w.Panes, last)
		case w.Panes > finePanes && (w.Panes%PanesPerHour != 0 || w.Panes > maxWindowHours*PanesPerHour):
			return fmt.Errorf("%w: window of %d panes; above %d it must be whole hours up to %d panes",
				ErrOptions, w.Panes, finePanes, maxWindowHours*PanesPerHour)
		case math.IsNaN(w.Offset) || math.Abs(w.Offset) > 100:
			return fmt.Errorf("%w: window of %d panes has offset %v; it must be within ±100", ErrOptions, w.Panes, w.Offset)
		}
		last = w.Panes
	}
	return nil
}

const (
	maxWindows     = 8
	maxWindowHours = 48
	finePanes      = 48
)
