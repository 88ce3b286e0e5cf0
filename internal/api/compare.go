package api

import "time"

// CompareAnswer is what GET /api/v1/compare gives: up to [MaxCompared] terms side by
// side over one time.
type CompareAnswer struct {
	Demo     bool       `json:"demo,omitzero"`
	AsOf     *time.Time `json:"as_of"`
	Coverage *Coverage  `json:"coverage"`
	Range    Span       `json:"range"`
	Step     string     `json:"step"`
	// Terms come in the order asked. One that was never seen has Seen false and no posts.
	Terms []Compared `json:"terms"`
}

// MaxCompared is how many terms one answer compares at most.
const MaxCompared = 10

// Compared is one of the terms.
type Compared struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
	Term string `json:"term"`
	Seen bool   `json:"seen"`
	// Posts are those in the range, on all platforms asked for. Exact says that none are
	// missing; else there may be some more.
	Posts uint64 `json:"posts"`
	Exact bool   `json:"exact"`
	// Share is the share of voice: Posts as a part of those of all terms compared, 0 to
	// 1; null where there are none. A post with two of the terms counts for both.
	Share     Number             `json:"share"`
	Platforms []ComparedPlatform `json:"platforms"`
	Points    []ComparedPoint    `json:"points"` // of all platforms together, rising
}

// ComparedPlatform is a term's part on one platform.
type ComparedPlatform struct {
	Platform string `json:"platform"`
	Posts    uint64 `json:"posts"`
	Share    Number `json:"share"` // of voice on this platform
	Phase    string `json:"phase"` // of the open trend; empty where there is none
}

// ComparedPoint is one step of one term.
type ComparedPoint struct {
	Start        time.Time `json:"start"`
	Posts        uint64    `json:"posts"`
	FreshAuthors Number    `json:"fresh_authors"`
	Share        Number    `json:"share"` // of voice in this step
	Partial      bool      `json:"partial,omitempty"`
}
