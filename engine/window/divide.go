package window

import "math/bits"

// divisor divides by a number that is used again and again, with a multiplication
// in place of a division (Granlund and Montgomery, PLDI 1994, §4).
type divisor struct {
	d     int64
	magic uint64 // 2^64/d, rounded up; 0 for d = 1
}

func newDivisor(d int64) divisor { return divisor{d: d, magic: ^uint64(0)/uint64(d) + 1} }

// floor returns the largest n with n·d ≤ a. It is exact for |a|·d < 2^64.
func (v divisor) floor(a int64) int64 {
	if a < 0 {
		return floorDiv(a, v.d)
	}
	if v.magic == 0 {
		return a
	}
	q, _ := bits.Mul64(uint64(a), v.magic)
	return int64(q)
}
