package api

import "time"

// RelatedAnswer is what GET /api/v1/terms/{kind}/{key}/related gives: on every platform
// the terms that come in the same posts more often than chance would have it.
type RelatedAnswer struct {
	Demo      bool              `json:"demo,omitzero"`
	AsOf      *time.Time        `json:"as_of"`
	Window    *Span             `json:"window"`
	Coverage  *Coverage         `json:"coverage"`
	Kind      string            `json:"kind"`
	Key       string            `json:"key"`
	Term      string            `json:"term"`
	Platforms []RelatedPlatform `json:"platforms"`
}

// RelatedPlatform are the related terms on one platform.
type RelatedPlatform struct {
	Platform string `json:"platform"`
	// Posts are those with the term, and PlatformPosts those with any term, in the window.
	Posts         uint64    `json:"posts"`
	PlatformPosts uint64    `json:"platform_posts"`
	Related       []Related `json:"related"` // by LogLikelihood, highest first
}

// Related is a term that comes with another one.
type Related struct {
	Kind  string `json:"kind"`
	Key   string `json:"key"`
	Term  string `json:"term"`
	Both  uint64 `json:"both"`  // posts with the two of them in the window, at least: see Over
	Over  uint64 `json:"over"`  // how many more there may have been at most, before they were counted together
	Posts uint64 `json:"posts"` // with this term in the window
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
