package sketch

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"

	"github.com/axiomhq/hyperloglog"

	"github.com/swell-radar/swell/internal/cow"
)

const (
	regMinP  = 4
	regMaxP  = 16
	regHead  = 8          // words before the registers: a cache line, of which the first word is used
	regWords = levels / 8 // words of a register
)

// Registers is a HyperLogLog (Flajolet, Fusy, Gandouet and Meunier, AofA 2007)
// that answers for any window of the last [Span] hours, in a block of memory that
// is given to it. Register j holds, for every value 1..16 it could have, the hour
// in which that value was last reached; a window's registers are the largest
// values reached since it began.
//
// Index and value of a hash are those of axiomhq/hyperloglog, so that a window's
// registers are the ones that the library would have if it were fed that window
// alone, as long as no register passes 16: up to about 2^(p+10) distinct hashes.
// Of a hash the top p+15 bits are looked at. Hashes whose low 17 bits are zero,
// as the counting core keeps them, lose nothing: their 47 bits hold all of those.
//
// Hours are absolute (Unix time / 3600), from 0 to 2^32-1. One byte holds an
// hour, so a stamp is good for 255 hours; older ones are swept before they could
// be mistaken.
//
// What a window holds depends on what was added alone, not on the order, for all
// windows within the Span hours before the newest.
//
// A Registers is a view: copies share the block. Concurrency: one goroutine at a
// time.
type Registers struct {
	cells []uint64
	p     uint8
}

// RegistersWords returns the length of a block for precision p in words of 64
// bits: 8 + 2·2^p, a multiple of a cache line. The precision is 4 to 16; others
// are taken as the nearest of these, here and in [RegistersOver].
func RegistersWords(p uint8) int { return regHead + regWords<<clampP(p) }

func clampP(p uint8) uint8 { return min(max(p, regMinP), regMaxP) }

// RegistersOver returns a view of the block at the beginning of cells, which must
// have at least [RegistersWords](p) words. A block of zeros is empty.
func RegistersOver(cells []uint64, p uint8) Registers {
	p = clampP(p)
	return Registers{cells[:RegistersWords(p)], p}
}

// Valid reports whether the block is one that can have come about by adding hashes:
// whoever fills its words in otherwise asks.
func (r Registers) Valid() bool {
	newest, swept := r.hours()
	return swept <= newest
}

// Precision returns the binary logarithm of the number of registers.
func (r Registers) Precision() uint8 { return r.p }

// Clear empties the block.
func (r Registers) Clear() { clear(r.cells) }

// The first word holds the newest hour that was added, in the upper half, and the
// hour of the last sweep.

func (r Registers) hours() (newest, swept int64) {
	return int64(r.cells[0] >> 32), int64(r.cells[0] & math.MaxUint32)
}

func (r Registers) setHours(newest, swept int64) {
	r.cells[0] = uint64(newest)<<32 | uint64(swept)
}

// Newest returns the newest hour that was added, 0 if there is none.
func (r Registers) Newest() int64 {
	newest, _ := r.hours()
	return newest
}

// place returns the word and the shift of the cell that hash stamps. The library
// counts leading zeros behind the index up to the hash's end; here 16 levels are
// told apart.
func (r Registers) place(hash uint64) (word, shift int) {
	reg := hash >> ((64 - r.p) & 63)
	level := bits.LeadingZeros64(hash<<(r.p&63) | 1<<(64-levels))
	return regHead + int(reg)*regWords + level/8, level % 8 * 8
}

// Add notes a hash as seen in the given hour. An hour earlier than the newest is
// fine; one that is more than [Span] hours earlier, or outside of 0..2^32-1, is
// not counted. It takes O(1) time, two cache lines, and a pass over the block
// every 110 hours.
func (r Registers) Add(hash uint64, hour int64) { r.AddIn(nil, 0, hash, hour) }

// AddIn is [Registers.Add] for a block that lies in a table of words, from the given
// line of 8 words on: the table is told what changes.
func (r Registers) AddIn(table *cow.Table, line int, hash uint64, hour int64) {
	newest := int64(r.cells[0] >> 32)
	if hour != newest {
		if hour > newest && table != nil {
			table.TouchLines(line, line+r.advancing(hour))
		}
		if !r.accept(hour, newest) {
			return
		}
	}
	word, shift := r.place(hash)
	stamp := uint64(stampOf(hour))
	old := r.cells[word] >> shift & 0xff
	if old == stamp || hour < newest && old != 0 && age(uint8(old), newest) < newest-hour {
		return
	}
	if table != nil {
		table.Touch(line+int(uint(word)/8), 1<<(uint(word)%8))
	}
	r.cells[word] ^= (old ^ stamp) << shift
}

// accept reports whether an hour is counted, and moves the newest hour.
func (r Registers) accept(hour, newest int64) bool {
	if hour < newest {
		return newest-hour <= Span && hour >= 0
	}
	if hour > math.MaxUint32 {
		return false
	}
	r.advance(hour)
	return true
}

// advancing returns how many lines of 8 words advance may change.
func (r Registers) advancing(hour int64) int {
	if newest, swept := r.hours(); hour-newest > Span || hour-swept > sweepEvery {
		return len(r.cells) / 8
	}
	return 1
}

// advance makes hour the newest and sweeps stamps that would wrap round.
func (r Registers) advance(hour int64) {
	newest, swept := r.hours()
	switch {
	case hour-newest > Span:
		clear(r.cells[regHead:])
		swept = hour
	case hour-swept > sweepEvery:
		keep := stampsOf(hour-Span, hour)
		for i, word := range r.cells[regHead:] {
			if word != 0 {
				r.cells[regHead+i] = word & (keep.in(word) >> 7 * 0xff)
			}
		}
		swept = hour
	}
	r.setHours(hour, swept)
}

// RegistersWord returns the word of a block of precision p that [Registers.Add]
// would change, so that it can be read ahead.
func RegistersWord(hash uint64, p uint8) int {
	word, _ := Registers{p: p}.place(hash)
	return word
}

// window returns the stamps of the window of the given number of hours that ends
// with hour `now`, as far as the block can tell; ok is false if that is nothing.
func (r Registers) window(now int64, hours int) (s stampRange, ok bool) {
	newest, _ := r.hours()
	first := max(now-int64(min(max(hours, 0), Span))+1, newest-Span, 0)
	last := min(now, newest)
	return stampsOf(first, last), first <= last
}

// Values appends the HyperLogLog registers of the window of the given number of
// hours (at most [Span]) that ends with, and includes, hour `now`: 2^p bytes of 0
// to 16. Seen from an hour before the newest, a hash that came again since then is
// missing. It takes O(2^p) time.
func (r Registers) Values(dst []byte, now int64, hours int) []byte {
	stamps, ok := r.window(now, hours)
	if !ok {
		return append(dst, make([]byte, 1<<r.p)...)
	}
	for cells := r.cells[regHead:]; len(cells) >= regWords; cells = cells[regWords:] {
		dst = append(dst, uint8(topByte(stamps.in(cells[0]), stamps.in(cells[1]))))
	}
	return dst
}

// Estimate returns about how many distinct hashes the window of [Registers.Values]
// holds, as axiomhq/hyperloglog estimates it, and the relative standard error
// 1.04/√2^p. It takes O(2^p) time, and allocates as much.
func (r Registers) Estimate(now int64, hours int) (n uint64, stderr float64) {
	stderr = 1.04 / math.Sqrt(float64(uint64(1)<<r.p))
	sk, err := r.Sketch(now, hours)
	if err != nil {
		return 0, math.Inf(1)
	}
	return sk.Estimate(), stderr
}

// Sketch returns the window of [Registers.Values] as an axiomhq sketch that can be
// merged with others of its precision and stored.
func (r Registers) Sketch(now int64, hours int) (*hyperloglog.Sketch, error) {
	m := uint32(1) << r.p
	// Version 2 of the library's dense form: version, precision, bias, sparse
	// flag, number of registers, registers.
	buf := append(make([]byte, 0, 8+m), 2, r.p, 0, 0)
	buf = binary.BigEndian.AppendUint32(buf, m)
	buf = r.Values(buf, now, hours)
	var sk hyperloglog.Sketch
	if err := sk.UnmarshalBinary(buf); err != nil {
		return nil, fmt.Errorf("sketch: registers of precision %d as a library sketch: %w", r.p, err)
	}
	return &sk, nil
}
