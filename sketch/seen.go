package sketch

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// SeenSet remembers hashes exactly for a number of generations: how a post that
// arrives twice is counted once. Memory grows with what it holds: about 11 to 21
// bytes a hash.
//
// Concurrency: one goroutine at a time.
type SeenSet struct {
	gens []hashTable // [0] is the current generation
	gen  int64
}

// NewSeenSet returns a set that keeps hashes through the given number of
// generations (at least 2): a hash is remembered for at least generations-1 and
// at most generations generation lengths.
func NewSeenSet(generations int) *SeenSet {
	return &SeenSet{gens: make([]hashTable, max(generations, 2))}
}

// Advance makes gen the current generation and forgets the oldest. Generations
// must not go back; an older gen changes nothing.
func (s *SeenSet) Advance(gen int64) {
	if gen <= s.gen {
		return
	}
	for range min(gen-s.gen, int64(len(s.gens))) {
		copy(s.gens[1:], s.gens[:len(s.gens)-1])
		s.gens[0] = hashTable{}
	}
	s.gen = gen
}

// Add reports whether hash is new, and remembers it in the current generation
// if it is. Expected O(generations) time.
func (s *SeenSet) Add(hash uint64) bool {
	for g := 1; g < len(s.gens); g++ {
		if s.gens[g].has(hash) {
			return false
		}
	}
	return s.gens[0].add(hash)
}

// Len returns the number of hashes remembered.
func (s *SeenSet) Len() int {
	n := 0
	for i := range s.gens {
		n += s.gens[i].len()
	}
	return n
}

// hashTable is an open-addressing set of hashes with linear probing. Zero marks
// an empty cell, so the hash zero is kept beside the cells.
type hashTable struct {
	cells   []uint64
	used    int
	hasZero bool
}

func (t *hashTable) len() int {
	if t.hasZero {
		return t.used + 1
	}
	return t.used
}

// home is the cell where the search for hash starts. Callers may feed hashes
// whose low bits are poor, so the top bits of a product decide.
func (t *hashTable) home(hash uint64) int {
	return int(hash * 0x9E3779B97F4A7C15 >> (64 - bits.Len(uint(len(t.cells)-1))))
}

func (t *hashTable) has(hash uint64) bool {
	if hash == 0 {
		return t.hasZero
	}
	if t.used == 0 {
		return false
	}
	for i := t.home(hash); ; i = (i + 1) & (len(t.cells) - 1) {
		switch t.cells[i] {
		case hash:
			return true
		case 0:
			return false
		}
	}
}

func (t *hashTable) add(hash uint64) bool {
	if hash == 0 {
		added := !t.hasZero
		t.hasZero = true
		return added
	}
	if 4*(t.used+1) > 3*len(t.cells) {
		t.grow()
	}
	i := t.home(hash)
	for t.cells[i] != 0 {
		if t.cells[i] == hash {
			return false
		}
		i = (i + 1) & (len(t.cells) - 1)
	}
	t.cells[i] = hash
	t.used++
	return true
}

func (t *hashTable) grow() {
	old := t.cells
	t.cells = make([]uint64, max(2*len(old), 64))
	for _, h := range old {
		if h == 0 {
			continue
		}
		i := t.home(h)
		for t.cells[i] != 0 {
			i = (i + 1) & (len(t.cells) - 1)
		}
		t.cells[i] = h
	}
}

// sorted returns the hashes in ascending order, so that equal sets encode to
// equal bytes however they were filled.
func (t *hashTable) sorted() []uint64 {
	all := make([]uint64, 0, t.len())
	if t.hasZero {
		all = append(all, 0)
	}
	for _, h := range t.cells {
		if h != 0 {
			all = append(all, h)
		}
	}
	slices.Sort(all)
	return all
}

const seenVersion = 1

// AppendBinary appends the set's encoding to dst.
func (s *SeenSet) AppendBinary(dst []byte) []byte {
	dst = append(dst, seenVersion)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(s.gen))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(s.gens)))
	for i := range s.gens {
		all := s.gens[i].sorted()
		dst = binary.LittleEndian.AppendUint64(dst, uint64(len(all)))
		for _, h := range all {
			dst = binary.LittleEndian.AppendUint64(dst, h)
		}
	}
	return dst
}

// DecodeSeenSet reads what [SeenSet.AppendBinary] wrote and returns the rest of
// data.
func DecodeSeenSet(data []byte) (*SeenSet, []byte, error) {
	r := reader{what: "seen set", data: data}
	r.version(seenVersion)
	gen := int64(r.u64())
	n := int(r.u32())
	if r.err == nil && (n < 2 || n > 1024) {
		r.fail("%d generations, 2 to 1024 are possible", n)
	}
	if r.err != nil {
		return nil, nil, r.err
	}
	s := NewSeenSet(n)
	s.gen = gen
	for g := range s.gens {
		count := r.u64()
		if count > uint64(len(data))/8 {
			r.fail("%d hashes in %d bytes", count, len(data))
		}
		raw := r.bytes(int(count) * 8)
		if r.err != nil {
			return nil, nil, r.err
		}
		for ; len(raw) > 0; raw = raw[8:] {
			s.gens[g].add(binary.LittleEndian.Uint64(raw))
		}
	}
	rest, err := r.rest()
	return s, rest, err
}
