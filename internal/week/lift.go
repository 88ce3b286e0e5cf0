package week

import "math"

// Lift is what a measure is in an hour of the week as a multiple of its mean, shrunk
// towards 1. Low and High hold the truth in eight of ten cases.
type Lift struct{ Value, Low, High float64 }

// tenth is the 0.9 quantile of the normal distribution.
const tenth = 1.2815515655446004

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
// three lucky posts move their cell little where others have as much luck in other weeks, and one wild
// hour does not make its cell the best, for it did not come back.
//
// ok is false where no cell was measured twice: then nothing is known of φ.
func LiftsOf(tables []*Table, m Measure) (lifts [Cells]Lift, ok bool) {
	var seen, expected [Cells]float64
	phi, ok := scatter(tables, m)
	for _, t := range tables {
		t.against(m, &seen, &expected)
	}
	for c := range seen {
		seen[c], expected[c] = seen[c]/phi[c], expected[c]/phi[c]
	}
	k := shape(&seen, &expected)
	for c := range lifts {
		if !ok || math.IsInf(k, 1) {
			lifts[c] = Lift{1, 1, 1}
			continue
		}
		a, b := seen[c]+k, expected[c]+k
		lifts[c] = Lift{a / b, gammaQuantile(a, -tenth) / b, gammaQuantile(a, tenth) / b}
	}
	return lifts, ok
}

// against adds what was seen in each cell and what the mean of all has expected there.
func (t *Table) against(m Measure, seen, expected *[Cells]float64) {
	var x, e [Cells]float64
	var sum, exposure float64
	for c := range t.cells {
		for _, o := range t.cells[c] {
			if a, b := m(o.hours, o.values); b > 0 {
				x[c], e[c] = x[c]+a, e[c]+b
			}
		}
		sum, exposure = sum+x[c], exposure+e[c]
	}
	if exposure == 0 {
		return
	}
	mean := sum / exposure
	for c := range x {
		seen[c] += x[c]
		expected[c] += mean * e[c]
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
// than chance has it. Both are in units of φ.
func shape(seen, expected *[Cells]float64) float64 {
	var all, square, cells float64
	for c := range seen {
		if e := expected[c]; e > 0 {
			d := seen[c] - e
			all, square, cells = all+e, square+d*d/e, cells+1
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
