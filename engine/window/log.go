package window

import (
	"math"
	"slices"
)

// A log holds the uses of a term one by one, as long as they are few. Everything
// that rings and registers tell can be computed from it exactly.

const (
	logInline = 8  // uses that fit into a record
	logRoom   = 32 // uses of a log of its own
)

// use is one use of a term, or several posts of one pane merged.
//
//	bit  0       the author was fresh (one use)
//	bits 1..2    weight in halves; 0 marks merged posts
//	bits 3..16   pane, modulo 2^14
//	bits 17..63  one use: hash of the author; merged: posts (24 bits), halves of
//	             fresh authors (23 bits)
type use uint64

const (
	useFresh      = 1
	usePaneShift  = 3
	usePanes      = 1 << 14
	useWhoShift   = 17
	useFreshBits  = 23
	useMostPosts  = 1<<24 - 1
	useMostHalves = 1<<useFreshBits - 1
)

func useOf(pane int64, who uint64, halves uint8) use {
	return use(who<<useWhoShift | uint64(pane)%usePanes<<usePaneShift | uint64(halves)<<1)
}

func mergedUse(pane int64, posts, halves uint64) use {
	return use((posts<<useFreshBits|halves)<<useWhoShift | uint64(pane)%usePanes<<usePaneShift)
}

func (u use) halves() uint8 { return uint8(u>>1) & 3 }
func (u use) merged() bool  { return u.halves() == 0 }
func (u use) fresh() bool   { return u&useFresh != 0 }
func (u use) who() uint64   { return uint64(u) >> useWhoShift }

// pane returns the pane of a use in a log whose newest pane is given.
func (u use) pane(newest int64) int64 {
	return newest - int64(uint64(newest)-uint64(u)>>usePaneShift)&(usePanes-1)
}

// counts returns the posts and the halves of fresh authors that a use stands for.
func (u use) counts() (posts, halves uint64) {
	switch {
	case u.merged():
		return u.who() >> useFreshBits, u.who() & useMostHalves
	case u.fresh():
		return 1, uint64(u.halves())
	default:
		return 1, 0
	}
}

// meeting is what one use of a term by an author did to the credits of fresh
// authors: halves added in its own pane, halves taken back from a later one.
type meeting struct {
	add, take uint8
	from      int64
}

// meetInLog decides who is fresh when an author uses a term in a pane, from the
// uses in the log alone, so that the order in which they came does not matter. It
// corrects the credit of a later use. same is the place of the author's use in
// this very pane, or -1.
func meetInLog(log []use, newest, pane, day int64, who uint64, halves uint8) (m meeting, same int) {
	same, later := -1, -1
	before, after := int64(math.MinInt64), int64(math.MaxInt64)
	for i, u := range log {
		if u.who() != who || u.merged() {
			continue
		}
		switch p := u.pane(newest); {
		case p == pane:
			same = i
		case p < pane:
			before = max(before, p)
		case p < after:
			after, later = p, i
		}
	}
	fresh := before < pane-day
	if same >= 0 {
		u := log[same]
		if old := u.halves(); old < halves {
			log[same] = u&^(3<<1) | use(halves)<<1
			if u.fresh() {
				m.add = halves - old
			}
		}
		return m, same
	}
	if fresh {
		m.add = halves
	}
	if later >= 0 && after <= pane+day && log[later].fresh() {
		log[later] &^= useFresh
		m.take, m.from = log[later].halves(), after
	}
	return m, same
}

// mergedAt returns the place of the merged posts of a pane, or -1.
func mergedAt(log []use, newest, pane int64) int {
	for i, u := range log {
		if u.merged() && u.pane(newest) == pane {
			return i
		}
	}
	return -1
}

// addMerged adds to merged posts; it reports false if they would not fit.
func (u *use) addMerged(posts, halves uint64) bool {
	p, h := u.counts()
	if p+posts > useMostPosts || h+halves > useMostHalves {
		return false
	}
	*u += use((posts<<useFreshBits | halves) << useWhoShift)
	return true
}

// squeeze merges the uses of each pane and returns what is left, in the order of
// the panes. Posts and fresh authors stay exact; who they were is forgotten.
func squeeze(log []use, newest int64) []use {
	slices.SortFunc(log, func(a, b use) int { return int(a.pane(newest) - b.pane(newest)) })
	out := log[:0]
	for _, u := range log {
		posts, halves := u.counts()
		pane := u.pane(newest)
		if n := len(out); n > 0 && out[n-1].pane(newest) == pane && out[n-1].addMerged(posts, halves) {
			continue
		}
		out = append(out, mergedUse(pane, posts, halves))
	}
	return out
}
