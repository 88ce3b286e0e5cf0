package api

import "time"

// RelatedAnswer is what GET /api/v1/terms/{kind}/{key}/related gives: on every platform
// the terms that come in the same posts more often than chance would have it.
type RelatedAnswer struct {
	Demo     bool       `json:"demo,omitzero"`
	AsOf     *time.Time `json:"as_of"`
	Window   *Span      `json:"window"`   // of the core; what the numbers below cover may begin later
	Coverage *Coverage  `json:"coverage"` // of the window
	Kind     string     `json:"kind"`
	Key      string     `json:"key"`
	Term     string     `json:"term"`
	// Platforms are those on which posts had the term and others; the order is that in which
	// they were met.
	Platforms []RelatedPlatform `json:"platforms"`
}

// RelatedPlatform are the related terms on one platform.
type RelatedPlatform struct {
	Platform string `json:"platform"`
	Range    Span   `json:"range"` // what all numbers here cover
	// Posts are those with the term (at most: see Posts in the answer about a term), and PlatformPosts those with any term, in the range.
	Posts         uint64 `json:"posts"`
	PlatformPosts uint64 `json:"platform_posts"`
	// Total is how many terms fit what is asked for; Related has the first of them.
	Total   int       `json:"total"`
	Related []Related `json:"related"` // in the order asked for; else by LogLikelihood, highest first
}

// Related is a term that comes with another one.
//
// Its measures are those of Both, the least number of posts with the two of them. Where more
// were possible, they are as far from chance as is certain, or farther.
type Related struct {
	Kind  string `json:"kind"`
	Key   string `json:"key"`
	Term  string `json:"term"`
	Both  uint64 `json:"both"`  // posts with the two of them in the range, at least: see Over
	Over  uint64 `json:"over"`  // how many more there may have been at most, before they were counted together
	Exact bool   `json:"exact"` // Over is 0
	Posts uint64 `json:"posts"` // with this term in the range, at most
	// ExpectedBoth is how many there would be if they had nothing to do with each other.
	ExpectedBoth Number `json:"expected_both"`
	// PMI is the pointwise mutual information in bits, log2(both·all / (posts·posts));
	// NPMI the same normalised to -1..1 (Bouma 2009).
	PMI  Number `json:"pmi_bits"`
	NPMI Number `json:"npmi"`
	// LogLikelihood is the ratio G² of Dunning (1993) over the 2×2 table of posts:
	// above 10.83 one in a thousand pairs would be there by chance.
	LogLikelihood Number `json:"log_likelihood"`
}
