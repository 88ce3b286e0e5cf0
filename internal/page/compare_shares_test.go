package page

import (
	"math"
	"testing"

	"github.com/swell-radar/swell/internal/api"
)

func TestSharesAreAHundredTogether(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct{ shares, want []float64 }{
		{[]float64{.084, .324, .592}, []float64{.08, .33, .59}},
		{[]float64{1. / 3, 1. / 3, 1. / 3}, []float64{.34, .33, .33}},
		{[]float64{.5, .5, nan}, []float64{.5, .5, nan}},
		{[]float64{.29, .71, 0}, []float64{.29, .71, 0}},
		{[]float64{.004, .5, .496}, []float64{.004, .5, .496}},
		{[]float64{.333, .333}, []float64{.333, .333}},
		{[]float64{1}, []float64{1}},
		{nil, nil},
	} {
		got := wholes(c.shares)
		for i, want := range c.want {
			if got[i] != api.Number(want) && !(math.IsNaN(want) && !known(got[i])) {
				t.Errorf("%v become %v, want %v", c.shares, got, c.want)
				break
			}
		}
	}
}
