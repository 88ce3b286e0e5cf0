package serve

import (
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// manyHours is a history in which every platform has the term in the first
// hours since 1970: more than one would write for a test.
type manyHours struct {
	History
	hours int64
}

func (m manyHours) Term(id term.ID) (store.Term, error) {
	return store.Term{ID: id, Kind: term.Hashtag, Key: "booktok"}, nil
}

func (m manyHours) Series(term.ID, int64, int64) ([]store.HourPoint, error) { return nil, nil }

func (m manyHours) Hours(from, to int64) ([]int64, error) {
	var hours []int64
	for h := from; h < min(to, m.hours); h++ {
		hours = append(hours, h)
	}
	return hours, nil
}
