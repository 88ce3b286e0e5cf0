package api

import "time"

// Coverage says how much of the time that an answer is about was seen. What was not
// seen is missing from all counts: it is not zero.
type Coverage struct {
	// Share is the part of the time, 0 to 1, for which the platform that was seen least
	// was seen; null where no platform was met yet, or where it is not known of one of
	// them, as of a time that begins before the window of 72 hours: what was missing is
	// not remembered for longer. Platforms that were first met within the time count from then on.
	Share     Number             `json:"share"`
	Platforms []PlatformCoverage `json:"platforms"`
	// Sources are how the sources of these platforms are doing now, those left out that
	// are switched off; empty in answers about a past moment and where there are none.
	Sources []SourceCoverage `json:"sources"`
}

// PlatformCoverage is how much of the time a platform was seen for.
type PlatformCoverage struct {
	Platform string    `json:"platform"`
	Since    time.Time `json:"since"`   // when it was first met, or the start of the time
	Share    Number    `json:"share"`   // of the time since then; null in rankings from before it was kept
	Missing  []Span    `json:"missing"` // in whole panes, rising
}

// SourceCoverage is how a source is doing.
type SourceCoverage struct {
	Source    string   `json:"source"`
	Platforms []string `json:"platforms"`
	State     string   `json:"state"` // as in [SourceStatus]
	Share     Number   `json:"share"` // of the last 72 hours, by the server's clock, in hundredths
}
