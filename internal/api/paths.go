package api

import "net/url"

// Parts of paths.
const (
	Base        = "/api/v1"
	TermsPath   = Base + "/terms/"
	SeriesPath  = "/series"  // behind the path of a term, as the next
	RelatedPath = "/related" //
	ComparePath = Base + "/compare"
	SearchPath  = Base + "/search"
	TimingPath  = Base + "/timing"
)

// Paths.
const (
	TrendsPath     = Base + "/trends"
	DetectionsPath = Base + "/detections"
	ExportPath     = Base + "/export" // the days; DAY.FORMAT below it is a file
	SourcesPath    = Base + "/sources"
	StatusPath     = Base + "/status"
	OpenAPIPath    = Base + "/openapi.yaml"
)

// Media types of answers.
const (
	TypeJSON    = "application/json"
	TypeProblem = "application/problem+json"
)

// TermPath returns the escaped path of a term.
func TermPath(kind, key string) string {
	return TermsPath + url.PathEscape(kind) + "/" + url.PathEscape(key)
}
