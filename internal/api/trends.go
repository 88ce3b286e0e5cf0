package api

import "time"

// Span is a half-open range of time: From belongs to it, To does not.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Range is a number that is only known to lie between Low and High in eight of
// ten cases, half of them above Mid.
type Range struct {
	Low  Number `json:"low"`
	Mid  Number `json:"mid"`
	High Number `json:"high"`
}

// Posts is a number of posts. The truth lies in [Count-Over, Count]. Where
// AtLeast is set it may be higher: a counter was full.
type Posts struct {
	Count   uint64 `json:"count"`
	Over    uint64 `json:"over"`
	Exact   bool   `json:"exact"`
	AtLeast bool   `json:"at_least,omitempty"`
}

// Authors is an estimated number of distinct authors, or of what stands for
// them: see Spread. Stderr is the relative standard error; 0 says that the
// number is exact. Low and High are the bounds of the 95 % confidence interval,
// cut at the number of posts. In a ranking the numbers are as of the last full
// hour or the last change of phase, whichever came later.
type Authors struct {
	Estimate uint64 `json:"estimate"`
	Stderr   Number `json:"stderr"`
	Low      uint64 `json:"low"`
	High     uint64 `json:"high"`
}

// TrendsAnswer is what GET /api/v1/trends gives.
type TrendsAnswer struct {
	Demo bool `json:"demo,omitzero"` // all that is told here is made up
	// AsOf is the event time up to which records are taken as complete; null
	// before the first pane was closed.
	AsOf *time.Time `json:"as_of"`
	// Window is what Posts, PostsPerH and Growth of the trends cover: 6, 24 or 72 UTC
	// hours of which the last one is running, or the last 60 minutes; null as AsOf.
	Window *Span `json:"window"`
	// Coverage is how much of the window was seen; null as Window.
	Coverage *Coverage `json:"coverage"`
	Seq      uint64    `json:"seq"`   // of the view that was asked; rises with every pane
	Total    int       `json:"total"` // trends that match; unconfirmed ones only where asked for
	Counts   Facets    `json:"counts"`
	// Next continues the list as the parameter cursor; null at its end.
	Next   *string `json:"next"`
	Trends []Trend `json:"trends"`
}

// Facets count the trends that match.
type Facets struct {
	Phases    []Facet `json:"phases"`    // in the order of a trend's life
	Kinds     []Facet `json:"kinds"`     // most frequent first, as the next
	Platforms []Facet `json:"platforms"` //
}

// Facet is how many of the matching trends have a property.
type Facet struct {
	Name   string `json:"name"`
	Trends int    `json:"trends"`
}

// Variant is another spelling of a trend that is open on the same platform. It has no
// row in a ranking.
type Variant struct {
	Key        string   `json:"key"`         // normalised
	Term       string   `json:"term"`        // the most frequent spelling of this key
	Posts      *Posts   `json:"posts"`       // as in [Trend]
	Authors24h *Authors `json:"authors_24h"` // as in [Trend]
}

// Trend is an open trend on one platform.
type Trend struct {
	Kind     string `json:"kind"`     // hashtag, sound, keyword, mention or link
	Key      string `json:"key"`      // normalised; with Kind it makes the path of the term
	Term     string `json:"term"`     // the most frequent spelling
	Platform string `json:"platform"` // where it trends
	// Phase is emerging, rising, peaking or fading; unconfirmed where the posts look
	// coordinated: then it is held back until others join in, and no recommendation.
	Phase string `json:"phase"`
	From  string `json:"from"` // what it was found in: post or gauge (totals and ranks of lists)

	Score      Number `json:"score"`      // surprise that alarms are decided by, in standard deviations
	Rank       Number `json:"rank"`       // surprise that the list is sorted by: growth counts, a past peak damps
	Confidence Number `json:"confidence"` // chance that the rise is real, 0..1
	HoursLeft  Range  `json:"hours_left"` // how long it may go on

	RatePerH     Number `json:"rate_per_h"`     // posts in the last 60 minutes
	ExpectedPerH Number `json:"expected_per_h"` // posts expected in them

	// Posts are those in the window; null where only gauges are known, or the term has
	// lost its place in the table.
	Posts *Posts `json:"posts"`
	// PostsPerH are Posts by the hour of the window for which the platform was seen.
	PostsPerH Number `json:"posts_per_h"`
	// Growth are the posts of the window by those of as much time before it, each by the
	// hour that was seen; of a window of 72 hours, whose past is not kept, those of its
	// last 36 hours and of as much time before. It is the least that it can be where not
	// all posts are known. The time before begins within an hour, of whose posts it gets
	// as much as of its time. Null where there was no post before, and where less than
	// half of either time was seen.
	Growth     Number   `json:"growth"`
	Authors24h *Authors `json:"authors_24h"` // null as Posts
	Authors72h *Authors `json:"authors_72h"` // null as Posts
	// Spread says what stands for the authors: authors, groups (communities),
	// posts (everyone counts as somebody new) or unknown.
	Spread string `json:"spread"`

	Started time.Time `json:"started"` // when the rise began, an estimate
	Raised  time.Time `json:"raised"`  // when it was recognised
	Since   time.Time `json:"since"`   // when the phase began

	Platforms int  `json:"platforms"` // number of platforms on which it is open now
	Confirmed bool `json:"confirmed"` // on two or more
	// Flags qualify the evidence: gauge (from totals or ranks), regular, few
	// (few authors wrote many posts), new (first seen within 72 hours), burst
	// (all within half an hour), blind (the source was down), rank (a climb in a
	// list decided), thin (most posts of the last hour or two come from accounts
	// that were never seen before, or repeat what another one said).
	Flags []string `json:"flags"`
	Why   Why      `json:"why"`
	// Variants are the other spellings that are open on the platform, highest rank
	// first. VariantOf is the key of the trend of which this one is another spelling:
	// such rows come in the answers about a term alone.
	Variants  []Variant `json:"variants"`
	VariantOf string    `json:"variant_of,omitempty"`

	// Hours are the posts of the last 72 UTC hours whatever the window is, oldest first;
	// the last one is running. Left out unless series=1 was asked,
	// and where only gauges are known.
	Hours []uint32 `json:"hours,omitempty"`
	// Usual is what was usual in these hours; left out as Hours, and where it is not known.
	Usual *Usual `json:"usual,omitempty"`
}

// Usual bounds the posts that were usual in hours: eight of ten usual counts lie between Low and High, as of [Point]. Null in an
// hour of which that is not known.
type Usual struct {
	Low  []Number `json:"low"`
	High []Number `json:"high"`
}

// Why is the strongest evidence for a trend: what was seen in the window that
// decided.
//
// Seen and Expected are fresh authors, of whom a repost's counts half. With the
// flag rank they are the place in a list that was reached and the one before;
// with the flag gauge alone, the log growth of a total in an hour and the median
// of its list.
type Why struct {
	WindowMinutes int    `json:"window_minutes"`
	Seen          Number `json:"seen"`
	Expected      Number `json:"expected"`
	Posts         Number `json:"posts"`
	Z             Number `json:"z"`         // standard deviations
	Score         Number `json:"score"`     // Z less the offset of the window
	Threshold     Number `json:"threshold"` // score that was needed to be raised
	// ThinShare is the share, at most, of the posts of two hours that are of accounts
	// never seen before, or say what another one said: of the last two hours for which
	// the flag thin was set. Left out where neither the flag nor the phase tells of it.
	ThinShare *Number `json:"thin_share,omitempty"`
	Sentence  string  `json:"sentence"` // all of it in plain English
}
