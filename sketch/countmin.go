package sketch

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
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
	salt  [cmGens]uint64
	gen   int64
	mask  uint64
}

// NewCountMin returns a sketch that takes at most the given number of bytes for
// its two generations together, at least 128, rounded down to a power of two.
func NewCountMin(size int) *CountMin {
	n := max(size/(cmGens*cmWidth*2), 1)
	n = 1 << (bits.Len(uint(n)) - 1)
	c := &CountMin{mask: uint64(n - 1)}
	for g := range c.lines {
		c.lines[g] = make([]cmLine, n)
	}
	c.salt = [cmGens]uint64{saltOf(0), saltOf(-1)}
	return c
}

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
	if gen == c.gen+1 {
		c.lines[0], c.lines[1] = c.lines[1], c.lines[0]
		clear(c.lines[0])
	} else {
		clear(c.lines[0])
		clear(c.lines[1])
	}
	c.gen = gen
	c.salt = [cmGens]uint64{saltOf(gen), saltOf(gen - 1)}
}

// place returns the line of a key in generation g and its lane of each row.
func (c *CountMin) place(g int, key uint64) (line *cmLine, lanes [cmRows]int) {
	x := Mix(key, c.salt[g])
	line = &c.lines[g][x&c.mask]
	// The line index uses the low bits; the lanes come from the top twelve.
	for r := range lanes {
		lanes[r] = r*cmLanes + int(x>>(64-3*(r+1)))&(cmLanes-1)
	}
	return line, lanes
}

func lowest(line *cmLine, lanes [cmRows]int) uint16 {
	return min(line[lanes[0]], line[lanes[1]], line[lanes[2]], line[lanes[3]])
}

// Add counts n uses of key and returns the new estimate.
func (c *CountMin) Add(key uint64, n uint32) uint32 {
	line, lanes := c.place(0, key)
	to := uint16(min(uint64(lowest(line, lanes))+uint64(n), cmMax))
	for _, l := range lanes {
		line[l] = max(line[l], to)
	}
	old, oldLanes := c.place(1, key)
	return uint32(to) + uint32(lowest(old, oldLanes))
}

// Estimate returns how often key was counted: never too few, unless saturated,
// when the truth may be higher still.
func (c *CountMin) Estimate(key uint64) (n uint32, saturated bool) {
	for g := range c.lines {
		line, lanes := c.place(g, key)
		v := lowest(line, lanes)
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
	dst = append(dst, cmVersion)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(c.gen))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(c.lines[0])))
	for _, lines := range c.lines {
		dst = appendSparse(dst, lines, func(dst []byte, line *cmLine) []byte {
			for _, v := range line {
				dst = binary.LittleEndian.AppendUint16(dst, v)
			}
			return dst
		})
	}
	return dst
}

// DecodeCountMin reads what [CountMin.AppendBinary] wrote and returns the rest of
// data.
func DecodeCountMin(data []byte) (*CountMin, []byte, error) {
	r := reader{what: "count-min", data: data}
	r.version(cmVersion)
	gen := int64(r.u64())
	n := int(r.u32())
	if r.err == nil && (n == 0 || n&(n-1) != 0) {
		r.fail("%d lines, not a power of two", n)
	}
	r.wantLines(n)
	if r.err != nil {
		return nil, nil, r.err
	}
	c := &CountMin{gen: gen, mask: uint64(n - 1), salt: [cmGens]uint64{saltOf(gen), saltOf(gen - 1)}}
	for g := range c.lines {
		c.lines[g] = make([]cmLine, n)
		readSparse(&r, c.lines[g], func(r *reader, line *cmLine) {
			raw := r.bytes(cmWidth * 2)
			for j := range raw[:len(raw)/2] {
				line[j] = binary.LittleEndian.Uint16(raw[2*j:])
			}
		})
	}
	if r.err != nil {
		return nil, nil, r.err
	}
	rest, err := r.rest()
	return c, rest, err
}
