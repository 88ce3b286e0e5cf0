package sketch

import "math/bits"

const (
	// Span is the longest window, in hours, that [Registers] answer for.
	Span = 72

	levels    = 16  // largest register value that is told apart: enough for 2^(p+10) hashes
	stampWrap = 255 // stamps run 1..255; zero means never

	// After a sweep the oldest stamp is Span hours old. Until the next one the
	// clock moves sweepEvery hours and then at most Span more in one step, which
	// leaves every stamp younger than the wrap.
	sweepEvery = stampWrap - 1 - 2*Span
)

// stampOf returns the byte that stands for an hour, which must not be negative.
func stampOf(hour int64) uint8 { return uint8(uint64(hour)%stampWrap) + 1 }

// age returns how many hours before `now` a stamp was set, 0 to 254.
func age(stamp uint8, now int64) int64 {
	d := int64(stampOf(now)) - int64(stamp)
	if d < 0 {
		d += stampWrap
	}
	return d
}

const (
	byteOnes  = 0x0101010101010101
	byteHighs = 0x8080808080808080
)

// stampRange tells which of the eight stamps in a word lie in a run of hours. All
// eight are compared at once: each is taken relative to the first, modulo 256, and
// compared with the length of the run (bytewise arithmetic as in Warren, Hacker's
// Delight, §2-18).
type stampRange struct {
	low7 uint64 // lower seven bits of the first stamp, in every byte
	flip uint64 // complement of the first stamp, in every byte
	room uint64 // what can be added to the last relative stamp without reaching 128
}

// stampsOf returns the range of the hours first..last, at most 127 of them.
func stampsOf(first, last int64) stampRange {
	from := stampOf(first)
	return stampRange{
		low7: uint64(from&0x7f) * byteOnes,
		flip: uint64(^from) * byteOnes,
		room: uint64(0x7f-(stampOf(last)-from)) * byteOnes,
	}
}

// in returns the word's bytes that lie in the range, as their highest bits.
func (s stampRange) in(word uint64) uint64 {
	relative := ((word | byteHighs) - s.low7) ^ (word^s.flip)&byteHighs
	beyond := (relative&^byteHighs + s.room) | relative
	// A run that goes past the largest stamp has zero, which means never, in it.
	set := (word&^byteHighs + (byteHighs - byteOnes)) | word
	return set &^ beyond & byteHighs
}

// topByte returns the number, 1 to 16, of the highest byte that is not zero of two
// words, or 0 for none. The compiler turns its condition into a conditional move; a
// branch on what the words hold would be guessed wrong.
func topByte(low, high uint64) uint {
	word, below := low, uint(7)
	if high != 0 {
		word, below = high, 64+7
	}
	return (below + uint(bits.Len64(word))) / 8
}
