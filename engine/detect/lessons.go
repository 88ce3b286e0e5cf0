package detect

import (
	"cmp"
	"slices"
)

// lessons are what the trends of one tick taught. They are taken in when the tick
// is over, in an order that the terms' IDs have no part in.
type lessons struct {
	settled []settled
	ended   []ended
}

// learn takes in the tick's lessons.
func (j *Judge) learn() {
	l := &j.lessons
	slices.SortStableFunc(l.settled, func(a, b settled) int {
		return cmp.Or(cmp.Compare(a.platform, b.platform), cmp.Compare(a.tier, b.tier), -compareBool(a.right, b.right))
	})
	for i := range l.settled {
		j.trustOf(l.settled[i].platform).learn(&l.settled[i])
	}
	slices.SortStableFunc(l.ended, func(a, b ended) int {
		return cmp.Or(cmp.Compare(a.platform, b.platform), cmp.Compare(a.kind, b.kind), cmp.Compare(a.life, b.life), cmp.Compare(a.fade, b.fade))
	})
	for i := range l.ended {
		j.learnLife(&l.ended[i])
	}
	l.settled, l.ended = l.settled[:0], l.ended[:0]
}

// compareBool orders false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
