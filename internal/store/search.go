package store

import "github.com/swell-radar/swell/term"

// How a term of the dictionary matches what is searched for, best first.
type Likeness uint8

const (
	SameKey    Likeness = 1 + iota // the key itself
	SameGroup                      // its group key: another spelling
	SamePrefix                     // its group key begins so
	NearlySame                     // one letter more, less, other or swapped with its neighbour
)

// Search says which terms of the dictionary are wanted.
type Search struct {
	Key       string      // normalised, not empty
	Kinds     []term.Kind // nil: all
	Platforms []string    // nil: all
	Limit     int         // how many at most; 0: 1,000
}

// Match is a term that was found.
type Match struct {
	Term
	Likeness Likeness
}

// Search returns the terms of the dictionary that match, best likeness first, and
// whether these are all.
func (s *Store) Search(q Search) (found []Match, all bool, err error) { return nil, true, nil }
