package window

import (
	"github.com/swell-radar/swell/sketch"
)

// authorsForm says where the distinct authors of a term with rings are. While a
// term has a log, the log knows them.
type authorsForm uint8

const (
	authorsNone   authorsForm = iota
	authorsSet                // a block of hashes with the hour each was last met: exact
	authorsFull               // registers of the configured precision
	authorsScarce             // registers of scarcePrecision
	authorsLost               // warmer terms have all the registers there are
)

// An author in a set: 47 bits of hash over 17 bits of hour.
const setHours = 1 << useWhoShift

func setHour(v use, now int64) int64 {
	return now - int64(uint64(now)-uint64(v))&(setHours-1)
}

// met notes that a term with rings was used by an author in an hour.
func (s *Shard) met(slot int, who uint64, hour int64) {
	r := &s.records[slot]
	switch r.authors {
	case authorsFull:
		s.registersOf(r).AddIn(s.registers.table, s.registers.line(r.people), who<<useWhoShift, hour)
	case authorsScarce:
		s.registersOf(r).AddIn(s.scarce.table, s.scarce.line(r.people), who<<useWhoShift, hour)
	case authorsSet:
		if s.metInSet(r, who, hour) {
			return
		}
		s.densify(slot)
		s.met(slot, who, hour)
	}
}

func (s *Shard) registersOf(r *record) sketch.Registers {
	if r.authors == authorsFull {
		return sketch.RegistersOver(s.registers.block(r.people), s.cfg.AuthorPrecision)
	}
	return sketch.RegistersOver(s.scarce.block(r.people), scarcePrecision)
}

// metInSet notes an author in a set, or reports false if it is full of authors
// met within the window.
func (s *Shard) metInSet(r *record, who uint64, hour int64) bool {
	set := s.logs.block(r.people)
	now := s.cfg.HourOf(int64(r.newest))
	for i, v := range set[:r.len] {
		if v.who() == who {
			if hour > setHour(v, now) {
				set[i] = use(who<<useWhoShift | uint64(hour)%setHours)
			}
			return true
		}
	}
	if int(r.len) == len(set) {
		kept := set[:0]
		for _, v := range set {
			if now-setHour(v, now) <= sketch.Span {
				kept = append(kept, v)
			}
		}
		if r.len = uint8(len(kept)); int(r.len) == len(set) {
			return false
		}
	}
	set[r.len] = use(who<<useWhoShift | uint64(hour)%setHours)
	r.len++
	return true
}

// densify turns a set into registers.
func (s *Shard) densify(slot int) {
	r := &s.records[slot]
	set, n, block := s.logs.block(r.people), int(r.len), r.people
	r.authors, r.people = s.takeRegisters(slot)
	r.len = 0
	if r.authors != authorsLost {
		now := s.cfg.HourOf(int64(r.newest))
		regs := s.registersOf(r)
		if r.authors == authorsFull {
			s.registers.touch(r.people)
		} else {
			s.scarce.touch(r.people)
		}
		for _, v := range set[:n] {
			regs.Add(v.who()<<useWhoShift, setHour(v, now))
		}
	}
	s.logs.give(block)
}

// takeRegisters returns empty registers for a slot: of full precision, if need be
// those of a colder term, which goes on with scarce ones; else scarce ones, if need
// be those of a colder term, which loses its authors.
func (s *Shard) takeRegisters(slot int) (authorsForm, uint32) {
	n := s.registers.take(slot)
	if n == 0 {
		if colder, ok := s.coldestOf(s.registers.owner, s.heat(slot)); ok && s.coarsen(colder) {
			n = s.registers.take(slot)
		}
	}
	if n != 0 {
		return authorsFull, n
	}
	if n = s.takeScarce(slot); n != 0 {
		return authorsScarce, n
	}
	s.stats.AuthorsLost++
	return authorsLost, 0
}

func (s *Shard) takeScarce(slot int) uint32 {
	n := s.scarce.take(slot)
	if n == 0 {
		if loser, ok := s.coldestOf(s.scarce.owner, s.heat(slot)); ok {
			s.loseAuthors(loser)
			n = s.scarce.take(slot)
		}
	}
	return n
}

// coarsen moves a term's authors from full registers to scarce ones, and reports
// whether there were any.
func (s *Shard) coarsen(slot int) bool {
	r := &s.records[slot]
	n := s.takeScarce(slot)
	if n == 0 {
		return false
	}
	s.scarce.touch(n)
	into := sketch.RegistersOver(s.scarce.block(n), scarcePrecision)
	if err := into.Merge(s.registersOf(r)); err != nil {
		s.scarce.give(n)
		return false
	}
	s.registers.give(r.people)
	s.slots.TouchCell(slot)
	r.authors, r.people = authorsScarce, n
	return true
}

func (s *Shard) loseAuthors(slot int) {
	s.slots.TouchCell(slot)
	r := &s.records[slot]
	s.giveAuthors(r)
	r.authors = authorsLost
	s.stats.AuthorsLost++
}

// giveAuthors frees the block of a term's distinct authors.
func (s *Shard) giveAuthors(r *record) {
	switch r.authors {
	case authorsSet:
		s.logs.give(r.people)
	case authorsFull:
		s.registers.give(r.people)
	case authorsScarce:
		s.scarce.give(r.people)
	}
	r.authors, r.people = authorsNone, 0
}

// unknownError is the relative standard error of a number of authors of whom not
// all are known.
const unknownError = 1

// Authors returns the distinct authors of a slot in the window of the given
// number of hours, and the relative standard error: 0 where the number is exact,
// 1 where memory ran short and the fresh authors of the last day stand in: a lower
// bound as long as [Shard.FreshHorizon] is a day. The window ends
// with the hour of pane or, if that is later, of the term's newest post: an
// author is remembered by when it was last met. Authors met before the term was
// tracked are not among them.
func (s *Shard) Authors(slot int, pane int64, hours int) (n uint64, stderr float64) {
	r := &s.records[slot]
	newest := int64(r.newest)
	now := s.cfg.HourOf(max(pane, newest))
	hours = min(hours, Hours)
	switch r.authors {
	case authorsFull, authorsScarce:
		return s.registersOf(r).Estimate(now, hours)
	case authorsSet:
		at := s.cfg.HourOf(newest)
		for _, v := range s.logs.block(r.people)[:r.len] {
			if now-setHour(v, at) < int64(hours) {
				n++
			}
		}
	case authorsLost:
		return s.freshIn(slot, now, hours), unknownError
	default:
		n = s.authorsInLog(r, now-int64(hours)+1)
	}
	if r.has(flagBlurred) {
		return max(n, s.freshIn(slot, now, hours)), unknownError
	}
	return n, 0
}

// AddAuthors adds a slot's distinct authors to registers, so that those of a term
// that was counted in parts, on several machines say, can be estimated as one: an
// author met in two parts counts once. The registers may be of any precision that
// is not above the term's own: [MergePrecision] always is not. It returns
// [ErrAuthorsLost] where memory ran short and not all authors are known.
func (s *Shard) AddAuthors(slot int, into sketch.Registers) error {
	r := &s.records[slot]
	newest := int64(r.newest)
	switch {
	case r.authors == authorsLost || r.has(flagBlurred):
		return ErrAuthorsLost
	case r.authors == authorsFull || r.authors == authorsScarce:
		return into.Merge(s.registersOf(r))
	case r.authors == authorsSet:
		for _, v := range s.logs.block(r.people)[:r.len] {
			into.Add(v.who()<<useWhoShift, setHour(v, s.cfg.HourOf(newest)))
		}
	default:
		for _, u := range s.log(r) {
			if !u.merged() {
				into.Add(u.who()<<useWhoShift, s.cfg.HourOf(u.pane(newest)))
			}
		}
	}
	return nil
}

// authorsInLog returns the distinct authors in a log since the given hour.
func (s *Shard) authorsInLog(r *record, since int64) (n uint64) {
	log, newest := s.log(r), int64(r.newest)
	within := func(u use) bool { return !u.merged() && s.cfg.HourOf(u.pane(newest)) >= since }
next:
	for i, u := range log {
		if !within(u) {
			continue
		}
		for _, v := range log[:i] {
			if v.who() == u.who() && within(v) {
				continue next
			}
		}
		n++
	}
	return n
}

// freshIn returns how many authors were fresh to a term in the window of the given
// number of hours, of which the last 24 are looked at, so that nobody counts twice.
// A repost's author counts half.
func (s *Shard) freshIn(slot int, now int64, hours int) uint64 {
	first := (now - int64(min(hours, 24)) + 1) * s.cfg.PanesPerHour()
	halves := uint64(0)
	for n := s.geo.coarseOf(first); n <= s.geo.coarseOf(int64(s.records[slot].newest)); n++ {
		_, h := s.Coarse(slot, n)
		halves += uint64(h)
	}
	return halves / 2
}
