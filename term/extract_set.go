package term

import "github.com/zeebo/xxh3"

// fewTerms is how many terms are looked through one by one: nearly all records
// have no more.
const fewTerms = 8

// termSet finds a term among those of a record in hand. It is an open hash table
// of their index plus one, 0 where free, at most half full, and is used only
// where there are more than fewTerms.
type termSet [2 * MaxTerms]uint8

const termSetMask = 2*MaxTerms - 1

func termSlot(kind Kind, key string) uint64 {
	return (xxh3.HashString(key) + uint64(kind)) & termSetMask
}

// has reports whether a term is among terms, all of which were added.
func (s *termSet) has(terms []Term, kind Kind, key string) bool {
	if len(terms) <= fewTerms {
		for i := range terms {
			if t := &terms[i]; t.Key == key && t.Kind == kind {
				return true
			}
		}
		return false
	}
	for slot := termSlot(kind, key); s[slot] != 0; slot = (slot + 1) & termSetMask {
		if t := &terms[s[slot]-1]; t.Key == key && t.Kind == kind {
			return true
		}
	}
	return false
}

// added notes the last of terms.
func (s *termSet) added(terms []Term) {
	switch n := len(terms); {
	case n <= fewTerms:
	case n == fewTerms+1:
		clear(s[:])
		for i := range terms {
			s.put(terms, i)
		}
	default:
		s.put(terms, n-1)
	}
}

func (s *termSet) put(terms []Term, i int) {
	slot := termSlot(terms[i].Kind, terms[i].Key)
	for s[slot] != 0 {
		slot = (slot + 1) & termSetMask
	}
	s[slot] = uint8(i + 1)
}
