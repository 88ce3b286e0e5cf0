package api

import "time"

// Origin is where a term was seen first, and where then. Times are those of the panes of
// the oldest posts that were counted: ten minutes.
type Origin struct {
	Platform  string    `json:"platform"`
	FirstSeen time.Time `json:"first_seen"`
	// AuthorsFirst24h are the fresh authors of the 24 UTC hours that begin with the one in which it was
	// first seen; null until they are over, and where some of them were not counted.
	AuthorsFirst24h Number    `json:"authors_first_24h"`
	Arrivals        []Arrival `json:"arrivals"` // on each platform, in the order of time
}

// Arrival is when a term was first seen on a platform.
type Arrival struct {
	Platform  string    `json:"platform"`
	FirstSeen time.Time `json:"first_seen"`
	LagH      Number    `json:"lag_h"` // hours after the first platform
	// FromStart says that it came within an hour of the first posts that were read of the platform: it may
	// have been there long before, and the order says little.
	FromStart bool `json:"from_start"`
}
