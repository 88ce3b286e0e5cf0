package week

import (
	"math"
	"time"
)

// Values is what happened in some time, by what the caller counts.
type Values [4]float64

// Table holds what happened in each hour of the week, occurrence by occurrence. Make it
// with [NewTable]. Memory: 48 bytes for each hour that was added.
type Table struct {
	clock clock
	cells [Cells][]occurrence
}

// occurrence is one hour of the wall clock: that of one date.
type occurrence struct {
	local  int64
	hours  float64 // of it that were counted
	values Values
}

// NewTable returns an empty table of a zone.
func NewTable(loc *time.Location) *Table {
	return &Table{clock: clock{loc: loc, since: 1, till: 0}}
}

// Add adds an hour of UTC, counted since 1970, that was counted. It falls into its hours
// of the wall clock in proportion. Hours must come in rising order.
func (t *Table) Add(hour int64, v Values) {
	t.clock.split(hour, func(local, seconds int64) {
		cell := &t.cells[cellOf(local)]
		if n := len(*cell); n == 0 || (*cell)[n-1].local != local {
			*cell = append(*cell, occurrence{local: local})
		}
		o := &(*cell)[len(*cell)-1]
		share := float64(seconds) / hourSeconds
		o.hours += share
		for i := range v {
			o.values[i] += v[i] * share
		}
	})
}

// A Measure takes what is measured from what happened in some hours, and what it is
// measured for: reposts for each hour, or reactions for each post.
type Measure func(hours float64, v Values) (x, exposure float64)

// DropSilent takes back the hours of the week in which nothing of kind i happened although so
// much does otherwise that this is incredible, with a chance below one in a million by
// Poisson's law: nobody looked.
func (t *Table) DropSilent(i int) {
	silent := math.Log(1e6)
	for c := range t.cells {
		var sum, hours float64
		for _, o := range t.cells[c] {
			if o.values[i] > 0 {
				sum, hours = sum+o.values[i], hours+o.hours
			}
		}
		kept := t.cells[c][:0]
		for _, o := range t.cells[c] {
			if o.values[i] > 0 || sum*o.hours < silent*hours || hours == 0 {
				kept = append(kept, o)
			}
		}
		t.cells[c] = kept
	}
}

// Hours returns how many hours of a cell were counted.
func (t *Table) Hours(cell int) float64 {
	var sum float64
	for _, o := range t.cells[cell] {
		sum += o.hours
	}
	return sum
}

// Sum returns what a cell has of kind i.
func (t *Table) Sum(cell, i int) float64 {
	var sum float64
	for _, o := range t.cells[cell] {
		sum += o.values[i]
	}
	return sum
}

// Mean returns the mean of a measure in a cell, NaN where there is nothing to measure,
// and its standard error, NaN where it was measured once: that of a ratio of two sums
// (Cochran, Sampling Techniques, 3rd ed. 1977, §6.3), whose occurrences stand for themselves.
func (t *Table) Mean(cell int, m Measure) (mean, stderr float64) {
	var sum, exposure, n float64
	for _, o := range t.cells[cell] {
		if x, e := m(o.hours, o.values); e > 0 {
			sum, exposure, n = sum+x, exposure+e, n+1
		}
	}
	if exposure == 0 {
		return math.NaN(), math.NaN()
	}
	mean = sum / exposure
	if n < 2 {
		return mean, math.NaN()
	}
	return mean, math.Sqrt(n/(n-1)*t.residue(cell, m, mean)) / exposure
}

// residue returns the sum of the squared differences from the mean.
func (t *Table) residue(cell int, m Measure, mean float64) float64 {
	var sum float64
	for _, o := range t.cells[cell] {
		if x, e := m(o.hours, o.values); e > 0 {
			d := x - mean*e
			sum += d * d
		}
	}
	return sum
}

// MeanOf is [Table.Mean] of several tables as one: every occurrence in any of them counts.
func MeanOf(tables []*Table, cell int, m Measure) (mean, stderr float64) {
	var one Table
	for _, t := range tables {
		one.cells[cell] = append(one.cells[cell], t.cells[cell]...)
	}
	return one.Mean(cell, m)
}

// SumOf returns the sum of the means of several tables and its standard error. It is NaN
// where one of them has nothing to measure: the rest would be less than there was.
func SumOf(tables []*Table, cell int, m Measure) (sum, stderr float64) {
	if len(tables) == 0 {
		return math.NaN(), math.NaN()
	}
	var variance float64
	for _, t := range tables {
		mean, e := t.Mean(cell, m)
		sum, variance = sum+mean, variance+e*e
	}
	return sum, math.Sqrt(variance)
}
