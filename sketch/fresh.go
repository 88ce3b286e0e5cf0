package sketch

import (
	"encoding/binary"
	"math/bits"
)

const (
	freshGens  = 3 // generations kept
	freshBits  = 6 // bits a key sets in its block
	freshWords = 8 // words of a block: 512 bits, one cache line
)

type freshBlock [freshWords]uint64

// FreshFilter tells whether a key was seen lately: a Bloom filter (Bloom, CACM
// 13(7), 1970) blocked by cache line (Putze, Sanders and Singler, WEA 2007, §3)
// in three rotating generations. A key counts as seen while any generation holds
// it: for at least two and at most three generation lengths after its last use.
//
// A key that was seen is never called fresh within that time. A fresh key is
// called seen with the chance that [FreshFilter.FalseSeen] measures.
//
// Concurrency: one goroutine at a time. Add takes O(1) time and three cache
// lines, and allocates nothing.
type FreshFilter struct {
	blocks [freshGens][]freshBlock // [0] is the current generation
	gen    int64
	mask   uint64
}

// NewFreshFilter returns a filter that takes at most the given number of bytes
// for its three generations together, at least 192. Twelve bits a key and
// generation give about 1 % of false seen.
func NewFreshFilter(size int) *FreshFilter {
	n := max(size/(freshGens*freshWords*8), 1)
	n = 1 << (bits.Len(uint(n)) - 1)
	f := &FreshFilter{mask: uint64(n - 1)}
	for g := range f.blocks {
		f.blocks[g] = make([]freshBlock, n)
	}
	return f
}

// Bytes returns the memory the blocks take.
func (f *FreshFilter) Bytes() int { return freshGens * len(f.blocks[0]) * freshWords * 8 }

// Advance makes gen the current generation and forgets what only generations
// older than gen-2 saw. Generations must not go back; an older gen changes
// nothing.
func (f *FreshFilter) Advance(gen int64) {
	if gen <= f.gen {
		return
	}
	for range min(gen-f.gen, freshGens) {
		oldest := f.blocks[freshGens-1]
		clear(oldest)
		copy(f.blocks[1:], f.blocks[:freshGens-1])
		f.blocks[0] = oldest
	}
	f.gen = gen
}

// bitsOf returns the block number of a key and the bits it sets there.
func (f *FreshFilter) bitsOf(key uint64) (block uint64, set freshBlock) {
	x := Mix(key, 0xE7037ED1A0B428DB)
	block = x & f.mask
	y := Mix(x, 0x8EBC6AF09C88C6E3) // nine bits a probe, six probes: 54 bits
	for range freshBits {
		set[y>>6&(freshWords-1)] |= 1 << (y & 63)
		y >>= 9
	}
	return block, set
}

func (b *freshBlock) holds(set *freshBlock) bool {
	for i, w := range set {
		if b[i]&w != w {
			return false
		}
	}
	return true
}

// Add notes key as seen now and reports whether it was fresh.
func (f *FreshFilter) Add(key uint64) bool {
	block, set := f.bitsOf(key)
	fresh := true
	for g := range f.blocks {
		if f.blocks[g][block].holds(&set) {
			fresh = false
			break
		}
	}
	now := &f.blocks[0][block]
	for i, w := range set {
		now[i] |= w
	}
	return fresh
}

// FalseSeen returns the share of fresh keys that the filter calls seen as it
// stands, measured by looking up that many keys it never met.
func (f *FreshFilter) FalseSeen(probes int) float64 {
	hits := 0
	for i := range probes {
		block, set := f.bitsOf(probeKey(i))
		for g := range f.blocks {
			if f.blocks[g][block].holds(&set) {
				hits++
				break
			}
		}
	}
	return float64(hits) / float64(max(probes, 1))
}

const freshVersion = 1

// AppendBinary appends the filter's encoding to dst, in the manner of
// [CountMin.AppendBinary].
func (f *FreshFilter) AppendBinary(dst []byte) []byte {
	dst = append(dst, freshVersion)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(f.gen))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(f.blocks[0])))
	for _, blocks := range f.blocks {
		dst = appendSparse(dst, blocks, func(dst []byte, block *freshBlock) []byte {
			for _, w := range block {
				dst = binary.LittleEndian.AppendUint64(dst, w)
			}
			return dst
		})
	}
	return dst
}

// DecodeFreshFilter reads what [FreshFilter.AppendBinary] wrote and returns the
// rest of data.
func DecodeFreshFilter(data []byte) (*FreshFilter, []byte, error) {
	r := reader{what: "fresh filter", data: data}
	r.version(freshVersion)
	gen := int64(r.u64())
	n := r.lines(freshGens)
	if r.err != nil {
		return nil, nil, r.err
	}
	f := &FreshFilter{gen: gen, mask: uint64(n - 1)}
	for g := range f.blocks {
		f.blocks[g] = make([]freshBlock, n)
		readSparse(&r, f.blocks[g], func(r *reader, block *freshBlock) {
			raw := r.bytes(freshWords * 8)
			for j := range raw[:len(raw)/8] {
				block[j] = binary.LittleEndian.Uint64(raw[8*j:])
			}
		})
	}
	if r.err != nil {
		return nil, nil, r.err
	}
	rest, err := r.rest()
	return f, rest, err
}
