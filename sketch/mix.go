package sketch

import "math/bits"

// Mix returns a well-mixed hash of two hashes (the folded 128-bit product of
// wyhash; both must be well mixed themselves). It is the key under which a pair such as (term, author) is looked up.
// Its results are part of the stored format.
func Mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0x9E3779B97F4A7C15, b^0xD1B54A32D192ED03)
	return hi ^ lo
}

// probeKey returns the i-th key of a fixed sequence that no hashed input is
// likely to meet; bounds are measured by looking such keys up.
func probeKey(i int) uint64 {
	x := uint64(i)*0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
