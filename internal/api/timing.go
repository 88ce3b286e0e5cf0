package api

import "time"

// TimingAnswer is what GET /api/v1/timing gives: when in the week people post, and when
// they react.
type TimingAnswer struct {
	Demo     bool       `json:"demo,omitzero"`
	AsOf     *time.Time `json:"as_of"`
	Coverage *Coverage  `json:"coverage"` // of the part of the range that lies in the window; null where none does
	Range    Span       `json:"range"`    // whole hours that are over, and whole weeks where there are any
	Zone     string     `json:"zone"`     // IANA name: of the hours below, daylight saving time included
	Platform string     `json:"platform"` // empty where all platforms are told of together
	// Kind, Key and Term are empty where the whole platform is told of. Of a term only its
	// posts are known: reposts and reactions are those of the platforms on which it was seen.
	Kind string `json:"kind,omitempty"`
	Key  string `json:"key,omitempty"`
	Term string `json:"term,omitempty"`
	// Platforms are those that count here: all that were counted for a week at least, or for
	// as long as the others.
	Platforms []TimingPlatform `json:"platforms"`
	// Cells are the 168 hours of the week, Monday 0:00 first.
	Cells []TimingCell `json:"cells"`
	// By says what lifts are of: reactions for each post, reposts for each post, or posts
	// for each hour: the first of which there are enough. Empty where there are too few: less
	// than ten posts (measured ones, for reactions) for each hour of the week, or less
	// than two whole weeks.
	By string `json:"by"`
	// Best are the hours with the highest lifts, five at most, whose Low is above 1 and
	// that were counted twice at least.
	Best []BestHour `json:"best"`
}

// TimingPlatform is what one platform contributes.
type TimingPlatform struct {
	Platform      string `json:"platform"`
	CountedH      Number `json:"counted_h"` // hours of the range that were counted
	Posts         uint64 `json:"posts"`     // of the term, where one is told of
	MeasuredPosts uint64 `json:"measured_posts"`
}

// TimingCell is one hour of the week. Rates are means over the hours that were counted;
// null where none was on some of the platforms. An hour that the clock leaves out is not counted, and one that
// it repeats is counted twice. Standard errors are those of means over weeks; null where there is one week.
type TimingCell struct {
	Weekday int `json:"weekday"` // 0 is Monday
	Hour    int `json:"hour"`    // 0..23
	// CountedH is for how many hours it was counted, on the platform that was counted least.
	CountedH        Number `json:"counted_h"`
	PostsPerH       Number `json:"posts_per_h"`
	PostsPerHStderr Number `json:"posts_per_h_stderr"`
	// RepostsPerH are reposts in such an hour: people react then.
	RepostsPerH       Number `json:"reposts_per_h"`
	RepostsPerHStderr Number `json:"reposts_per_h_stderr"`
	// ReactionsPerPost are likes, shares, comments and the like of a post that was made
	// in such an hour, of those that came with such numbers.
	ReactionsPerPost       Number `json:"reactions_per_post"`
	ReactionsPerPostStderr Number `json:"reactions_per_post_stderr"`
	MeasuredPosts          uint64 `json:"measured_posts"` // of these
	// Lift is what the measure that By names is here as a multiple of its mean in the week,
	// as in [BestHour]; null without By.
	Lift Number `json:"lift"`
}

// BestHour is an hour of the week to post in.
type BestHour struct {
	Weekday int `json:"weekday"`
	Hour    int `json:"hour"`
	// Lift is what the measure is there as a multiple of its mean in the week, shrunk towards
	// 1 by as much as chance may have had a part in it: (X/φ+k)/(E/φ+k), where X was seen, E
	// expected by the mean, φ is the scatter from week to week against a Poisson count, and
	// 1/k the variance of the true lifts (gamma-Poisson; Clayton and Kaldor 1987). In eight of ten cases
	// the truth lies between Low and High.
	Lift Number `json:"lift"`
	Low  Number `json:"lift_low"`
	High Number `json:"lift_high"`
}
