package serve

import (
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/api"
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
func cover(v *engine.View) (*time.Time, *api.Span) {
	if v.AsOf == 0 {
		return nil, nil
	}
	return unixOrNil(v.AsOf), &api.Span{From: unix(v.From), To: unix(v.AsOf)}
}

// windowHour returns the first hour of the window that ends with the pane that
// ends at asOf.
func windowHour(asOf int64) int64 { return runningHour(asOf) - window.Hours + 1 }

// runningHour returns the hour that holds the pane that ends at asOf.
func runningHour(asOf int64) int64 { return detect.HourOf(asOf/detect.PaneSeconds - 1) }

// paneEnd returns the moment at which what a pane brought was known.
func paneEnd(pane int64) time.Time { return unix(detect.PaneStart(pane + 1)) }

// What an answer was found in.
const (
	fromPost  = "post"
	fromGauge = "gauge"
)

// trendOf returns a trend without what [setMeasure] fills in but for the posts of the window.
func trendOf(t *engine.Trend) api.Trend {
	out := api.Trend{
		Kind: t.Term.Kind.String(), Key: t.Term.Key, Term: t.Term.Display, Platform: t.Platform, Phase: t.Phase.String(),
		Score: api.Rounded(t.Score), Rank: api.Rounded(t.Rank), Confidence: api.Rounded(t.Confidence),
		HoursLeft: api.Range{Low: api.Rounded(t.Left.Low), Mid: api.Rounded(t.Left.Mid), High: api.Rounded(t.Left.High)},
		RatePerH:  api.Rounded(t.PostsPerHour), ExpectedPerH: api.Rounded(t.ExpectedPerHour),
		Spread: string(t.Spread), From: fromPost,
		Started: unix(detect.PaneStart(t.Began)), Raised: paneEnd(t.Raised), Since: paneEnd(t.Since),
		PostsPerH: api.Unknown, Growth: api.Unknown,
		Platforms: t.Platforms, Confirmed: t.Confirmed, Flags: flagNames(t.Flags), Why: whyOf(t),
		Variants: []api.Variant{}, VariantOf: t.VariantOf,
	}
	for i := range t.Variants {
		v := &t.Variants[i]
		row := api.Variant{Key: v.Term.Key, Term: v.Term.Display}
		if v.Posts > 0 {
			row.Posts = &api.Posts{Count: v.Posts, Over: v.Over, Exact: v.Over == 0}
			row.Authors24h = api.AuthorsOf(v.Authors24, v.AuthorsError, v.Posts)
		}
		out.Variants = append(out.Variants, row)
	}
	if t.Flags.Has(detect.FlagGauge) {
		out.From = fromGauge
	} else {
		out.Posts = &api.Posts{Count: t.Posts, Over: t.Over, Exact: t.Over == 0}
		out.Authors24h = api.AuthorsOf(t.Authors24, t.AuthorsError, t.Posts)
		out.Authors72h = api.AuthorsOf(t.Authors72, t.AuthorsError, t.Posts)
	}
	return out
}

func whyOf(t *engine.Trend) api.Why {
	w := &t.Why
	out := api.Why{
		WindowMinutes: w.WindowMinutes, Seen: api.Rounded(w.Seen), Expected: api.Rounded(w.Expected), Posts: api.Rounded(w.Posts),
		Z: api.Rounded(w.Z), Score: api.Rounded(w.Score), Threshold: api.Rounded(w.Threshold), Sentence: t.Sentence(),
	}
	if w.Held || w.Flags.Has(detect.FlagThin) {
		share := api.Rounded(t.ThinShare)
		out.ThinShare = &share
	}
	return out
}

var flagTable = [...]struct {
	flag detect.Flags
	name string
}{
	{detect.FlagGauge, "gauge"}, {detect.FlagRegular, "regular"}, {detect.FlagFew, "few"},
	{detect.FlagNew, "new"}, {detect.FlagBurst, "burst"}, {detect.FlagBlind, "blind"}, {detect.FlagRank, "rank"},
	{detect.FlagThin, "thin"},
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

func evidenceOf(e *detect.Evidence) *api.Evidence {
	return &api.Evidence{
		Score: api.Rounded(e.Score), Rank: api.Rounded(e.Rank), Z: api.Rounded(e.Z),
		WindowMinutes: e.Window * detect.PaneSeconds / 60,
		Seen:          api.Rounded(e.Seen), Expected: api.Rounded(e.Expected), Posts: api.Rounded(e.Posts),
		Growth: api.Rounded(e.Growth), Fall: api.Rounded(e.Fall), Share: api.Rounded(e.Share),
		AuthorsLastH: api.Rounded(e.LastHour), AuthorsBestH: api.Rounded(e.BestHour),
		AuthorsDay: api.Rounded(e.Day), ExcessDay: api.Rounded(e.Excess),
		RatePerH: api.Rounded(e.PostsPerHour), ExpectedPerH: api.Rounded(e.ExpectedPerHour), Flags: flagNames(e.Flags),
	}
}
