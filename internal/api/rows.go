package api

import "time"

// SeriesRow is a row of the table of a series: one step on one platform, of posts or
// of the readings of a gauge.
type SeriesRow struct {
	Start    time.Time `json:"start"`
	Kind     string    `json:"kind"`
	Key      string    `json:"key"`
	Term     string    `json:"term"` // the most frequent spelling on the platform; empty for readings
	Platform string    `json:"platform"`
	From     string    `json:"from"` // post or gauge
	// The next ones are of posts, and null for readings: as in [Point].
	Posts        *uint64 `json:"posts"`
	FreshAuthors *Number `json:"fresh_authors"`
	Hours        *int    `json:"hours"`
	Partial      *bool   `json:"partial"`
	AtLeast      *bool   `json:"at_least"`
	Expected     *Number `json:"expected"`
	Low          *Number `json:"low"`
	High         *Number `json:"high"`
	// The next ones are of readings, and empty or null for posts: as in [Gauge] and [Reading].
	List   string  `json:"list"`
	Metric string  `json:"metric"`
	Unit   string  `json:"unit"`
	Value  *Number `json:"value"`
}

// Rows returns the points and readings as the rows of one table.
func (a *SeriesAnswer) Rows() []SeriesRow {
	out := []SeriesRow{}
	for i := range a.Platforms {
		p := &a.Platforms[i]
		for j := range p.Points {
			x := &p.Points[j]
			out = append(out, SeriesRow{
				Start: x.Start, Kind: a.Kind, Key: a.Key, Term: p.Term, Platform: p.Platform, From: p.From,
				Posts: &x.Posts, FreshAuthors: &x.FreshAuthors, Hours: &x.Hours, Partial: &x.Partial, AtLeast: &x.AtLeast,
				Expected: &x.Expected, Low: &x.Low, High: &x.High,
			})
		}
	}
	for i := range a.Readings {
		g := &a.Readings[i]
		for j := range g.Points {
			x := &g.Points[j]
			out = append(out, SeriesRow{
				Start: x.Start, Kind: a.Kind, Key: a.Key, Platform: g.Platform, From: g.From,
				List: g.List, Metric: g.Metric, Unit: g.Unit, Value: &x.Value,
			})
		}
	}
	return out
}

// ComparedRow is a row of the table of a comparison: one step of one term.
type ComparedRow struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
	Term string `json:"term"`
	ComparedPoint
}

// Rows returns the points of all terms as the rows of one table, term by term.
func (a *CompareAnswer) Rows() []ComparedRow {
	out := []ComparedRow{}
	for i := range a.Terms {
		t := &a.Terms[i]
		for _, p := range t.Points {
			out = append(out, ComparedRow{Kind: t.Kind, Key: t.Key, Term: t.Term, ComparedPoint: p})
		}
	}
	return out
}

// RelatedRow is a row of the table of related terms: one of them on one platform.
type RelatedRow struct {
	Platform string `json:"platform"`
	// TermPosts are the Posts of [RelatedPlatform], PlatformPosts are as there.
	TermPosts     uint64 `json:"term_posts"`
	PlatformPosts uint64 `json:"platform_posts"`
	Related
}

// Rows returns the related terms of all platforms as the rows of one table.
func (a *RelatedAnswer) Rows() []RelatedRow {
	out := []RelatedRow{}
	for i := range a.Platforms {
		p := &a.Platforms[i]
		for _, x := range p.Related {
			out = append(out, RelatedRow{Platform: p.Platform, TermPosts: p.Posts, PlatformPosts: p.PlatformPosts, Related: x})
		}
	}
	return out
}
