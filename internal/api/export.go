package api

import "time"

// ExportAnswer is what GET /api/v1/export gives: the days of which files may be had.
type ExportAnswer struct {
	Demo bool        `json:"demo,omitzero"`
	AsOf *time.Time  `json:"as_of"`
	Days []ExportDay `json:"days"` // rising
}

// ExportDay is a day that is over, so that nothing of it changes any more.
type ExportDay struct {
	Day  string    `json:"day"` // YYYY-MM-DD, UTC
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Path of its file in Parquet, in the long layout.
	Path string `json:"path"`
	// Made are the files that were made already; others are when they are first asked for.
	Made []ExportFile `json:"made"`
}

// ExportFile is a file of a day.
type ExportFile struct {
	Path   string `json:"path"` // with its parameters
	Format string `json:"format"`
	Layout string `json:"layout"`
	Bytes  int64  `json:"bytes"`
}
