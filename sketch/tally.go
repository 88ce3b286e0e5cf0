package sketch

import (
	"encoding/binary"
	"math/bits"

	"github.com/swell-radar/swell/internal/cow"
	"github.com/swell-radar/swell/internal/offheap"
)

// Tally counts keys by generation in a fixed amount of memory, never too few, and
// the same in whatever order they come.
//
// It is a count-min sketch (Cormode and Muthukrishnan, J. Algorithms 55, 2005, §3)
// for each of the newest generations, blocked like [CountMin] so that all rows of a
// key lie in one cache line. The update is the plain one: the conservative one of
// CountMin errs less, but its errors depend on the order of the keys.
//
// Counters stop at 65,535; [Tally.Count] says when one did.
//
// Concurrency: one goroutine at a time. Add and Count take O(1) time and one cache
// line, and allocate nothing.
type Tally struct {
	lines  [][]cmLine // of a generation, by its number modulo theirs
	table  *cow.Table
	newest int64
	used   bool // something was counted since all was cleared
}

// NewTally returns a sketch that keeps so many generations (at least 1) and takes
// at most size bytes of mem, or of the Go heap if mem is nil or full, for all of
// them together: at least 64 each, in whole lines of 64.
func NewTally(mem *offheap.Region, size, generations int) *Tally {
	generations = max(generations, 1)
	n := max(size/(generations*cmWidth*2), 1)
	t := &Tally{lines: make([][]cmLine, generations)}
	for g := range t.lines {
		t.lines[g] = offheap.Slice[cmLine](mem, n)
	}
	t.table = cow.NewTable(&wordsOf[cmLine, *cmLine]{t.lines, n}, generations*n*lineWords, wordBytes)
	return t
}

// Table returns what knows which counters changed since the last cut.
func (t *Tally) Table() *cow.Table { return t.table }

// Bytes returns the memory the counters take.
func (t *Tally) Bytes() int { return len(t.lines) * len(t.lines[0]) * cmWidth * 2 }

// Advance makes gen the newest generation and forgets those that leave by that. An
// older gen changes nothing. A step costs one pass over a generation's memory.
func (t *Tally) Advance(gen int64) {
	if gen <= t.newest {
		return
	}
	if t.used { // clearing takes memory that the system has not given yet
		for g := max(t.newest+1, gen-int64(len(t.lines))+1); g <= gen; g++ {
			t.clear(t.slot(g))
		}
	}
	t.newest = gen
}

// clear forgets the generation that has a slot.
func (t *Tally) clear(slot int) {
	lines := t.lines[slot]
	t.table.TouchLines(slot*len(lines), (slot+1)*len(lines))
	clear(lines)
}

func (t *Tally) slot(gen int64) int {
	n := int64(len(t.lines))
	return int((gen%n + n) % n)
}

// holds reports whether a generation is among those that are kept.
func (t *Tally) holds(gen int64) bool {
	return gen <= t.newest && gen > t.newest-int64(len(t.lines))
}

// place returns the slot of a generation that is kept, the line of a key in it, and the hash of
// which the highest twelve bits say which lanes of it. The salt changes with the
// generation: keys that collide in one do not in the next.
func (t *Tally) place(gen int64, key uint64) (slot int, at, hash uint64) {
	slot = t.slot(gen)
	hash = Mix(key, saltOf(gen))
	at, _ = bits.Mul64(hash<<12, uint64(len(t.lines[slot])))
	return slot, at, hash
}

// Add counts n uses of key in a generation. It does nothing if that is newer than
// the newest or not kept any more.
func (t *Tally) Add(gen int64, key uint64, n uint32) {
	if !t.holds(gen) {
		return
	}
	t.used = true
	slot, at, hash := t.place(gen, key)
	t.table.Touch(slot*len(t.lines[slot])+int(at), words(hash))
	a, b, c, d := t.lines[slot][at].lanes(hash)
	for _, lane := range [...]*uint16{a, b, c, d} {
		*lane = uint16(min(uint64(*lane)+uint64(n), cmMax))
	}
}

// Touch reads the line that [Tally.Add] would write, and returns a mixture of it;
// as [CountMin.Touch] does.
func (t *Tally) Touch(gen int64, key uint64) uint64 {
	slot, at, _ := t.place(gen, key)
	return uint64(t.lines[slot][at][0])
}

// Count returns how often key was counted in a generation: never too few, unless
// full, when the truth may be higher still. It is 0 for one that is not kept.
func (t *Tally) Count(gen int64, key uint64) (n uint32, full bool) {
	if !t.holds(gen) {
		return 0, false
	}
	slot, at, hash := t.place(gen, key)
	v := t.lines[slot][at].lowest(hash)
	return uint32(v), v == cmMax
}

const tallyVersion = 1

// AppendBinary appends the sketch's encoding to dst: version, newest generation,
// number of generations, lines of each, then per generation (the newest first) the
// lines that are not zero in the manner of [CountMin.AppendBinary].
func (t *Tally) AppendBinary(dst []byte) []byte {
	dst = t.AppendHead(dst)
	for back := range t.lines {
		dst = appendSparse(dst, t.lines[t.slot(t.newest-int64(back))], appendCMLine)
	}
	return dst
}

// Restore replaces the state of a sketch by what [Tally.AppendBinary] wrote for one
// of the same size and generations, and returns the rest of data. After an error
// the sketch must not be used.
func (t *Tally) Restore(data []byte) (rest []byte, err error) {
	r := reader{what: "tally", data: data}
	t.readHead(&r)
	for back := range t.lines {
		readSparse(&r, t.lines[t.slot(t.newest-int64(back))], readCMLine)
	}
	return r.rest()
}

// AppendHead appends what [Tally.AppendBinary] begins with: all but the lines.
func (t *Tally) AppendHead(dst []byte) []byte {
	dst = append(dst, tallyVersion)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(t.newest))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(t.lines)))
	return binary.LittleEndian.AppendUint32(dst, uint32(len(t.lines[0])))
}

// RestoreHead is [Tally.Restore] for what [Tally.AppendHead] wrote. It leaves no line
// filled: [Tally.Table] brings them back.
func (t *Tally) RestoreHead(data []byte) (rest []byte, err error) {
	r := reader{what: "tally", data: data}
	t.readHead(&r)
	return r.rest()
}

func (t *Tally) readHead(r *reader) {
	r.version(tallyVersion)
	newest := r.clock()
	if n := int(r.u32()); r.err == nil && n != len(t.lines) {
		r.fail("%d generations, this one has %d", n, len(t.lines))
	}
	r.lines(len(t.lines[0]))
	if t.used {
		for slot := range t.lines {
			t.clear(slot)
		}
	}
	t.newest, t.used = newest, true
}
