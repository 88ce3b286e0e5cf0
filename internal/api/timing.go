package api

import "time"

// TimingAnswer is what GET /api/v1/timing gives: when in the week people post, and when
// they react.
type TimingAnswer struct {
	Demo     bool       `json:"demo,omitzero"`
	AsOf     *time.Time `json:"as_of"`
	Coverage *Coverage  `json:"coverage"`
	Range    Span       `json:"range"` // whole weeks of it, where there are any
	Zone     string     `json:"zone"`  // IANA name: of the hours below, daylight saving time included
	Platform string     `json:"platform"`
	// Kind, Key and Term are empty where the whole platform is told of.
	Kind string `json:"kind,omitempty"`
	Key  string `json:"key,omitempty"`
	Term string `json:"term,omitempty"`
	// Cells are the 168 hours of the week, Monday 0:00 first.
	Cells []TimingCell `json:"cells"`
	// Best are the hours in which most happens for each post: see Lift. Empty before two
	// whole weeks were counted.
	Best []BestHour `json:"best"`
}

// TimingCell is one hour of the week. Rates are means over the hours that were counted;
// null where none was.
type TimingCell struct {
	Weekday int `json:"weekday"` // 0 is Monday
	Hour    int `json:"hour"`    // 0..23
	Hours   int `json:"hours"`   // how many were counted
	// PostsPerH are posts in such an hour, with their standard error.
	PostsPerH       Number `json:"posts_per_h"`
	PostsPerHStderr Number `json:"posts_per_h_stderr"`
	// RepostsPerH are reposts in such an hour: people react then.
	RepostsPerH Number `json:"reposts_per_h"`
	// ReactionsPerPost are likes, shares, comments and the like of a post that was made
	// in such an hour, of those that came with such numbers.
	ReactionsPerPost Number `json:"reactions_per_post"`
	MeasuredPosts    uint64 `json:"measured_posts"` // of these
}

// BestHour is an hour of the week to post in.
type BestHour struct {
	Weekday int `json:"weekday"`
	Hour    int `json:"hour"`
	// Lift is what the measure is there as a multiple of the mean of the week: of
	// ReactionsPerPost where enough posts were measured, else of RepostsPerH for each
	// post, else of PostsPerH.
	Lift Number `json:"lift"`
	By   string `json:"by"` // reactions, reposts or posts
}
