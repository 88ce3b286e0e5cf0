package pairs

import "encoding/binary"

const (
	setWords   = 16 // two cache lines
	setEntries = 5
	lineWords  = 8
	wordBytes  = 8
	mostCount  = 1<<16 - 1 // a count stops there
)

// set is the entries of a table that may stand for some pairs, five of three words and a
// word for all of them:
//
//	3i    key of the companion; 0: the entry is empty
//	3i+1  counts of the periods 0 to 3, by number modulo 6; 16 bits each
//	3i+2  counts of the periods 4 and 5, Over (16 bits), tag of the term (16 bits)
//	15    of each entry 12 bits: 9 more of the tag, 3 the period that it was admitted in,
//	      by number modulo 6, or 7 once that has left the window
type set [setWords]uint64

const (
	tagBits    = 25
	tagLow     = 16
	moreBits   = 12
	admitShift = 9
	longAgo    = 7
)

// words returns which words of a set an entry has, a bit for each.
func words(i int) uint16 { return 7<<(3*i) | 1<<15 }

func (s *set) key(i int) uint64 { return s[3*i] }

func (s *set) tag(i int) uint32 {
	return uint32(s[3*i+2]>>48) | uint32(s.more(i)&(1<<admitShift-1))<<tagLow
}

func (s *set) more(i int) uint16 { return uint16(s[15] >> (moreBits * i) & (1<<moreBits - 1)) }

func (s *set) setMore(i int, v uint16) {
	s[15] = s[15]&^((1<<moreBits-1)<<(moreBits*i)) | uint64(v)<<(moreBits*i)
}

func (s *set) admitted(i int) int { return int(s.more(i) >> admitShift) }

func (s *set) over(i int) uint32 { return uint32(s[3*i+2] >> 32 & mostCount) }

func (s *set) setOver(i int, v uint32) {
	s[3*i+2] = s[3*i+2]&^(mostCount<<32) | uint64(min(v, mostCount))<<32
}

// count returns the count of a period.
func (s *set) count(i, period int) uint32 {
	return uint32(s[3*i+1+period/4] >> (period % 4 * 16) & mostCount)
}

// grow adds one to the count of a period.
func (s *set) grow(i, period int) {
	if s.count(i, period) < mostCount {
		s[3*i+1+period/4] += 1 << (period % 4 * 16)
	}
}

// total returns the count of all periods.
func (s *set) total(i int) uint32 {
	const even = 0x0000ffff0000ffff
	four, more := s[3*i+1], s[3*i+2]
	two := four&even + four>>16&even
	return uint32(two) + uint32(two>>32) + uint32(more&mostCount) + uint32(more>>16&mostCount)
}

// stopped reports whether the count of a period has.
func (s *set) stopped(i int) bool {
	for p := range Periods {
		if s.count(i, p) == mostCount {
			return true
		}
	}
	return false
}

// weight is how often the pair may have come.
func (s *set) weight(i int) uint32 { return s.total(i) + s.over(i) }

// find returns the entry of a pair, or -1.
func (s *set) find(key uint64, tag uint32) int {
	for i := range setEntries {
		if s[3*i] == key && s.tag(i) == tag {
			return i
		}
	}
	return -1
}

// weakest returns the entry with the least weight, of these one that did not come lately
// if there is one. An empty one has none.
func (s *set) weakest(period int) (at int, weight uint32) {
	recent := uint32(0)
	for i := range setEntries {
		if s[3*i] == 0 {
			return i, 0
		}
		w, r := s.weight(i), s.count(i, period)
		if i == 0 || w < weight || w == weight && r < recent {
			at, weight, recent = i, w, r
		}
	}
	return at, weight
}

// put fills an entry with a pair that came once.
func (s *set) put(i int, key uint64, tag uint32, period int, over uint32) {
	s[3*i], s[3*i+1], s[3*i+2] = key, 0, uint64(tag&(1<<tagLow-1))<<48
	s.setMore(i, uint16(tag>>tagLow)|uint16(period)<<admitShift)
	s.setOver(i, over)
	s.grow(i, period)
}

// leave clears what a period held that comes anew, and empties the entry if that was all.
func (s *set) leave(i, period int) {
	s[3*i+1+period/4] &^= mostCount << (period % 4 * 16)
	if s.admitted(i) == period {
		s.setOver(i, 0)
		s.setMore(i, s.more(i)|longAgo<<admitShift)
	}
	if s.total(i) == 0 {
		s[3*i], s[3*i+1], s[3*i+2] = 0, 0, 0
		s.setMore(i, 0)
	}
}

// cells are the words of a table.
type cells []set

// AppendCell implements [cow.Cells].
func (c cells) AppendCell(dst []byte, n int) ([]byte, bool) {
	v := c[n/setWords][n%setWords]
	return binary.LittleEndian.AppendUint64(dst, v), v != 0
}

// RestoreCell implements [cow.Cells].
func (c cells) RestoreCell(n int, enc []byte) error {
	c[n/setWords][n%setWords] = binary.LittleEndian.Uint64(enc)
	return nil
}
