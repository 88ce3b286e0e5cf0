package sketch

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// Merge adds what o holds: afterwards every window holds the hashes of both. o is
// not changed; it may have more registers than r, which are folded as if its
// hashes had been added here (Flajolet et al. 2007, §1: the leading bits that are
// no longer part of the index count as leading zeros). With fewer it cannot, and
// an error is returned. It takes time proportional to o's block.
func (r Registers) Merge(o Registers) error {
	if o.p < r.p {
		return fmt.Errorf("sketch: cannot merge 2^%d registers into 2^%d: merge the finer into the coarser", o.p, r.p)
	}
	theirs, _ := o.hours()
	newest, _ := r.hours()
	if theirs > newest {
		r.advance(theirs)
		newest = theirs
	}
	first := max(newest-Span, 0)
	if first > theirs {
		return nil
	}
	kept := stampsOf(first, theirs)
	for i, word := range o.cells[regHead:] {
		for in := kept.in(word); in != 0; in &= in - 1 {
			at := bits.TrailingZeros64(in) / 8
			stamp := uint8(word >> (8 * at))
			reg, level := fold(i/regWords, i%regWords*8+at, o.p-r.p)
			r.raise(reg, level, stamp, newest)
		}
	}
	return nil
}

// fold returns the register and the level (value less one) that a hash has when
// its index is d bits shorter.
func fold(reg, level int, d uint8) (int, int) {
	if cut := uint(reg) & (1<<d - 1); cut != 0 {
		level = int(d) - bits.Len(cut)
	} else {
		level += int(d)
	}
	return reg >> d, min(level, levels-1)
}

// raise stamps a cell unless it has a newer stamp.
func (r Registers) raise(reg, level int, stamp uint8, newest int64) {
	word := &r.cells[regHead+reg*regWords+level/8]
	shift := level % 8 * 8
	if old := uint8(*word >> shift); old == 0 || age(stamp, newest) < age(old, newest) {
		*word ^= uint64(old^stamp) << shift
	}
}

const registersVersion = 1

// AppendBinary appends the block's encoding to dst: version, precision, hours,
// then the words that are not zero, behind a word per 64 that says which they
// are.
func (r Registers) AppendBinary(dst []byte) []byte {
	dst = append(dst, registersVersion, r.p)
	dst = binary.LittleEndian.AppendUint64(dst, r.cells[0])
	return appendSparse(dst, r.cells[regHead:], func(dst []byte, word *uint64) []byte {
		return binary.LittleEndian.AppendUint64(dst, *word)
	})
}

// DecodeRegisters reads what [Registers.AppendBinary] wrote into the block at the
// beginning of cells, which must be as [RegistersOver] wants it, and returns a
// view of it and the rest of data. An encoding of another precision is refused.
// After an error the block is empty.
func DecodeRegisters(cells []uint64, p uint8, data []byte) (Registers, []byte, error) {
	regs := RegistersOver(cells, p)
	regs.Clear()
	r := reader{what: "registers", data: data}
	r.version(registersVersion)
	if got := r.u8(); r.err == nil && got != regs.p {
		r.fail("precision %d, the block is for %d", got, regs.p)
	}
	head := r.u64()
	if newest, swept := head>>32, head&math.MaxUint32; swept > newest {
		r.fail("swept in hour %d, the newest is %d", swept, newest)
	}
	readSparse(&r, regs.cells[regHead:], func(r *reader, word *uint64) { *word = r.u64() })
	if r.err != nil {
		regs.Clear()
		return Registers{}, nil, r.err
	}
	regs.cells[0] = head
	return regs, r.data[r.off:], nil
}
