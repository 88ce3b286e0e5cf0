package api

import "time"

// CompareAnswer is what GET /api/v1/compare gives: up to [MaxCompared] terms side by
// side over one time.
type CompareAnswer struct {
	Demo     bool       `json:"demo,omitzero"`
	AsOf     *time.Time `json:"as_of"`
	Coverage *Coverage  `json:"coverage"` // of the part of the range that lies in the window; null where none does
	Range    Span       `json:"range"`    // a step belongs to it if its start does
	Step     string     `json:"step"`     // 1h or 1d
	// Posts are those of all terms together.
	Posts uint64 `json:"posts"`
	// Terms come in the order asked. All have the same platforms in the same order, and
	// points of the same steps.
	Terms []Compared `json:"terms"`
}

// MaxCompared is how many terms one answer compares at most.
const MaxCompared = 10

// Compared is one of the terms.
type Compared struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
	Term string `json:"term"`
	// Seen says whether anything is known of it. A term that was never seen has no posts,
	// which is no error.
	Seen bool `json:"seen"`
	// Posts are those in the range, on all platforms asked for. Exact says that none are
	// missing that came in the hours which were counted; else there may be some more, for the
	// term was not tracked for all of the time. Platforms on which it was never seen are
	// no reason.
	Posts uint64 `json:"posts"`
	Exact bool   `json:"exact"`
	// MoreAtMost is how many more there may be at most, by what was counted before the term
	// was tracked; null where that is not known, which is so before the window.
	MoreAtMost Number `json:"more_at_most"`
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
	Exact    bool   `json:"exact"`
	Share    Number `json:"share"` // of voice on this platform
	Phase    string `json:"phase"` // of the open trend; empty where there is none
}

// ComparedPoint is one step of one term. There is one for every step of the range up to
// AsOf. Where nothing was counted of any of the terms its numbers are null: missing is
// not zero.
type ComparedPoint struct {
	Start        time.Time `json:"start"`
	Posts        Number    `json:"posts"`
	FreshAuthors Number    `json:"fresh_authors"`
	Share        Number    `json:"share"` // of voice in this step
	Hours        int       `json:"hours"` // hours of the step that were counted
	Partial      bool      `json:"partial,omitempty"`
	// AtLeast marks a step for some of which the term was not tracked.
	AtLeast bool `json:"at_least,omitempty"`
}
