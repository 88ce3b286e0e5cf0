package api

import "time"

// SearchAnswer is what GET /api/v1/search gives.
type SearchAnswer struct {
	Demo     bool       `json:"demo,omitzero"`
	AsOf     *time.Time `json:"as_of"`
	Window   *Span      `json:"window"`   // what Posts covers
	Coverage *Coverage  `json:"coverage"` // of the window
	Query    string     `json:"q"`        // normalised
	// Complete says that all that match were looked at; else the list has the best of
	// some thousands.
	Complete bool `json:"complete"`
	// Total is how many of those looked at match; Terms has the first of them.
	Total int     `json:"total"`
	Terms []Found `json:"terms"`
}

// Found is a term that was searched for, on one platform.
type Found struct {
	Kind     string `json:"kind"`
	Key      string `json:"key"`
	Term     string `json:"term"`
	Platform string `json:"platform"`
	// Match is how it was found: exact; group, as another spelling of the same word, or by the
	// name or title of a sound; prefix, for it begins so, or the name of a sound from some word on; typo, with
	// one letter more, less, other or swapped with its neighbour, where five letters or more were
	// asked for. The list is in that order, then by Posts, highest first.
	Match string `json:"match"`
	// Posts are those in the window as far as the term is tracked, at least: 0 of one that
	// is not tracked now.
	Posts uint64 `json:"posts"`
	Phase string `json:"phase"` // of the open trend; empty where there is none
}
