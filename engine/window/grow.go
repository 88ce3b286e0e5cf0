package window

import (
	"slices"
)

// kept is how many panes back a log keeps uses: the window, and what a reader of
// an older closed pane may still see.
func (g *geometry) kept() int64 { return g.panes + g.open + g.perCoarse }

// add counts posts and halves of fresh authors of a term in a pane that it holds.
func (s *Shard) add(slot int, pane int64, posts, halves uint32) {
	r := &s.records[slot]
	if !r.rings() {
		s.addInLog(slot, pane, posts, halves)
		return
	}
	at, holds := s.geo.place(pane), true
	if pane != int64(r.newest) {
		if at, holds = s.geo.at(pane, int64(r.newest)); !holds {
			return
		}
	}
	if r.form == formNarrow {
		c := &s.narrow.block(r.body)[at]
		sum, fits := plus(*c, posts, halves)
		if fits || !s.widen(slot) {
			if !fits {
				sum = stopped(*c, posts, halves)
				s.stop(slot)
			}
			*c = sum
			return
		}
	}
	c := &s.wide.block(r.body)[at]
	sum, fits := plus(*c, posts, halves)
	if !fits {
		sum = stopped(*c, posts, halves)
		s.stop(slot)
	}
	*c = sum
}

// takeBack takes back halves of fresh authors from a ring.
func (s *Shard) takeBack(r *record, pane int64, halves uint32) {
	if !r.rings() {
		return
	}
	at, holds := s.geo.at(pane, int64(r.newest))
	switch {
	case !holds:
	case r.form == formNarrow:
		c := &s.narrow.block(r.body)[at]
		*c -= min(*c>>16, halves) << 16
	default:
		c := &s.wide.block(r.body)[at]
		*c -= min(*c>>32, uint64(halves)) << 32
	}
}

// addInLog merges posts into a log.
func (s *Shard) addInLog(slot int, pane int64, posts, halves uint32) {
	r := &s.records[slot]
	log, newest := s.log(r), int64(r.newest)
	if i := mergedAt(log, newest, pane); i >= 0 && log[i].addMerged(uint64(posts), uint64(halves)) {
		return
	}
	n := min(posts, useMostPosts)
	if !s.append(slot, mergedUse(pane, uint64(n), uint64(min(halves, useMostHalves)))) {
		return
	}
	if r.rings() {
		s.add(slot, pane, posts, halves)
	} else if posts > n {
		s.add(slot, pane, posts-n, 0)
	}
}

// append adds a use to a term's log. If the term outgrows the log it gets rings
// instead, without the use; if there is no room at all it goes back to the
// doorkeeper with the use, and append reports false.
func (s *Shard) append(slot int, u use) bool {
	r := &s.records[slot]
	if int(r.len) == cap(s.log(r)) && !s.grow(slot) {
		posts, _ := u.counts()
		s.door.Add(uint64(r.id), uint32(posts))
		s.expel(slot)
		return false
	}
	switch r.form {
	case formInline:
		r.log[r.len] = u
		r.len++
	case formLog:
		s.logs.block(r.body)[r.len] = u
		r.len++
	}
	return true
}

// grow makes room in a full log: by what has left the window, by a larger log, by
// rings, or, where blocks have run out and nobody colder has one, by merging the
// uses of each pane. It reports false if all that did not help.
func (s *Shard) grow(slot int) bool {
	r := &s.records[slot]
	if s.expire(r, int64(r.newest)) {
		return true
	}
	switch r.form {
	case formInline:
		if n := takeBlock(s, &s.logs, slot); n != 0 {
			copy(s.logs.block(n), r.log[:])
			r.form, r.body = formLog, n
			return true
		}
	case formLog:
		if n := takeBlock(s, &s.narrow, slot); n != 0 {
			s.promote(slot, n)
			return true
		}
	}
	log := s.log(r)
	left := squeeze(log, int64(r.newest))
	if len(left) == len(log) {
		return false
	}
	r.len = uint8(len(left))
	r.flags |= flagBlurred
	s.stats.Blurred++
	return true
}

// expire drops uses that have left what a log keeps behind the given newest pane,
// and reports whether there were any.
func (s *Shard) expire(r *record, pane int64) bool {
	log := s.log(r)
	newest := int64(r.newest)
	kept := slices.DeleteFunc(log, func(u use) bool { return pane-u.pane(newest) > s.geo.kept() })
	r.len = uint8(len(kept))
	return len(kept) < len(log)
}

// takeBlock returns an empty block for a slot; where all are in use, that of a
// colder term, which goes back to the doorkeeper. It returns 0 if there is none.
func takeBlock[T any](s *Shard, p *pool[T], slot int) uint32 {
	if n := p.take(slot); n != 0 {
		return n
	}
	victim, ok := s.coldestOf(p.owner, s.heat(slot))
	if !ok {
		return 0
	}
	s.expel(victim)
	return p.take(slot)
}

// promote turns a log of its own into narrow rings and a set of authors, for which
// the block of the log is used.
func (s *Shard) promote(slot int, ring uint32) {
	r := &s.records[slot]
	var log [logRoom]use
	n := copy(log[:], s.log(r))
	newest := int64(r.newest)
	r.people, r.authors, r.len = r.body, authorsSet, 0
	r.form, r.body = formNarrow, ring
	slices.SortStableFunc(log[:n], func(a, b use) int { return int(a.pane(newest) - b.pane(newest)) })
	for _, u := range log[:n] {
		pane := u.pane(newest)
		posts, halves := u.counts()
		s.add(slot, pane, uint32(posts), uint32(halves))
		if !u.merged() {
			s.meetings.Meet(meetingKey(r.id, u.who()), pane, u.halves())
			s.met(slot, u.who(), s.cfg.HourOf(pane))
		}
	}
}

// widen gives a term wide rings and reports whether it could.
func (s *Shard) widen(slot int) bool {
	n := takeBlock(s, &s.wide, slot)
	if n == 0 {
		return false
	}
	r := &s.records[slot]
	wide := s.wide.block(n)
	for i, c := range s.narrow.block(r.body) {
		posts, halves := split(c)
		wide[i] = uint64(halves)<<32 | uint64(posts)
	}
	s.narrow.give(r.body)
	r.form, r.body = formWide, n
	return true
}
