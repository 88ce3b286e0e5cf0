package api

import "time"

// WatchesPath is the path of the watch lists; behind it and a slash stands the name of one.
const WatchesPath = Base + "/watches"

// WatchesAnswer is what GET /api/v1/watches gives: the watch lists by name.
type WatchesAnswer struct {
	Demo    bool           `json:"demo,omitzero"`
	Watches []WatchSummary `json:"watches"`
	// Terms is how many terms the lists have in all, and MaxTerms how many they may have.
	Terms    int `json:"terms"`
	MaxTerms int `json:"max_terms"`
}

// WatchSummary is a watch list without its terms.
type WatchSummary struct {
	Name    string    `json:"name"`
	Title   string    `json:"title"`
	Changed time.Time `json:"changed"` // by the server's clock
	Terms   int       `json:"terms"`
}

// Watch is a watch list: what GET /api/v1/watches/{name} gives, and what PUT to that path
// and POST to /api/v1/watches take. There Name may be left out of a PUT, and Demo, Changed
// and Key, which the server fills in, are passed over. No other field may occur.
type Watch struct {
	Demo    bool        `json:"demo,omitzero"`
	Name    string      `json:"name"`  // up to 64 of a-z, 0-9, '-', '_' and '.'
	Title   string      `json:"title"` // for people
	Changed time.Time   `json:"changed"`
	Terms   []WatchTerm `json:"terms"`
}

// WatchTerm is a term on a watch list. A hashtag or a keyword stands for its other
// spellings as well: those that a ranking shows as variants of it.
type WatchTerm struct {
	Kind      string   `json:"kind"`
	Key       string   `json:"key"`       // normalised
	Term      string   `json:"term"`      // as it was written
	Platforms []string `json:"platforms"` // where it is watched; empty: everywhere
}
