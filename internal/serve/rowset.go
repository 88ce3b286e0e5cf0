package serve

import (
	"math/bits"
)

// rowSet is a set of rows of one ranking: a bit for each.
type rowSet []uint64

func newRowSet(rows int) rowSet { return make(rowSet, (rows+63)/64) }

// firstRows returns the set of the first n of rows.
func firstRows(n, rows int) rowSet {
	s := newRowSet(rows)
	for i := range n / 64 {
		s[i] = ^uint64(0)
	}
	if n%64 > 0 {
		s[n/64] = 1<<(n%64) - 1
	}
	return s
}

func (s rowSet) add(row int32)      { s[row/64] |= 1 << (row % 64) }
func (s rowSet) has(row int32) bool { return s[row/64]>>(row%64)&1 == 1 }

func (s rowSet) count() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// common returns how many rows are in both sets.
func (s rowSet) common(other rowSet) (n int) {
	for i, w := range s {
		n += bits.OnesCount64(w & other[i])
	}
	return n
}

// keep leaves what is in other as well.
func (s rowSet) keep(other rowSet) {
	for i := range s {
		s[i] &= other[i]
	}
}

// join adds what is in other.
func (s rowSet) join(other rowSet) {
	for i := range s {
		s[i] |= other[i]
	}
}

// leave takes the rows of another set out, which may be nil.
func (s rowSet) leave(other rowSet) {
	for i := range other {
		s[i] &^= other[i]
	}
}
