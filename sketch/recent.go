package sketch

import (
	"encoding/binary"

	"github.com/swell-radar/swell/internal/cow"
	"github.com/swell-radar/swell/internal/offheap"
)

const (
	recentSalt    = 0x8EBC6AF09C88C6E3
	recentEpochs  = 24      // most epochs that a hash is kept behind its own
	recentWrap    = 31      // stamps run 1..31
	recentSweep   = 6       // epochs in which every line is swept once: 24 and 6 are below the wrap
	recentHourMax = 1 << 20 // a hundred years
)

// Recent tells whether a hash was added lately, in a fixed amount of memory: a
// table of tags, 16 in a cache line, in the manner of a cuckoo filter without the
// second place (Fan, Andersen, Kaminsky and Mitzenmacher, CoNEXT 2014, §2). A tag
// has 27 bits and beside it an epoch, a 24th of the time that it is kept.
//
// A hash that was never added is called seen with a chance of at most 16·2^-27,
// one in eight million, and of less while lines are not full. A hash that was added
// is never called new within the time that [Recent.Horizon] says, on average: where
// a line is full, the one added longest ago is forgotten.
//
// Concurrency: one goroutine at a time. Add takes O(1) time and one cache line, and
// allocates nothing.
type Recent struct {
	tagTable
	hours  int64 // how long a hash is kept
	length int64 // hours of an epoch
	live   int   // epochs that a hash is kept behind its own
	epoch  int64 // newest
	stamp  int   // of the newest epoch
	used   int   // entries that are not empty
	kept   memory
}

// NewRecent returns a table that keeps hashes for the given number of hours (1 to
// 2^20, others are taken as the nearest of these) and for up to two epochs longer;
// an epoch is a 24th of the hours, rounded up to a whole one. It takes at most size
// bytes of mem, or of the Go heap if mem is nil or full: at least 64, rounded down
// to a power of two. A hash takes four bytes.
func NewRecent(mem *offheap.Region, size int, hours int64) *Recent {
	lines := linesFor(size)
	hours = min(max(hours, 1), recentHourMax)
	length := (hours + recentEpochs - 1) / recentEpochs
	return &Recent{
		tagTable: newTagTable(offheap.Slice[tagLine](mem, lines)),
		hours:    hours,
		length:   length,
		live:     int((hours + length - 1) / length),
		stamp:    recentStampOf(0),
		kept:     memory{mean: float64(hours)},
	}
}

// Table returns what knows which entries changed since the last cut.
func (s *Recent) Table() *cow.Table { return s.table }

// Bytes returns the memory the table takes.
func (s *Recent) Bytes() int { return 64 * len(s.lines) }

// Len returns how many hashes the table holds, with some that are past their time
// and not swept yet.
func (s *Recent) Len() int { return s.used }

// advance makes epoch the newest and sweeps a share of the table for every epoch,
// so that all of it is swept before a stamp could be mistaken for a later one.
func (s *Recent) advance(epoch int64) {
	if epoch-s.epoch > int64(s.live) {
		if s.used > 0 { // clearing takes memory that the system has not given yet
			s.clear()
			s.used = 0
		}
		s.setEpoch(epoch)
		return
	}
	for s.epoch < epoch {
		s.setEpoch(s.epoch + 1)
		from, to := sweepPart(len(s.lines), s.epoch, recentSweep)
		for n := from; n < to; n++ {
			s.sweep(n)
		}
	}
}

func (s *Recent) setEpoch(epoch int64) { s.epoch, s.stamp = epoch, recentStampOf(epoch) }

// sweep empties the entries of a line that are past their time.
func (s *Recent) sweep(n int) {
	line := &s.lines[n]
	if line.states == [tagLanes / 4]uint64{} {
		return // as most are where there is room to spare
	}
	for at := range tagLanes {
		if state := line.state(at); state != 0 && s.age(state) > s.live {
			s.put(n, at, 0, 0)
			s.used--
		}
	}
}

// A state is the lower eleven bits of the tag and, in the lowest five, the stamp of
// the epoch, which is never zero.

const (
	recentStamp = 1<<5 - 1
	recentTag   = ^uint16(recentStamp)
)

func recentStampOf(epoch int64) int { return int(epoch%recentWrap) + 1 }

// age returns how many epochs before the newest an entry was put in.
func (s *Recent) age(state uint16) int {
	d := s.stamp - int(state&recentStamp)
	if d < 0 {
		d += recentWrap
	}
	return d
}

func (s *Recent) place(hash uint64) (n int, tag, more uint16) {
	hash = Mix(hash, recentSalt)
	return int(hash & s.mask), uint16(hash >> 48), uint16(hash>>32) & recentTag
}

// Touch reads the line that [Recent.Add] would read, and returns a mixture of it;
// as [CountMin.Touch] does.
func (s *Recent) Touch(hash uint64) uint64 {
	n, _, _ := s.place(hash)
	return s.lines[n].touch()
}

// Add reports whether a hash is new, and remembers it if so: from the given hour
// on, or from the newest that was given if that is later. To be seen again does not
// make it be kept for longer. Hours are absolute (Unix time / 3600).
func (s *Recent) Add(hash uint64, hour int64) bool {
	s.arrive(hour)
	n, tag, more := s.place(hash)
	_, before := s.enter(n, tag, recentTag, more|uint16(s.stamp), true)
	return before == 0
}

// Renew reports whether a hash is new, and remembers it from the given hour on,
// whether it is or not. What is forgotten for want of room is then what was not
// renewed for longest. A table takes hashes by one of Add and Renew.
func (s *Recent) Renew(hash uint64, hour int64) bool {
	s.arrive(hour)
	n, tag, more := s.place(hash)
	state := more | uint16(s.stamp)
	at, before := s.enter(n, tag, recentTag, state, false)
	s.setState(n, at, state)
	return before == 0
}

// arrive makes the epoch of an hour the newest, if it is.
func (s *Recent) arrive(hour int64) {
	if epoch := hour / s.length; epoch > s.epoch {
		s.advance(epoch)
	}
}

// enter returns the entry of a line with a tag, and a state that is equal under the mask,
// and the state it had; where there was none within its time, one is made with
// that state, and before is 0. In a queue the newest stands last in its line: of those of one
// epoch the first is then the oldest. Where entries are renewed that would move regulars out.
func (s *Recent) enter(n int, tag, mask, state uint16, queue bool) (at int, before uint16) {
	line := &s.lines[n]
	at, ok := line.find(tag, mask, state&mask)
	if !ok {
		at, full := s.room(line)
		if full && queue {
			s.drop(n, at)
			at = tagLanes - 1
		}
		s.put(n, at, tag, state)
		return at, 0
	}
	if before = line.state(at); s.age(before) > s.live {
		s.setState(n, at, state)
		s.kept.note(float64(s.hours))
		return at, 0
	}
	return at, before
}

// room returns the entry that a new hash gets: an empty one, one that is past its
// time, or the oldest, and whether it is that: then the line is full.
func (s *Recent) room(line *tagLine) (at int, full bool) {
	if at, ok := line.empty(); ok {
		s.used++
		s.kept.note(float64(s.hours))
		return at, false
	}
	oldest := -1
	for i := range tagLanes {
		a := s.age(line.state(i))
		if a > s.live {
			s.kept.note(float64(s.hours))
			return i, false
		}
		if a > oldest {
			oldest, at = a, i
		}
	}
	hours := int64(oldest) * s.length
	if hours < s.hours {
		s.kept.evicted++
	}
	s.kept.note(float64(min(hours, s.hours)))
	return at, true
}

// Horizon returns about how many hours back the table remembers: the hours it was
// made for as long as no hash has to be forgotten earlier, else the average over
// the last few thousand new hashes, each of which either found room or threw out
// one of that age.
func (s *Recent) Horizon() float64 { return s.kept.horizon(float64(s.hours)) }

// Evicted returns how many hashes were forgotten before their time, since the table
// was made.
func (s *Recent) Evicted() uint64 { return s.kept.evicted }

const recentVersion = 1

// AppendBinary appends the table's encoding to dst: version, newest epoch, hours,
// what was evicted, number of lines, then the lines that are not zero in the manner
// of [CountMin.AppendBinary].
func (s *Recent) AppendBinary(dst []byte) []byte {
	return appendSparse(s.AppendHead(dst), s.lines, appendTagLine)
}

// Restore replaces the state of a table by what [Recent.AppendBinary] wrote for one
// of the same size and hours, and returns the rest of data. After an error the table
// must not be used.
func (s *Recent) Restore(data []byte) (rest []byte, err error) {
	r := reader{what: "recent posts", data: data}
	s.readHead(&r)
	readSparse(&r, s.lines, readTagLine)
	s.recount()
	return r.rest()
}

// AppendHead appends what [Recent.AppendBinary] begins with: all but the lines.
func (s *Recent) AppendHead(dst []byte) []byte {
	dst = append(dst, recentVersion)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(s.epoch))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(s.hours))
	dst = s.kept.append(dst)
	return binary.LittleEndian.AppendUint32(dst, uint32(len(s.lines)))
}

// RestoreHead is [Recent.Restore] for what [Recent.AppendHead] wrote. It leaves no line
// filled: [Recent.Table] brings them back, and [Recent.Restored] ends that.
func (s *Recent) RestoreHead(data []byte) (rest []byte, err error) {
	r := reader{what: "recent posts", data: data}
	s.readHead(&r)
	return r.rest()
}

// Restored says that the lines have been brought back.
func (s *Recent) Restored() { s.recount() }

func (s *Recent) readHead(r *reader) {
	r.version(recentVersion)
	epoch, hours := int64(r.u64()), int64(r.u32())
	if r.err == nil && (epoch < 0 || hours != s.hours) {
		r.fail("epoch %d, %d hours to keep; this one keeps %d", epoch, hours, s.hours)
	}
	if s.used > 0 {
		s.clear()
		s.used = 0
	}
	s.setEpoch(max(epoch, 0))
	s.kept = r.memory(float64(s.hours))
	r.lines(len(s.lines))
}

// recount counts the entries that are not empty.
func (s *Recent) recount() {
	s.used = 0
	for n := range s.lines {
		if line := &s.lines[n]; line.states != [tagLanes / 4]uint64{} {
			for at := range tagLanes {
				if line.state(at) != 0 {
					s.used++
				}
			}
		}
	}
}
