package api

import "time"

// TermAnswer is what GET /api/v1/terms/{kind}/{key} gives.
//
// As of a past moment it gives what it gave then, less what is not kept: Authors24h,
// Authors72h, UsualAuthorsPerH, Evidence and Doorkeeper are null, and so is Posts of a
// term that was not tracked. The authors of an open trend are in Trends. What was
// counted by the doorkeeper alone is unknown.
type TermAnswer struct {
	Demo     bool       `json:"demo,omitzero"` // all that is told here is made up
	AsOf     *time.Time `json:"as_of"`         // as in [TrendsAnswer]
	Window   *Span      `json:"window"`        // what Posts covers
	Coverage *Coverage  `json:"coverage"`      // of the window
	Kind     string     `json:"kind"`
	Key      string     `json:"key"`  // normalised
	Term     string     `json:"term"` // the most frequent spelling where it was used most
	// Origin is where it was seen first of the platforms asked for; null where no time is known.
	Origin    *Origin        `json:"origin"`
	Platforms []TermPlatform `json:"platforms"`
	// Variants are other spellings of the same word by platform, most used first, 20 at most: of
	// hashtags and keywords. As of a past moment they are those that were open, without their posts.
	Variants []Found `json:"variants"`
	// Examples are posts that used it, newest first: of each platform where a trend of it is open, eight at most, the first three
	// since it opened or the server began and the last ones. Empty as of a past moment, and where none is known.
	Examples []Example `json:"examples"`
	// Langs and Regions are those of the posts that it was used in on the days of the window, on the most days first; empty
	// where that is not kept.
	Langs   []Used `json:"langs"`
	Regions []Used `json:"regions"`
	// Notes are what people have written beside it, oldest first: the last 200. As of a past moment they are those about what was before.
	Notes []Note `json:"notes"`
}

// Example is a post that used a term.
type Example struct {
	Platform string    `json:"platform"`
	TS       time.Time `json:"ts"`
	ID       string    `json:"id"`   // of the post on its platform
	URL      string    `json:"url"`  // where it can be seen; empty where that cannot be told from its ID
	Lang     string    `json:"lang"` // BCP 47; empty: unknown
	Repost   bool      `json:"repost"`
}

// Used is a language or region of posts.
type Used struct {
	Name string `json:"name"` // BCP 47 or ISO 3166
	Days int    `json:"days"` // of the window on which such posts used the term
}

// TermPlatform is what is known of a term on one platform.
type TermPlatform struct {
	Platform string `json:"platform"`
	Term     string `json:"term"`   // the most frequent spelling here
	Spread   string `json:"spread"` // as in [Trend]

	// Tracked says that every post is counted by itself; TrackedSince since
	// when. Otherwise the term shares its counters with others.
	Tracked      bool       `json:"tracked"`
	TrackedSince *time.Time `json:"tracked_since"`
	FirstSeen    *time.Time `json:"first_seen"` // pane of the oldest post counted

	Posts *Posts `json:"posts"` // in the window
	// Doorkeeper bounds the count of a term that is not tracked; null for others.
	Doorkeeper *Doorkeeper `json:"doorkeeper"`

	Authors24h       *Authors  `json:"authors_24h"`         // of a tracked term, as the next
	Authors72h       *Authors  `json:"authors_72h"`         //
	UsualAuthorsPerH Number    `json:"usual_authors_per_h"` // fresh authors in an average hour, learned
	Evidence         *Evidence `json:"evidence"`            //
	Trends           []Trend   `json:"trends"`              // open here, unconfirmed ones and variants as well: one from posts, one from gauges at most
	Gauges           []Gauge   `json:"gauges"`              // of which readings are stored
}

// Doorkeeper is the bound on the count of a term that is not tracked: with a
// chance of 1-Delta it is at most Over too high for the time that the
// doorkeeper covers, which is the window and up to as much before.
type Doorkeeper struct {
	Over  uint32 `json:"over"`
	Delta Number `json:"delta"`
}

// Evidence is what the detector made of the posts of a term at the newest closed
// pane. People are fresh authors (a repost's counts half).
type Evidence struct {
	Score         Number `json:"score"`          // standard deviations, as in [Trend]
	Rank          Number `json:"rank"`           // as in [Trend]
	Z             Number `json:"z"`              // of the deciding window
	WindowMinutes int    `json:"window_minutes"` // 0: nothing stood out
	Seen          Number `json:"seen"`           // authors in it
	Expected      Number `json:"expected"`       // authors expected in it
	Posts         Number `json:"posts"`          // posts in it
	Growth        Number `json:"growth"`         // z of the last two hours against the two before
	Fall          Number `json:"fall"`           // standard deviations under the best hour of 24
	Share         Number `json:"share"`          // last hour as a share of the best of 24

	AuthorsLastH Number   `json:"authors_last_h"`
	AuthorsBestH Number   `json:"authors_best_h"` // best full hour of 24
	AuthorsDay   Number   `json:"authors_day"`    // last 24 hours
	ExcessDay    Number   `json:"excess_day"`     // of these, more than expected
	RatePerH     Number   `json:"rate_per_h"`     // posts in the last 60 minutes
	ExpectedPerH Number   `json:"expected_per_h"` // posts expected in them
	Flags        []string `json:"flags"`
}

// Gauge names a series of readings.
type Gauge struct {
	From   string `json:"from"` // gauge
	List   string `json:"list"`
	Metric string `json:"metric"`
	Unit   string `json:"unit"` // total, rank, bucket, percent or index
}

// SeriesAnswer is what GET /api/v1/terms/{kind}/{key}/series gives, now or as it was
// at a past moment.
type SeriesAnswer struct {
	Demo      bool             `json:"demo,omitzero"` // all that is told here is made up
	AsOf      *time.Time       `json:"as_of"`
	Kind      string           `json:"kind"`
	Key       string           `json:"key"`
	Range     Span             `json:"range"`    // widened to whole steps; a point belongs to it if its start does
	Coverage  *Coverage        `json:"coverage"` // of the part of the range that lies in the window; null where none does
	Step      string           `json:"step"`     // 1h or 1d
	Platforms []PlatformSeries `json:"platforms"`
	Readings  []GaugeSeries    `json:"readings"`
}

// PlatformSeries are the points of a term on one platform, rising. A step in
// which nothing was counted at all has no point: missing is not zero.
type PlatformSeries struct {
	Platform string  `json:"platform"`
	Term     string  `json:"term"`
	From     string  `json:"from"` // post
	Spread   string  `json:"spread"`
	Points   []Point `json:"points"`
	// Forecast are the posts of the hours to come, from the running one on, of a trend that is open; left out of others, in
	// steps of a day and as of a past moment.
	Forecast []Forecast `json:"forecast,omitempty"`
}

// Forecast is how many posts an hour to come may have, if all goes as it did with trends before: in eight of ten cases
// between Low and High, half of them above Mid.
type Forecast struct {
	Start time.Time `json:"start"`
	Low   Number    `json:"low"`
	Mid   Number    `json:"mid"`
	High  Number    `json:"high"`
}

// Point is what was counted in one step.
type Point struct {
	Start        time.Time `json:"start"`
	Posts        uint64    `json:"posts"`
	FreshAuthors Number    `json:"fresh_authors"` // not seen with the term for a day; a repost's counts half
	Hours        int       `json:"hours"`         // hours of the step that were counted
	// Expected are the posts that were usual in the hour for all that is known of the term, its
	// platform's rhythm and volume; Low and High hold a usual count in eight of ten cases at
	// least (the quantiles at 0.1 and 0.9 of a negative binomial count that scatters as the
	// term does). Null in steps of a day, outside of the window, of terms that
	// are not tracked, as of a past moment, and until a platform was read for four days. Of the
	// running hour they are for what is over of it.
	Expected Number `json:"expected"`
	Low      Number `json:"low"`
	High     Number `json:"high"`
	// Partial marks a step that is still running.
	Partial bool `json:"partial,omitempty"`
	// AtLeast marks a step in part of which the term was not tracked: it may
	// have had some posts more, though fewer than bring a term into the table.
	AtLeast bool `json:"at_least,omitempty"`
}

// GaugeSeries are the readings of a gauge, rising: the last one of each step.
type GaugeSeries struct {
	Platform string `json:"platform"`
	Gauge
	Points []Reading `json:"points"`
}

// Reading is the value of a gauge.
type Reading struct {
	Start time.Time `json:"start"` // of the step
	Value Number    `json:"value"`
}
