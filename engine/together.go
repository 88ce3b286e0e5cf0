package engine

import (
	"context"

	"github.com/swell-radar/swell/term"
)

// Together is what is known of the terms that come in the same posts as one term on
// one platform. All its numbers are of the same time, From up to AsOf.
type Together struct {
	Platform   string
	From, AsOf int64       // Unix seconds
	Posts      uint64      // posts with the term
	All        uint64      // posts of the platform that have a term
	Companions []Companion // most posts together first
}

// Companion is a term that was used in posts with another one.
type Companion struct {
	ID    term.ID
	Term  term.Term
	Both  uint64 // posts with both, at least
	Over  uint64 // how many more there may have been, at most
	Posts uint64 // posts with this term
}

// Together returns the companions of a term, by platform in the order the platforms
// were met: every platform where it has any, or the given one alone. It waits for those
// who count, between batches, and never makes a producer wait longer than that takes.
func (e *Engine) Together(ctx context.Context, kind term.Kind, key, platform string) ([]Together, error) {
	return nil, nil
}
