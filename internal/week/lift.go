package week

import "math"

// Lift is what a measure is in an hour of the week as a multiple of its mean, shrunk
// towards 1. Low and High hold the truth in eight of ten cases.
type Lift struct{ Value, Low, High float64 }

// Quantiles of the normal distribution: at 0.9 and 0.995.
const (
	tenth = 1.2815515655446004
	rare  = 2.5758293035489004
)

// LiftsOf returns the lift of every cell, over several tables together, each of which
// has its own mean. It is an empirical Bayes estimate with a gamma prior around 1 (Clayton and Kaldor,
// Empirical Bayes Estimates of Age-standardized Relative Risks for Use in Disease
// Mapping, Biometrics 43, 1987): of a cell with X where E is expected by the means,
//
//	lift = (X/φ + k) / (E/φ + k).
//
// φ ≥ 1 is by how many times the cell scatters more from week to week than Poisson's law
// has it. Few weeks say little of that, so it is drawn to what all cells show together, which counts
// as [priorWeeks] weeks more. 1/k is the variance of the true lifts: what remains of that of X/E, each
// cell with the weight E/φ, when the noise φ/E is taken away (Marshall, Mapping Disease and
// Mortality Rates using Empirical Bayes Estimators, Applied Statistics 40, 1991). So
// three lucky posts move their cell little where others have as much luck in other weeks.
//
// Such a prior does not believe in one hour that is unlike all others, however much speaks for it. So
// no cell is moved further than to the border of the interval that holds its lift in 99 of
// 100 cases by what was seen there alone (Efron and Morris, Limiting the Risk of
// Bayes and Empirical Bayes Estimators, JASA 67, 1972), without the week that speaks most for
// its being so far away: one wild hour does not make its cell the best, for it did not come back.
//
// ok is false where no cell was measured twice: then nothing is known of φ.
func LiftsOf(tables []*Table, m Measure) (lifts [Cells]Lift, ok bool) {
	phi, ok := scatter(tables, m)
	if !ok {
		for c := range lifts {
			lifts[c] = Lift{1, 1, 1}
		}
		return lifts, false
	}
	var evidence [Cells]evidence
	for _, t := range tables {
		t.against(m, &evidence)
	}
	for c := range evidence {
		evidence[c].scale(1 / phi[c])
	}
	k := shape(&evidence)
	for c := range lifts {
		lifts[c] = evidence[c].lift(k)
	}
	return lifts, true
}

// pair is what was seen in some hours and what was expected there.
type pair struct{ seen, expected float64 }

func (p pair) above() float64 { return p.seen - p.expected }

// evidence is what was seen in one cell, over all weeks, and in those in which it was
// farthest above and below what was expected.
type evidence struct{ all, most, least pair }

func (e *evidence) add(p pair) {
	e.all.seen += p.seen
	e.all.expected += p.expected
	if p.above() > e.most.above() {
		e.most = p
	}
	if p.above() < e.least.above() {
		e.least = p
	}
}

func (e *evidence) scale(f float64) {
	for _, p := range []*pair{&e.all, &e.most, &e.least} {
		p.seen, p.expected = p.seen*f, p.expected*f
	}
}

// lift returns the lift of the cell under a prior of shape k.
func (e *evidence) lift(k float64) Lift {
	out := Lift{1, 1, 1}
	if a, b := e.all.seen+k, e.all.expected+k; !math.IsInf(k, 1) {
		out = Lift{a / b, gammaQuantile(a, -tenth) / b, gammaQuantile(a, tenth) / b}
	}
	without := func(p pair) pair { return pair{e.all.seen - p.seen, e.all.expected - p.expected} }
	if low := without(e.most).low(rare); low > out.Value {
		return Lift{low, low, max(low, e.all.high(tenth))}
	}
	if high := without(e.least).high(rare); high < out.Value {
		return Lift{high, min(high, e.all.low(tenth)), high}
	}
	return out
}

// low and high are the ends of the interval for seen/expected by itself (Garwood,
// Fiducial Limits for the Poisson Distribution, Biometrika 28, 1936).
func (p pair) low(z float64) float64 {
	if p.seen <= 0 || p.expected <= 0 {
		return 0
	}
	return gammaQuantile(p.seen, -z) / p.expected
}

func (p pair) high(z float64) float64 {
	if p.expected <= 0 {
		return math.Inf(1)
	}
	return gammaQuantile(max(0, p.seen)+1, z) / p.expected
}

// against adds what was seen in each cell and what the mean of all has expected there.
func (t *Table) against(m Measure, evidence *[Cells]evidence) {
	var sum, exposure float64
	for c := range t.cells {
		for _, o := range t.cells[c] {
			if x, e := m(o.hours, o.values); e > 0 {
				sum, exposure = sum+x, exposure+e
			}
		}
	}
	for c := range t.cells {
		for _, o := range t.cells[c] {
			if x, e := m(o.hours, o.values); e > 0 {
				evidence[c].add(pair{x, sum / exposure * e})
			}
		}
	}
}

// priorWeeks is how many weeks' worth the scatter of all cells is in that of each.
const priorWeeks = 4

// scatter returns by how much a measure scatters from week to week in each cell, as a
// multiple of what Poisson's law has and at least 1: Pearson's statistic over its
// degrees of freedom (McCullagh and Nelder, Generalized Linear Models, 1989, §4.5), in
// which each occurrence is held against the mean of its cell, drawn to that of all cells
// as variances are (Smyth, Linear Models and Empirical Bayes Methods, Statistical
// Applications in Genetics and Molecular Biology 3, 2004).
func scatter(tables []*Table, m Measure) (phi [Cells]float64, ok bool) {
	var chi, freedom [Cells]float64
	var chis, freedoms float64
	for c := range Cells {
		for _, t := range tables {
			mean, _ := t.Mean(c, m)
			if !(mean > 0) {
				continue
			}
			freedom[c]--
			for _, o := range t.cells[c] {
				if x, e := m(o.hours, o.values); e > 0 {
					chi[c] += (x - mean*e) * (x - mean*e) / (mean * e)
					freedom[c]++
				}
			}
		}
		chis, freedoms = chis+chi[c], freedoms+freedom[c]
	}
	if freedoms == 0 {
		return phi, false
	}
	for c := range phi {
		phi[c] = max(1, (priorWeeks*chis/freedoms+chi[c])/(priorWeeks+freedom[c]))
	}
	return phi, true
}

// shape returns the k of the gamma prior; infinite where the cells do not differ by more
// than chance has it.
func shape(evidence *[Cells]evidence) float64 {
	var all, square, cells float64
	for c := range evidence {
		if p := evidence[c].all; p.expected > 0 {
			all, square, cells = all+p.expected, square+p.above()*p.above()/p.expected, cells+1
		}
	}
	if variance := (square - cells) / all; variance > 0 {
		return 1 / variance
	}
	return math.Inf(1)
}

// gammaQuantile returns the quantile of a gamma distribution with shape a and scale 1, where z
// is that of a normal one: the cube root is close to normal (Wilson and Hilferty, PNAS
// 17, 1931).
func gammaQuantile(a, z float64) float64 {
	root := max(0, 1-1/(9*a)+z/(3*math.Sqrt(a)))
	return a * root * root * root
}
