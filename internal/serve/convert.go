package serve

import (
	"math"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
)

const (
	hourSeconds = 3600
	dayHours    = 24
)

func unix(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

func unixOrNil(seconds int64) *time.Time {
	if seconds == 0 {
		return nil
	}
	t := unix(seconds)
	return &t
}

// cover returns what the counts of a view cover; nil before the first pane.
func cover(v *engine.View) (*time.Time, *Span) {
	if v.AsOf == 0 {
		return nil, nil
	}
	return unixOrNil(v.AsOf), &Span{From: unix(v.From), To: unix(v.AsOf)}
}

// paneEnd returns the moment at which what a pane brought was known.
func paneEnd(pane int64) time.Time { return unix(detect.PaneStart(pane + 1)) }

func trendOf(t *engine.Trend) Trend {
	out := Trend{
		Kind: t.Term.Kind.String(), Key: t.Term.Key, Term: t.Term.Display, Platform: t.Platform, Phase: t.Phase.String(),
		Score: decimals(t.Score), Rank: decimals(t.Rank), Confidence: decimals(t.Confidence),
		HoursLeft: Range{Low: decimals(t.Left.Low), Mid: decimals(t.Left.Mid), High: decimals(t.Left.High)},
		RatePerH:  decimals(t.PostsPerHour), ExpectedPerH: decimals(t.ExpectedPerHour),
		Spread:  string(t.Spread),
		Started: unix(detect.PaneStart(t.Began)), Raised: paneEnd(t.Raised), Since: paneEnd(t.Since),
		Platforms: t.Platforms, Confirmed: t.Confirmed, Flags: flagNames(t.Flags), Why: whyOf(t),
	}
	if !t.Flags.Has(detect.FlagGauge) {
		out.Posts = &Posts{Count: t.Posts, Over: t.Over, Exact: t.Over == 0}
		out.Authors24h = authorsOf(t.Authors24, t.AuthorsError, t.Posts)
		out.Authors72h = authorsOf(t.Authors72, t.AuthorsError, t.Posts)
	}
	return out
}

func whyOf(t *engine.Trend) Why {
	w := &t.Why
	return Why{
		WindowMinutes: w.WindowMinutes, Seen: decimals(w.Seen), Expected: decimals(w.Expected), Posts: decimals(w.Posts),
		Z: decimals(w.Z), Score: decimals(w.Score), Threshold: decimals(w.Threshold), Sentence: t.Sentence(),
	}
}

// normal95 is the half width of a 95 % interval in standard deviations.
const normal95 = 1.96

// authorsOf returns an estimate of n authors who wrote that many posts: none of
// them can have written less than one.
func authorsOf(n uint64, stderr float64, posts uint64) *Authors {
	half := normal95 * stderr * float64(n)
	return &Authors{
		Estimate: min(n, posts), Stderr: decimals(stderr),
		Low:  min(uint64(max(0, math.Floor(float64(n)-half))), posts),
		High: min(uint64(math.Ceil(float64(n)+half)), posts),
	}
}

var flagTable = [...]struct {
	flag detect.Flags
	name string
}{
	{detect.FlagGauge, "gauge"}, {detect.FlagRegular, "regular"}, {detect.FlagFew, "few"},
	{detect.FlagNew, "new"}, {detect.FlagBurst, "burst"}, {detect.FlagBlind, "blind"}, {detect.FlagRank, "rank"},
}

func flagNames(f detect.Flags) []string {
	names := []string{}
	for _, row := range flagTable {
		if f.Has(row.flag) {
			names = append(names, row.name)
		}
	}
	return names
}

func evidenceOf(e *detect.Evidence) *Evidence {
	return &Evidence{
		Score: decimals(e.Score), Rank: decimals(e.Rank), Z: decimals(e.Z),
		WindowMinutes: e.Window * detect.PaneSeconds / 60,
		Seen:          decimals(e.Seen), Expected: decimals(e.Expected), Posts: decimals(e.Posts),
		Growth: decimals(e.Growth), Fall: decimals(e.Fall), Share: decimals(e.Share),
		AuthorsLastH: decimals(e.LastHour), AuthorsBestH: decimals(e.BestHour),
		AuthorsDay: decimals(e.Day), ExcessDay: decimals(e.Excess),
		RatePerH: decimals(e.PostsPerHour), ExpectedPerH: decimals(e.ExpectedPerHour), Flags: flagNames(e.Flags),
	}
}
