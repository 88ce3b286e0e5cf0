package api

import "time"

// SourcesAnswer is what GET /api/v1/sources gives.
type SourcesAnswer struct {
	AsOf time.Time `json:"as_of"` // by the server's clock
	// Demo says that all sources are made-up ones.
	Demo    bool           `json:"demo"`
	Sources []SourceStatus `json:"sources"`
}

// SourceStatus is how a source is doing.
type SourceStatus struct {
	Name      string   `json:"name"`
	Platforms []string `json:"platforms"` // that are seen through it
	// State is one word: off, starting, ok, unreachable, throttled, blocked, login_wall,
	// schema_changed, budget_spent, paused, ended.
	State string     `json:"state"`
	Since *time.Time `json:"since"` // null where it is off
	Why   string     `json:"why"`   // empty where all is well
	Retry *time.Time `json:"retry"` // when it is tried again; null: it runs, or never

	Records   uint64     `json:"records"`        // delivered since the program was started
	PerMinute Number     `json:"records_per_m"`  // over the last ten minutes
	Newest    *time.Time `json:"newest"`         // event time of the newest record
	Rejected  uint64     `json:"rejected_items"` // that could not be understood
	Reject    string     `json:"last_rejected"`
	Error     string     `json:"last_error"`
	ErrorAt   *time.Time `json:"last_error_at"`
	Starts    uint64     `json:"starts"`
	// RequestsLeft of RequestsPerDay, UTC; both null where there is no bound.
	RequestsLeft   *int `json:"requests_left"`
	RequestsPerDay *int `json:"requests_per_day"`

	Covered Number        `json:"covered"` // for which part of the last 72 hours it was well, 0 to 1
	History []SourceSpell `json:"history"` // its states in these, oldest first
	Parts   []SourcePart  `json:"parts"`   // instances, feeds, relays, pages
}

// SourceSpell is a time that a source was in one state, up to the next one.
type SourceSpell struct {
	State string    `json:"state"`
	From  time.Time `json:"from"`
}

// SourcePart is how a part of a source's input is doing.
type SourcePart struct {
	Name  string    `json:"name"`
	State string    `json:"state"`
	Since time.Time `json:"since"`
	Why   string    `json:"why"`
	// Retry is when it is tried again; null: it is well, or that is not known.
	Retry *time.Time `json:"retry"`
}
