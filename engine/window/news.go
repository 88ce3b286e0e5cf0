package window

import (
	"iter"
	"math/bits"
)

// news marks the slots of which something was changed that is told once: which
// term has it, how that is spelt, from when on and how well it is counted. It
// decides nothing.
type news []uint64

func newNews(slots int) news { return make(news, (slots+63)/64) }

func (n news) mark(slot int) { n[slot>>6] |= 1 << (slot & 63) }

// News yields the slots, in ascending order, of which [Shard.Info] has come to say
// something else since News was called last, counts aside; also those that were
// given up. Cost: a look at each 64 slots.
func (s *Shard) News() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, word := range s.news {
			s.news[i] = 0
			for ; word != 0; word &= word - 1 {
				if !yield(i*64 + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// Untold yields the slots that News would yield, and leaves them to it.
func (s *Shard) Untold() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, word := range s.news {
			for ; word != 0; word &= word - 1 {
				if !yield(i*64 + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// TellAgain has News yield a slot.
func (s *Shard) TellAgain(slot int) { s.news.mark(slot) }

// Used reports whether a slot is in use.
func (s *Shard) Used(slot int) bool { return s.records[slot].used() }

// PaneCounts returns a slot's posts and fresh authors (in halves) of one pane, which
// must be among the newest [Panes] of the term.
func (s *Shard) PaneCounts(slot int, pane int64) (posts, halves uint32) {
	r := &s.records[slot]
	newest := int64(r.newest)
	switch {
	case pane > newest || newest-pane >= s.geo.fine:
		return 0, 0
	case r.form == formNarrow:
		return split(s.narrow.block(r.body)[s.geo.place(pane)])
	case r.form == formWide:
		return split(s.wide.block(r.body)[s.geo.place(pane)])
	}
	for _, u := range s.log(r) {
		if u.pane(newest) == pane {
			a, b := u.counts()
			posts, halves = posts+uint32(a), halves+uint32(b)
		}
	}
	return posts, halves
}

// stop notes that a counter of a term reached its top.
func (s *Shard) stop(slot int) {
	if r := &s.records[slot]; !r.has(flagStopped) {
		r.flags |= flagStopped
		s.news.mark(slot)
	}
}
