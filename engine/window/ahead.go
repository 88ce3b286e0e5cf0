package window

import "github.com/swell-radar/swell/sketch"

// What a group of entries or authors will touch is read here before it is needed,
// in loads that do not wait for each other.

// findGroup looks up the slots of entries and reads what counting them will touch.
func (s *Shard) findGroup(entries []entry, slots []int32) {
	sink := uint64(0)
	for i := range entries {
		sink += s.index.touch(entries[i].id)
	}
	for i := range entries {
		// An ID that is not confirmed by its record is looked up again by count.
		slot := s.index.guess(entries[i].id)
		slots[i] = slot
		if slot >= 0 {
			sink += uint64(s.records[slot].newest)
		} else {
			sink += s.door.Touch(uint64(entries[i].id))
		}
	}
	for i := range entries {
		if slots[i] < 0 {
			continue
		}
		if entries[i].thin > 0 {
			sink += s.thin.Touch(s.geo.coarseOf(int64(entries[i].pane)), uint64(entries[i].id))
		}
		switch r := &s.records[slots[i]]; r.form {
		case formInline:
			sink += uint64(r.log[0])
		case formLog:
			sink += uint64(s.logs.block(r.body)[0])
		case formNarrow:
			sink += uint64(s.narrow.block(r.body)[s.geo.place(int64(entries[i].pane))])
		case formWide:
			sink += s.wide.block(r.body)[s.geo.place(int64(entries[i].pane))]
		}
	}
	s.staged.sink += sink
}

// keyGroup works out the keys of a group's meetings and reads what meeting them
// will touch. Terms with a log have no key.
func (s *Shard) keyGroup(b *Batch, group []authorRef) {
	sink := uint64(0)
	for i, a := range group {
		s.staged.keys[i] = 0
		slot := s.staged.slots[a.entry()]
		if slot < 0 {
			continue
		}
		r := &s.records[slot]
		if r.id != b.entries[a.entry()].id || !r.rings() {
			continue
		}
		key := meetingKey(r.id, a.who())
		s.staged.keys[i] = key
		sink += s.meetings.Touch(key)
		switch r.authors {
		case authorsFull:
			sink += s.registers.block(r.people)[sketch.RegistersWord(a.who()<<useWhoShift, s.cfg.AuthorPrecision)]
		case authorsScarce:
			sink += s.scarce.block(r.people)[sketch.RegistersWord(a.who()<<useWhoShift, scarcePrecision)]
		case authorsSet:
			sink += uint64(s.logs.block(r.people)[0])
		}
	}
	s.staged.sink += sink
}
