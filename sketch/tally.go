package sketch

import (
	"encoding/binary"
	"math/bits"

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
	return t
}

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
			clear(t.lines[t.slot(g)])
		}
	}
	t.newest = gen
}

func (t *Tally) slot(gen int64) int {
	n := int64(len(t.lines))
	return int((gen%n + n) % n)
}

// holds reports whether a generation is among those that are kept.
func (t *Tally) holds(gen int64) bool {
	return gen <= t.newest && gen > t.newest-int64(len(t.lines))
}

// place returns the line of a key in a generation that is kept, and the hash of
// which the highest twelve bits say which lanes of it. The salt changes with the
// generation: keys that collide in one do not in the next.
func (t *Tally) place(gen int64, key uint64) (line *cmLine, hash uint64) {
	lines := t.lines[t.slot(gen)]
	hash = Mix(key, saltOf(gen))
	at, _ := bits.Mul64(hash<<12, uint64(len(lines)))
	return &lines[at], hash
}

// Add counts n uses of key in a generation. It does nothing if that is newer than
// the newest or not kept any more.
func (t *Tally) Add(gen int64, key uint64, n uint32) {
	if !t.holds(gen) {
		return
	}
	t.used = true
	line, hash := t.place(gen, key)
	a, b, c, d := line.lanes(hash)
	for _, lane := range [...]*uint16{a, b, c, d} {
		*lane = uint16(min(uint64(*lane)+uint64(n), cmMax))
	}
}

// Touch reads the line that [Tally.Add] would write, and returns a mixture of it;
// as [CountMin.Touch] does.
func (t *Tally) Touch(gen int64, key uint64) uint64 {
	line, _ := t.place(gen, key)
	return uint64(line[0])
}

// Count returns how often key was counted in a generation: never too few, unless
// full, when the truth may be higher still. It is 0 for one that is not kept.
func (t *Tally) Count(gen int64, key uint64) (n uint32, full bool) {
	if !t.holds(gen) {
		return 0, false
	}
	line, hash := t.place(gen, key)
	v := line.lowest(hash)
	return uint32(v), v == cmMax
}

const tallyVersion = 1

// AppendBinary appends the sketch's encoding to dst: version, newest generation,
// number of generations, lines of each, then per generation (the newest first) the
// lines that are not zero in the manner of [CountMin.AppendBinary].
func (t *Tally) AppendBinary(dst []byte) []byte {
	dst = append(dst, tallyVersion)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(t.newest))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(t.lines)))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(t.lines[0])))
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
	r.version(tallyVersion)
	newest := r.clock()
	if n := int(r.u32()); r.err == nil && n != len(t.lines) {
		r.fail("%d generations, this one has %d", n, len(t.lines))
	}
	r.lines(len(t.lines[0]))
	if t.used {
		for _, lines := range t.lines {
			clear(lines)
		}
	}
	t.newest, t.used = newest, true
	for back := range t.lines {
		readSparse(&r, t.lines[t.slot(newest-int64(back))], readCMLine)
	}
	return r.rest()
}
