package console

import (
	"math"
	"strings"
)

var steps = []rune("▁▂▃▄▅▆▇█")

const missing = '·'

// Spark draws values as a line of at most width characters, oldest first: each stands
// for as many values as are needed, by their mean. The highest is full, zero is the
// lowest step and nothing else is; a part of which no value is known (NaN) is a dot.
func Spark(values []float64, width int) string {
	if len(values) == 0 || width <= 0 {
		return ""
	}
	means := fold(values, min(width, len(values)))
	top := 0.0
	for _, m := range means {
		if m > top {
			top = m
		}
	}
	var b strings.Builder
	for _, m := range means {
		switch {
		case math.IsNaN(m):
			b.WriteRune(missing)
		case m <= 0 || top == 0:
			b.WriteRune(steps[0])
		default:
			i := int(math.Ceil(m / top * float64(len(steps)-1)))
			b.WriteRune(steps[min(max(i, 1), len(steps)-1)])
		}
	}
	return b.String()
}

// fold returns n means of the values that are known.
func fold(values []float64, n int) []float64 {
	means := make([]float64, n)
	for i := range means {
		sum, known := 0.0, 0
		for _, v := range values[i*len(values)/n : (i+1)*len(values)/n] {
			if !math.IsNaN(v) {
				sum, known = sum+v, known+1
			}
		}
		means[i] = math.NaN()
		if known > 0 {
			means[i] = sum / float64(known)
		}
	}
	return means
}
