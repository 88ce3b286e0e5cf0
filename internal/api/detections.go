package api

import "time"

// DetectionsAnswer is what GET /api/v1/detections gives: the changes of phase, as they
// were found, oldest first.
type DetectionsAnswer struct {
	Demo bool       `json:"demo,omitzero"`
	AsOf *time.Time `json:"as_of"`
	// Next continues the list as the parameter cursor; null at its end.
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
