package workload

import "math"

const (
	ln2Hi = 0x1.62e42feep-01      // the leading bits of ln 2: k*ln2Hi is exact for small k
	ln2Lo = 0x1.a39ef35793c76p-33 // the rest of it
)

// inverseFactorials are the coefficients of the Taylor series of eˣ, from 1/13!
// to 1/0!. For |x| ≤ ln2/2 the next term is below 2⁻⁵⁷.
var inverseFactorials = [...]float64{
	1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
	1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1, 1,
}

// exp returns eˣ to within a few units in the last place, with the same bits on
// every platform; 0 below -700, and it does not grow beyond e⁷⁰⁰.
func exp(x float64) float64 {
	if x < -700 {
		return 0
	}
	x = min(x, 700)
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	r := (x - float64(k*ln2Hi)) - float64(k*ln2Lo)
	sum := inverseFactorials[0]
	for _, c := range inverseFactorials[1:] {
		sum = float64(sum*r) + c
	}
	return math.Ldexp(sum, int(k))
}

// log returns the natural logarithm of a positive finite x to within a few units
// in the last place, with the same bits on every platform.
func log(x float64) float64 {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		e--
	}
	// ln m = 2·artanh(t); |t| ≤ 0.172, so t²⁵ is below 2⁻⁶³.
	t := (m - 1) / (m + 1)
	t2 := t * t
	sum := 0.0
	for i := 23; i >= 1; i -= 2 {
		sum = float64(sum*t2) + 1/float64(i)
	}
	k := float64(e)
	return float64(k*ln2Hi) + (float64(k*ln2Lo) + float64(2*t*sum))
}

// pow returns x raised to y for positive x.
func pow(x, y float64) float64 { return exp(y * log(x)) }
