package association

import (
	"math"
	"math/bits"
)

// Table is the 2×2 table of two things a and b in a number of places. Make it with
// [Of]; the zero value is that of no places at all.
type Table struct {
	both, onlyA, onlyB, neither uint64
}

// Of returns the table of a pair that is found in both places together, while a is found
// in as many places as a says and b in as many as b says, of all. Counts that are bounds may contradict
// each other: both is then taken as the smaller of a and b, and all as at least the
// places in which one of them is found.
func Of(both, a, b, all uint64) Table {
	both = min(both, a, b)
	t := Table{both: both, onlyA: a - both, onlyB: b - both}
	// Beyond 2^62 sums of two could overflow; nothing counts that far.
	t.both, t.onlyA, t.onlyB = min(t.both, limit), min(t.onlyA, limit), min(t.onlyB, limit)
	if either := t.both + t.onlyA + t.onlyB; all > either {
		t.neither = min(all-either, limit)
	}
	return t
}

// limit is the largest count in a cell: four of them fit into 64 bits.
const limit = math.MaxUint64 / 4

func (t Table) a() uint64   { return t.both + t.onlyA }
func (t Table) b() uint64   { return t.both + t.onlyB }
func (t Table) all() uint64 { return t.both + t.onlyA + t.onlyB + t.neither }

// Expected returns in how many places both would be found if neither had anything to do with
// the other: a·b/all. It is 0 where there are no places.
func (t Table) Expected() float64 {
	if t.all() == 0 {
		return 0
	}
	return float64(t.a()) / float64(t.all()) * float64(t.b())
}

// above returns how many more places have both than expected:
// (both·neither − onlyA·onlyB)/all, whose numerator is exact.
func (t Table) above() float64 {
	if t.all() == 0 {
		return 0
	}
	hi1, lo1 := bits.Mul64(t.both, t.neither)
	hi2, lo2 := bits.Mul64(t.onlyA, t.onlyB)
	sign := 1.0
	if hi1 < hi2 || hi1 == hi2 && lo1 < lo2 {
		hi1, lo1, hi2, lo2, sign = hi2, lo2, hi1, lo1, -1
	}
	lo, borrow := bits.Sub64(lo1, lo2, 0)
	hi, _ := bits.Sub64(hi1, hi2, borrow)
	return sign * (float64(hi)*0x1p64 + float64(lo)) / float64(t.all())
}

// PMI returns the pointwise mutual information in bits, log2(both·all/(a·b)): by how many
// doublings both are found together more often than expected. It is −Inf where they
// never are, and NaN where one of them is nowhere. It favours the rare: a pair of things that were each
// found once, in the same place, has the largest PMI there is.
func (t Table) PMI() float64 {
	if t.a() == 0 || t.b() == 0 {
		return math.NaN()
	}
	return math.Log2(float64(t.both)/float64(t.a())) - math.Log2(float64(t.b())/float64(t.all()))
}

// NPMI returns the PMI divided by its largest value for such a number of places,
// −log2(both/all) (Bouma, Normalized (Pointwise) Mutual Information in Collocation
// Extraction, GSCL 2009): 1 where one is never found without the other, 0 where chance
// explains all, −1 where they are never found together. It is NaN as the PMI.
func (t Table) NPMI() float64 {
	switch pmi := t.PMI(); {
	case math.IsNaN(pmi):
		return pmi
	case t.both == 0:
		return -1
	case t.both == t.all():
		return 1 // the limit: both are everywhere
	default:
		return max(-1, min(1, pmi/-math.Log2(float64(t.both)/float64(t.all()))))
	}
}

// LogLikelihood returns the log-likelihood ratio G² of the table against chance
// (Dunning, Accurate Methods for the Statistics of Surprise and Coincidence,
// Computational Linguistics 19/1, 1993), with the sign of the difference: negative where both
// are found together less often than expected. Under chance its size follows a χ²
// distribution with one degree of freedom: above 3.84 in one of twenty pairs, above
// 10.83 in one of a thousand.
//
// It is summed up as 2·Σ (O·ln(O/E) − (O−E)), whose terms cannot be negative, so that
// nothing cancels where O is close to E.
func (t Table) LogLikelihood() float64 {
	n := float64(t.all())
	if n == 0 {
		return 0
	}
	a, b := float64(t.a()), float64(t.b())
	notA, notB := float64(t.onlyB+t.neither), float64(t.onlyA+t.neither)
	d := t.above()
	g := 2 * (surplus(a/n*b, d) + surplus(a/n*notB, -d) + surplus(notA/n*b, -d) + surplus(notA/n*notB, d))
	return math.Copysign(g, d)
}

// surplus returns O·ln(O/E) − (O−E) for O = E+d, not negative.
func surplus(e, d float64) float64 {
	if e <= 0 {
		return 0 // then O is 0 as well
	}
	x := d / e
	switch {
	case x <= -1: // O is 0
		return e
	case math.Abs(x) < 1e-3: // the series, before it cancels: x²/2 − x³/6 + x⁴/12 − …
		return e * x * x * (1.0/2 - x*(1.0/6-x*(1.0/12-x*(1.0/20-x/30))))
	}
	return max(0, e*((1+x)*math.Log1p(x)-x))
}
