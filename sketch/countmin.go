package sketch

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/swell-radar/swell/internal/cow"
	"github.com/swell-radar/swell/internal/offheap"
)

const (
	cmRows  = 4                  // rows of a line, each with its own choice of lane
	cmLanes = 8                  // counters a row has within a line
	cmWidth = cmRows * cmLanes   // counters of a line: 64 bytes, one cache line
	cmMax   = math.MaxUint16     // a counter stops here
	cmGens  = 2                  // generations kept
	cmSalt  = 0xA0761D6478BD642F // start of the salt sequence
)

// cmLine is one cache line of counters: row r of a key lies in lanes
// [r*cmLanes, (r+1)*cmLanes).
type cmLine [cmWidth]uint16

// CountMin counts keys in a fixed amount of memory and never counts too few.
//
// It is a count-min sketch (Cormode and Muthukrishnan, J. Algorithms 55, 2005,
// §3) with conservative update (Estan and Varghese, SIGCOMM 2002, §4.2), blocked
// so that all rows of a key lie in one cache line. It keeps two generations with
// a salt each: two keys that collide in one generation do not collide in the
// next. The estimate is the sum over both, so it covers at least one full
// generation of history and at most two.
//
// Counters stop at 65,535; [CountMin.Estimate] says when one did.
//
// Concurrency: one goroutine at a time. Add and Estimate take O(1) time and two
// cache lines, and allocate nothing.
type CountMin struct {
	lines [cmGens][]cmLine // [0] is the current generation
	first [cmGens]int      // of these lines, in the table
	both  [cmGens][]cmLine // by the lowest bit of the generation
	table *cow.Table
	salt  [cmGens]uint64
	gen   int64
	mask  uint64
	used  bool // something was counted since all was cleared
}

// NewCountMin returns a sketch that takes at most the given number of bytes of
// mem, or of the Go heap if mem is nil or full, for its two generations together,
// at least 128, rounded down to a power of two.
func NewCountMin(mem *offheap.Region, size int) *CountMin {
	n := max(size/(cmGens*cmWidth*2), 1)
	n = 1 << (bits.Len(uint(n)) - 1)
	c := &CountMin{mask: uint64(n - 1)}
	for g := range c.both {
		c.both[g] = offheap.Slice[cmLine](mem, n)
	}
	c.table = cow.NewTable(&wordsOf[cmLine, *cmLine]{c.both[:], n}, cmGens*n*lineWords, wordBytes)
	c.turn(0)
	return c
}

// turn makes gen the current generation.
func (c *CountMin) turn(gen int64) {
	now := int(gen & 1)
	c.gen = gen
	c.lines = [cmGens][]cmLine{c.both[now], c.both[1-now]}
	c.first = [cmGens]int{now * len(c.both[0]), (1 - now) * len(c.both[0])}
	c.salt = [cmGens]uint64{saltOf(gen), saltOf(gen - 1)}
}

// Table returns what knows which counters changed since the last cut.
func (c *CountMin) Table() *cow.Table { return c.table }

// Bytes returns the memory the counters take.
func (c *CountMin) Bytes() int { return cmGens * len(c.lines[0]) * cmWidth * 2 }

func saltOf(gen int64) uint64 { return Mix(cmSalt, uint64(gen)) }

// Advance makes gen the current generation and forgets those older than the one
// before it. Generations must not go back; an older gen changes nothing. A step
// costs one pass over a generation's memory.
func (c *CountMin) Advance(gen int64) {
	if gen <= c.gen {
		return
	}
	next := gen == c.gen+1
	c.turn(gen)
	switch {
	case !c.used: // clearing takes memory that the system has not given yet
	case next:
		c.clear(0)
	default:
		c.clear(0)
		c.clear(1)
		c.used = false
	}
}

// clear forgets a generation.
func (c *CountMin) clear(g int) {
	c.table.TouchLines(c.first[g], c.first[g]+len(c.lines[g]))
	clear(c.lines[g])
}

// place returns the line of a key in generation g. The lowest bits of the hash
// number the line; the highest twelve, three a row, say which lanes of it.
func (c *CountMin) place(g int, key uint64) (line *cmLine, hash uint64) {
	hash = Mix(key, c.salt[g])
	return &c.lines[g][hash&c.mask], hash
}

// lanes returns the counters that a hash has, one a row.
func (l *cmLine) lanes(hash uint64) (a, b, c, d *uint16) {
	return &l[hash>>61], &l[cmLanes+hash>>58&(cmLanes-1)], &l[2*cmLanes+hash>>55&(cmLanes-1)], &l[3*cmLanes+hash>>52&(cmLanes-1)]
}

// words returns which of a line's words hold the counters of a hash, a bit for each.
func words(hash uint64) uint8 {
	return 1<<(hash>>63) | 4<<(hash>>60&1) | 16<<(hash>>57&1) | 64<<(hash>>54&1)
}

func (l *cmLine) lowest(hash uint64) uint16 {
	a, b, c, d := l.lanes(hash)
	return min(*a, *b, *c, *d)
}

// add is the conservative update: no counter gets more than it must.
func (l *cmLine) add(hash uint64, n uint32) uint16 {
	a, b, c, d := l.lanes(hash)
	to := uint16(min(uint64(min(*a, *b, *c, *d))+uint64(n), cmMax))
	*a, *b, *c, *d = max(*a, to), max(*b, to), max(*c, to), max(*d, to)
	return to
}

// Add counts n uses of key and returns the new estimate.
func (c *CountMin) Add(key uint64, n uint32) uint32 {
	c.used = true
	line, hash := c.place(0, key)
	c.table.Touch(c.first[0]+int(hash&c.mask), words(hash))
	to := line.add(hash, n)
	old, oldHash := c.place(1, key)
	return uint32(to) + uint32(old.lowest(oldHash))
}

// Touch reads the lines that [CountMin.Add] would read, and returns a mixture of
// what is there: a load ahead of the operation, for which Go has no instruction.
func (c *CountMin) Touch(key uint64) uint64 {
	return uint64(c.lines[0][Mix(key, c.salt[0])&c.mask][0]) ^ uint64(c.lines[1][Mix(key, c.salt[1])&c.mask][0])
}

// Estimate returns how often key was counted: never too few, unless saturated,
// when the truth may be higher still.
func (c *CountMin) Estimate(key uint64) (n uint32, saturated bool) {
	for g := range c.lines {
		line, hash := c.place(g, key)
		v := line.lowest(hash)
		n += uint32(v)
		saturated = saturated || v == cmMax
	}
	return n, saturated
}

// ErrorBound returns e such that the estimate of a key is more than e too high
// with a chance of about delta. It is measured on what the sketch holds now: the
// estimate of a key that was never added is its error, and under conservative
// update no added key has a larger expected error than an absent one. It looks
// up the given number of probes (at least 1/delta; 2,048 serve delta = 0.01) in
// O(probes log probes) time.
func (c *CountMin) ErrorBound(delta float64, probes int) uint32 {
	seen := make([]uint32, max(probes, 1))
	for i := range seen {
		seen[i], _ = c.Estimate(probeKey(i))
	}
	slices.Sort(seen)
	at := int(math.Ceil(float64(len(seen)) * (1 - delta)))
	return seen[min(at, len(seen)-1)]
}

const cmVersion = 1

// AppendBinary appends the sketch's encoding to dst: version, generation, number
// of lines, then per generation (current first) the lines that are not all zero:
// for each 64 lines a word that says which follow, and those.
func (c *CountMin) AppendBinary(dst []byte) []byte {
	dst = c.AppendHead(dst)
	for _, lines := range c.lines {
		dst = appendSparse(dst, lines, appendCMLine)
	}
	return dst
}

// Restore replaces the state of a sketch by what [CountMin.AppendBinary] wrote for
// one of the same size, and returns the rest of data. After an error the sketch
// must not be used.
func (c *CountMin) Restore(data []byte) (rest []byte, err error) {
	r := reader{what: "count-min", data: data}
	c.readHead(&r)
	for g := range c.lines {
		readSparse(&r, c.lines[g], readCMLine)
	}
	return r.rest()
}

// AppendHead appends what [CountMin.AppendBinary] begins with: all but the lines.
func (c *CountMin) AppendHead(dst []byte) []byte {
	dst = append(dst, cmVersion)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(c.gen))
	return binary.LittleEndian.AppendUint32(dst, uint32(len(c.lines[0])))
}

// RestoreHead is [CountMin.Restore] for what [CountMin.AppendHead] wrote. It leaves no
// line filled: [CountMin.Table] brings them back.
func (c *CountMin) RestoreHead(data []byte) (rest []byte, err error) {
	r := reader{what: "count-min", data: data}
	c.readHead(&r)
	return r.rest()
}

func (c *CountMin) readHead(r *reader) {
	r.version(cmVersion)
	gen := r.clock()
	r.lines(len(c.lines[0]))
	if c.used {
		c.clear(0)
		c.clear(1)
	}
	c.turn(gen)
	c.used = true
}

func appendCMLine(dst []byte, line *cmLine) []byte {
	for _, v := range line {
		dst = binary.LittleEndian.AppendUint16(dst, v)
	}
	return dst
}

func readCMLine(r *reader, line *cmLine) {
	raw := r.bytes(cmWidth * 2)
	for j := range raw[:len(raw)/2] {
		line[j] = binary.LittleEndian.Uint16(raw[2*j:])
	}
}
