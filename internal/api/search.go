package api

import "time"

// SearchAnswer is what GET /api/v1/search gives.
type SearchAnswer struct {
	Demo     bool       `json:"demo,omitzero"`
	AsOf     *time.Time `json:"as_of"`
	Coverage *Coverage  `json:"coverage"`
	Query    string     `json:"q"` // normalised
	// Complete says that all that match were looked at; else the list has the best of
	// some thousands.
	Complete bool    `json:"complete"`
	Terms    []Found `json:"terms"`
}

// Found is a term that was searched for.
type Found struct {
	Kind     string `json:"kind"`
	Key      string `json:"key"`
	Term     string `json:"term"`
	Platform string `json:"platform"`
	// Match is how it was found: exact, group (a spelling of the same word), prefix or
	// typo (one letter more, less, other or swapped). The list is in that order, then by Posts.
	Match string `json:"match"`
	Posts uint64 `json:"posts"` // in the window, as far as it is tracked
	Phase string `json:"phase"` // of the open trend; empty where there is none
}
