package rivals

import (
	"slices"
	"time"
)

// SigniTrendGrid are the settings that [TuneSigniTrend] combines.
type SigniTrendGrid struct {
	Epochs, HalfLives []time.Duration
	Biases            []float64 // units per epoch
	Units             []Unit
	Running           []bool
}

// DefaultSigniTrendGrid returns a grid of 192 settings around those known to do
// well.
func DefaultSigniTrendGrid() SigniTrendGrid {
	return SigniTrendGrid{
		Epochs:    []time.Duration{time.Hour, 3 * time.Hour, 8 * time.Hour, 24 * time.Hour},
		HalfLives: []time.Duration{72 * time.Hour, 168 * time.Hour, 336 * time.Hour},
		Biases:    []float64{2, 3, 4, 8},
		Units:     []Unit{Posts, Authors},
		Running:   []bool{false, true},
	}
}

// All returns every combination, the last field varying fastest.
func (g SigniTrendGrid) All() []SigniTrendSettings {
	var out []SigniTrendSettings
	for _, epoch := range g.Epochs {
		for _, half := range g.HalfLives {
			for _, bias := range g.Biases {
				for _, unit := range g.Units {
					for _, running := range g.Running {
						out = append(out, SigniTrendSettings{epoch, half, bias, unit, running})
					}
				}
			}
		}
	}
	return out
}

// Tried is one setting and what it was worth.
type Tried struct {
	Settings SigniTrendSettings
	Merit    float64
}

// TuneSigniTrend asks merit for the worth of every setting of the grid (a larger
// one is better) and returns all of them, the best first, equals as the grid has
// them. Tune on other streams than those that figures are reported of.
func TuneSigniTrend(grid SigniTrendGrid, merit func(SigniTrendSettings) float64) []Tried {
	var out []Tried
	for _, s := range grid.All() {
		out = append(out, Tried{s, merit(s)})
	}
	slices.SortStableFunc(out, func(a, b Tried) int {
		switch {
		case a.Merit > b.Merit:
			return -1
		case a.Merit < b.Merit:
			return 1
		}
		return 0
	})
	return out
}
