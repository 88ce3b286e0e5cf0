package measure

import (
	"cmp"
	"slices"
	"strings"

	"github.com/swell-radar/swell/term"
)

// Alarm is a term that a detector raised at a moment.
type Alarm struct {
	At       int64 // Unix seconds
	Kind     term.Kind
	Key      string
	Platform string
	Phase    string

	Score      float64 // decides whether it is raised; more is surer
	Rank       float64 // orders the list; more is higher
	Confidence float64 // 0..1: chance that it is a trend
	Left       Interval
}

// Interval is what was forecast, in hours.
type Interval struct {
	Low, Mid, High float64
}

// byTime returns the alarms in order of time, those of one moment by falling score.
func byTime(alarms []Alarm) []Alarm {
	sorted := slices.Clone(alarms)
	slices.SortStableFunc(sorted, func(a, b Alarm) int {
		return cmp.Or(
			cmp.Compare(a.At, b.At), cmp.Compare(b.Score, a.Score), cmp.Compare(a.Kind, b.Kind),
			strings.Compare(a.Key, b.Key), strings.Compare(a.Platform, b.Platform),
		)
	})
	return sorted
}

// name is what a detector counts as one thing.
type name struct {
	kind          term.Kind
	key, platform string
}

func (a *Alarm) name() name { return name{a.Kind, a.Key, a.Platform} }
