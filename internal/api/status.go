package api

import "time"

// StatusAnswer is what GET /api/v1/status gives.
type StatusAnswer struct {
	Version string     `json:"version"`
	Demo    bool       `json:"demo"`   // all that is told here is made up
	AsOf    *time.Time `json:"as_of"`  // as in [TrendsAnswer]
	Newest  *time.Time `json:"newest"` // event time of the newest record at the newest closed pane
	LagS    Number     `json:"lag_s"`  // seconds from Newest to now; null where it is not known
	Seq     uint64     `json:"seq"`
	Trends  int        `json:"trends"` // open, in the ranking
	// Unconfirmed is how many are held back: see Phase of [Trend].
	Unconfirmed int `json:"unconfirmed"`

	Ready   bool      `json:"ready"`
	Loading *Progress `json:"loading"` // null when no archive was read
	Intake  *Backlog  `json:"intake"`  // null when no records are taken

	Counters  Counters         `json:"counters"`
	Core      Core             `json:"core"`
	Platforms []PlatformStatus `json:"platforms"`
	Sinks     []SinkStatus     `json:"sinks"` // where messages are sent to, by name; empty where nothing is
}

// Counters count records since the engine was first made, restarts included.
type Counters struct {
	Records      uint64 `json:"records"`       // taken in, whatever became of them
	Occurrences  uint64 `json:"occurrences"`   // posts counted
	Gauges       uint64 `json:"gauges"`        // readings of terms noted
	Observations uint64 `json:"observations"`  // terms of posts counted
	Duplicates   uint64 `json:"duplicates"`    // not counted: seen before
	Late         uint64 `json:"late"`          // not counted: too late for their pane
	TermsDropped uint64 `json:"terms_dropped"` // beyond what one record may have
	// FacetsDropped counts languages and regions of terms that there was no room to note.
	FacetsDropped uint64 `json:"facets_dropped"`
	Heartbeats    uint64 `json:"heartbeats"` // no part of records
}

// Core is the state of the counting core.
type Core struct {
	Tracked   int    `json:"tracked"`         // terms counted one by one
	Capacity  int    `json:"capacity"`        // terms that can be
	Admitted  uint64 `json:"admitted"`        // terms that came to be
	Evicted   uint64 `json:"evicted"`         // terms that gave way to a warmer one
	Retired   uint64 `json:"retired"`         // terms that nobody used any more
	Posts     uint64 `json:"posts"`           // counted, tracked or not
	Untracked uint64 `json:"untracked_posts"` // of these, in the doorkeeper alone
	Stale     uint64 `json:"stale_posts"`     // not counted: their pane had left the window

	// MemoryBytes is what the engine was given.
	MemoryBytes int64 `json:"memory_bytes"`
	// Pressure says in one word whether that suffices: none; full, when the table
	// of terms fills up and asks for three uses of a new term, as it is meant to;
	// overloaded, when it has to ask for more, or Swell remembers less than it is
	// meant to. PressureWhy says in a sentence what suffers and what to do.
	Pressure    string `json:"pressure"`
	PressureWhy string `json:"pressure_why"`

	Threshold   uint32 `json:"threshold"`    // uses that a new term needs now to be tracked; the worst shard's
	Blurred     uint64 `json:"blurred"`      // times that a quiet term forgot who used it
	AuthorsLost uint64 `json:"authors_lost"` // times that a busy term lost its count of distinct authors
	// FreshHorizonH is for how many hours an author of a term is known as such: 24
	// unless memory runs short; null before the first full hour. RecentHorizonH is
	// for how many hours a post is known again: 72 likewise; null before the first
	// pane.
	FreshHorizonH  Number `json:"fresh_horizon_h"`
	RecentHorizonH Number `json:"recent_horizon_h"`

	Doorkeeper Doorkeeper `json:"doorkeeper"`
	FalseSeen  Number     `json:"false_seen"`  // share of fresh authors taken for known
	GaugeTerms int        `json:"gauge_terms"` // terms with readings
}

// PlatformStatus is what is known of a platform.
type PlatformStatus struct {
	Platform string `json:"platform"`
	Spread   string `json:"spread"` // as in [Trend]
	Records  uint64 `json:"records"`
	// Threshold is the score that an alarm needs now: of terms with fewer than 10 usual
	// authors a day, with fewer than 100, than 1,000, with more; the last is that of
	// gauges.
	Threshold []Number `json:"threshold"`
}

// Progress tells how far the reading of an archive has come.
type Progress struct {
	Phase   string `json:"phase"`   // one word: restoring, replaying, …
	Ready   bool   `json:"ready"`   // answers can be relied on
	Records uint64 `json:"records"` // read so far
	// Done and Total are the bytes read and to be read, in their stored form;
	// Total is 0 where it is not known.
	Done  int64 `json:"done_bytes"`
	Total int64 `json:"total_bytes"`
	// ETASeconds is how long the rest will take; nil where it is not known.
	ETASeconds *float64 `json:"eta_s"`
}
