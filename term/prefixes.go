package term

import (
	"encoding/binary"
	"math/bits"
)

// prefix is how many bytes of a key its prefix has.
const prefix = 4

// prefixes tells which prefixes keys do not have: a bit for each by its hash.
type prefixes struct {
	bits  []uint64
	shift uint
}

const (
	fewestPrefixBits = 10
	mostPrefixBits   = 18 // 32 KiB, which stay in the cache
)

// newPrefixes returns an empty set with room for n prefixes at about 1 of 16 bits.
func newPrefixes(n int) prefixes {
	size := min(max(bits.Len(uint(16*n)), fewestPrefixBits), mostPrefixBits)
	return prefixes{make([]uint64, 1<<size/64), uint(32 - size)}
}

func (p *prefixes) at(b uint32) uint32 { return b * 0x9E3779B1 >> p.shift }

func (p *prefixes) add(key string) {
	n := p.at(binary.LittleEndian.Uint32([]byte(key[:prefix])))
	p.bits[n/64] |= 1 << (n % 64)
}

// has reports whether a key may begin with the first bytes of text, of which there are enough.
func (p *prefixes) has(text []byte) bool {
	n := p.at(binary.LittleEndian.Uint32(text))
	return p.bits[n/64]>>(n%64)&1 != 0
}
