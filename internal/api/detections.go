package api

import "time"

// DetectionsAnswer is what GET /api/v1/detections gives: the changes of phase, as they
// were found, oldest first, or newest first where that was asked. None comes twice, and
// they are exact: what was found, not what is known of it by now.
type DetectionsAnswer struct {
	Demo bool       `json:"demo,omitzero"`
	AsOf *time.Time `json:"as_of"`
	// Range is the time asked for: up to the end of what was found, and from the first
	// that is kept, where nothing else was asked; null where nothing was found yet.
	Range *Span `json:"range"`
	// Kept is the time of the oldest that is kept, where older ones were let go of; else
	// null.
	Kept *time.Time `json:"kept_from"`
	// Coverage is that of the part of the range that lies in the window; null where none does.
	Coverage *Coverage `json:"coverage"`
	// Next continues the list as the parameter cursor; null at its end. A page may have
	// fewer detections than asked for, or none, where many had to be passed over.
	Next       *string     `json:"next"`
	Detections []Detection `json:"detections"`
}

// Detection is one change of phase of one trend: a line of a detections file.
type Detection struct {
	TS           time.Time `json:"ts"`
	Kind         string    `json:"kind"`
	Key          string    `json:"key"`
	Term         string    `json:"term"`
	Platform     string    `json:"platform"`
	Phase        string    `json:"phase"`
	From         string    `json:"from"` // post or gauge
	Score        Number    `json:"score"`
	RatePerH     Number    `json:"rate_per_h"`
	ExpectedPerH Number    `json:"expected_per_h"`
	Authors24h   uint64    `json:"authors_24h"`
	Started      time.Time `json:"started"`
	Confidence   Number    `json:"confidence"`
	HoursLeft    Range     `json:"hours_left"`
}
