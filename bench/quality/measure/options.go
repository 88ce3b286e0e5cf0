package measure

import "slices"

// Options say which part of a stream is measured.
type Options struct {
	// From and To bound it, in Unix seconds: [From, To). Alarms outside count for
	// nothing; trends count whose onset and peak both lie within.
	From, To int64
	// Platforms are those that are measured; rows and alarms of others count for
	// nothing. Empty: all, taken for one.
	Platforms []string
}

// days returns the length, 0 where To does not lie behind From.
func (o *Options) days() float64 {
	return float64(max(o.To-o.From, 0)) / day
}

func (o *Options) platforms() int { return max(len(o.Platforms), 1) }

func (o *Options) contains(at int64) bool { return o.From <= at && at < o.To }

// on reports whether a platform is measured; no name stands for any.
func (o *Options) on(platform string) bool {
	return platform == "" || len(o.Platforms) == 0 || slices.Contains(o.Platforms, platform)
}

const (
	hour = 3600
	day  = 24 * hour

	early = hour      // before an onset, within which an alarm is not false
	grace = day       // behind an end, likewise
	life  = 72 * hour // of a trend whose end is not known

	hitWindow = day       // behind the onset of an oracle's row
	repeat    = 72 * hour // within which an oracle counts one alarm of a term
)
