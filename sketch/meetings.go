package sketch

import (
	"encoding/binary"

	"github.com/swell-radar/swell/internal/cow"
	"github.com/swell-radar/swell/internal/offheap"
)

const (
	meetSalt   = 0xE7037ED1A0B428DB
	meetWrap   = 2048 // a stamp is the pane modulo this
	meetDayMax = 1440 // panes of a minute in a day
	meetSweep  = 512  // panes in which every line is swept once

	// An entry matters until a meeting one pane before the newest could no longer
	// be told from one that came exactly a day and a pane after it.
	meetSlack = 2
)

// Meetings decides who is a fresh author of a term: it remembers when a pair of
// term and author last met, in a fixed amount of memory, 16 pairs in a cache line.
//
// Let H be the panes of a day. An author is fresh to a term in pane p if they did
// not meet in the panes p-H to p-1. The credit that a fresh author gives to p is
// the weight of their heaviest meeting in p, in halves of an author: 1 for a
// repost, 2 for an original post. So the credits are a function of the set of
// meetings. [Meetings.Meet] arrives at them whatever the order in which the
// meetings of two adjacent panes come: it takes a credit back when an earlier
// meeting turns up. A meeting that comes more than a pane after a later one of the
// same pair gives no credit and is not remembered.
//
// There are two errors. A pair whose line and 16-bit tag are those of another may
// be called seen while it is fresh: [Meetings.FalseSeen] measures how often. And
// where a line is full, the pair that met longest ago is forgotten, and may be
// called fresh too early: [Meetings.Horizon] says how far back it remembers.
//
// Concurrency: one goroutine at a time. Meet takes O(1) time and one cache line,
// and allocates nothing.
type Meetings struct {
	tagTable
	newest int64 // newest pane
	day    int64 // H
	used   bool  // something was put in since all was cleared
	kept   memory
}

// NewMeetings returns a table that takes at most size bytes of mem, or of the Go
// heap if mem is nil or full: at least 64, rounded down to a power of two. A pair
// takes four bytes. day is H, the panes of a day: 1 to 1440, others are taken as
// the nearest of these.
func NewMeetings(mem *offheap.Region, size int, day int64) *Meetings {
	lines := linesFor(size)
	day = min(max(day, 1), meetDayMax)
	return &Meetings{
		tagTable: newTagTable(offheap.Slice[tagLine](mem, lines)),
		day:      day,
		kept:     memory{mean: float64(day)},
	}
}

// Table returns what knows which entries changed since the last cut.
func (f *Meetings) Table() *cow.Table { return f.table }

// Bytes returns the memory the table takes.
func (f *Meetings) Bytes() int { return 64 * len(f.lines) }

// Advance makes pane the newest; an older one changes nothing. It sweeps a share
// of the table for every pane, so that all of it is swept before a stamp could be
// mistaken for a later one. A leap of more than a day clears it all.
func (f *Meetings) Advance(pane int64) {
	if pane <= f.newest {
		return
	}
	if pane-f.newest > f.day+meetSlack {
		if f.used { // clearing takes memory that the system has not given yet
			f.clear()
			f.used = false
		}
		f.newest = pane
		return
	}
	for f.newest < pane {
		f.newest++
		from, to := sweepPart(len(f.lines), f.newest, meetSweep)
		for n := from; n < to; n++ {
			f.sweep(n)
		}
	}
}

// sweep empties the entries of a line that do not matter any more.
func (f *Meetings) sweep(n int) {
	line := &f.lines[n]
	for at := range tagLanes {
		if s := line.state(at); s != 0 && f.age(meeting(s)) > f.day+meetSlack {
			f.put(n, at, 0, 0)
		}
	}
}

// meeting is the state of an entry: from the highest bit on, the pane of the last
// meeting modulo 2048, the credit of that pane and of the pane before, and whether
// the meeting before lay exactly a day and a pane before the last.
//
// The last is all that has to be known of the past when a meeting one pane before a
// credited one turns up: the credited one was fresh, so they had not met within a
// day before it; the new one's day begins a pane earlier.
type meeting uint16

// credit is what a pane has of a pair.
type credit uint16

const (
	unmet  credit = iota // did not meet; an entry whose last pane has this is empty
	seen                 // met, not fresh
	repost               // fresh, credited with one half
	post                 // fresh, credited with two
)

func meetingOf(pane int64, last, before credit, dayBefore bool) meeting {
	m := meeting(pane&(meetWrap-1))<<5 | meeting(last)<<3 | meeting(before)<<1
	if dayBefore {
		m |= 1
	}
	return m
}

func (m meeting) last() credit    { return credit(m >> 3 & 3) }
func (m meeting) before() credit  { return credit(m >> 1 & 3) }
func (m meeting) dayBefore() bool { return m&1 != 0 }

// with returns m with other credits; dayBefore is used up by then.
func (m meeting) with(last, before credit) meeting {
	return m&^0x1f | meeting(last)<<3 | meeting(before)<<1
}

// halves returns the credit as a number.
func (c credit) halves() uint8 {
	if c <= seen {
		return 0
	}
	return uint8(c - seen)
}

// age returns how many panes before the newest a pair last met.
func (f *Meetings) age(m meeting) int64 { return (f.newest - int64(m>>5)) & (meetWrap - 1) }

func (f *Meetings) place(key uint64) (n int, tag uint16) {
	hash := Mix(key, meetSalt)
	return int(hash & f.mask), uint16(hash >> 48)
}

// Touch reads the line that [Meetings.Meet] would read, and returns a mixture of
// it, as [CountMin.Touch] does.
func (f *Meetings) Touch(key uint64) uint64 {
	n := Mix(key, meetSalt) & f.mask
	return f.lines[n].touch() ^ uint64(f.table.Peek(int(n)))
}

// Meet notes that the pair of this key, say [Mix] of term and author, met in a pane
// with a weight of 1 or 2 halves (others are taken as the nearest of these). The
// caller has to give `add` halves of credit to the pane, and to take back `take`
// halves from the later pane `from`, which means nothing if take is 0. A pane newer
// than the newest advances the table; one that is more than a day older is ignored.
func (f *Meetings) Meet(key uint64, pane int64, halves uint8) (add, take uint8, from int64) {
	if pane > f.newest {
		f.Advance(pane)
	} else if f.newest-pane > f.day {
		return 0, 0, 0
	}
	fresh := repost
	if halves > 1 {
		fresh = post
	}
	n, tag := f.place(key)
	line := &f.lines[n]
	at, ok := line.find(tag, 0, 0)
	if !ok {
		f.used = true
		f.put(n, f.room(line), tag, uint16(meetingOf(pane, fresh, unmet, false)))
		return fresh.halves(), 0, 0
	}
	m := meeting(line.state(at))
	last, before := m.last(), m.before()
	later := pane - (f.newest - f.age(m))
	switch {
	case later > f.day:
		m = meetingOf(pane, fresh, unmet, later == f.day+1)
		add = fresh.halves()
	case later > 1:
		m = meetingOf(pane, seen, unmet, false)
	case later == 1:
		m = meetingOf(pane, seen, last, false)
	case later == 0:
		if last == repost && fresh == post {
			m, add = m|meeting(post)<<3, 1 // keeps dayBefore, which may be asked for yet
		}
	case later == -1 && before == unmet && last == seen:
		// They had met within the day before the last meeting, and not in this
		// pane: so within the day before this pane as well.
		m = m.with(seen, seen)
	case later == -1 && before == unmet:
		take, from = last.halves(), pane+1
		if m.dayBefore() {
			m = m.with(seen, seen)
		} else {
			m, add = m.with(seen, fresh), fresh.halves()
		}
	case later == -1 && before == repost && fresh == post:
		m, add = m.with(last, post), 1
	}
	f.setState(n, at, uint16(m))
	return add, take, from
}

// room returns the entry that a new pair gets: an empty one, one that does not
// matter any more, or the oldest.
func (f *Meetings) room(line *tagLine) int {
	if at, ok := line.empty(); ok {
		f.kept.note(float64(f.day))
		return at
	}
	oldest, at := int64(-1), 0
	for i := range tagLanes {
		a := f.age(meeting(line.state(i)))
		if a > f.day+meetSlack {
			f.kept.note(float64(f.day))
			return i
		}
		if a > oldest {
			oldest, at = a, i
		}
	}
	f.kept.note(float64(min(oldest, f.day)))
	if oldest <= f.day {
		f.kept.evicted++
	}
	return at
}

// Horizon returns about how many panes back the table remembers: a day as long as
// no pair has to be forgotten earlier, else the average over the last few thousand
// new pairs, each of which either found room or threw out one of that age.
func (f *Meetings) Horizon() (panes float64) { return f.kept.horizon(float64(f.day)) }

// Evicted returns how many pairs were forgotten within a day of their meeting, since
// the table was made.
func (f *Meetings) Evicted() uint64 { return f.kept.evicted }

// FalseSeen returns the share of fresh pairs that would be called seen in the newest
// pane, measured by looking up that many pairs that never met.
func (f *Meetings) FalseSeen(probes int) float64 {
	hits := 0
	for i := range probes {
		n, tag := f.place(probeKey(i))
		line := &f.lines[n]
		if at, ok := line.find(tag, 0, 0); ok && f.age(meeting(line.state(at))) <= f.day {
			hits++
		}
	}
	return float64(hits) / float64(max(probes, 1))
}

const meetVersion = 1

// AppendBinary appends the table's encoding to dst: version, newest pane, panes of
// a day, what was evicted, number of lines, then the lines that are not zero in the
// manner of [CountMin.AppendBinary].
func (f *Meetings) AppendBinary(dst []byte) []byte {
	return appendSparse(f.AppendHead(dst), f.lines, appendTagLine)
}

// Restore replaces the state of a table by what [Meetings.AppendBinary] wrote for
// one of the same size and day, and returns the rest of data. After an error the
// table must not be used.
func (f *Meetings) Restore(data []byte) (rest []byte, err error) {
	r := reader{what: "meetings", data: data}
	f.readHead(&r)
	readSparse(&r, f.lines, readTagLine)
	return r.rest()
}

// AppendHead appends what [Meetings.AppendBinary] begins with: all but the lines.
func (f *Meetings) AppendHead(dst []byte) []byte {
	dst = append(dst, meetVersion)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(f.newest))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(f.day))
	dst = f.kept.append(dst)
	return binary.LittleEndian.AppendUint32(dst, uint32(len(f.lines)))
}

// RestoreHead is [Meetings.Restore] for what [Meetings.AppendHead] wrote. It leaves no
// line filled: [Meetings.Table] brings them back.
func (f *Meetings) RestoreHead(data []byte) (rest []byte, err error) {
	r := reader{what: "meetings", data: data}
	f.readHead(&r)
	return r.rest()
}

func (f *Meetings) readHead(r *reader) {
	r.version(meetVersion)
	f.newest = r.clock()
	if day := int64(r.u32()); r.err == nil && day != f.day {
		r.fail("%d panes a day, this one has %d", day, f.day)
	}
	if f.used {
		f.clear()
	}
	f.kept, f.used = r.memory(float64(f.day)), true
	r.lines(len(f.lines))
}
