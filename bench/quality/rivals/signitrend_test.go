package rivals

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Worked by hand from fast_signi.pyx with alpha 1/4 and bias 2: counts 4, 8.
func TestSignificanceByHand(t *testing.T) {
	var m Moments
	near(t, "first", Significance(4, m, 2), (4-2)/(0+2.))
	m = m.After(4, 0.25) // d 4
	near(t, "mean", m.Mean, 1)
	near(t, "variance", m.Var, 0.75*(0+0.25*16))
	near(t, "second", Significance(8, m, 2), (8-2)/(math.Sqrt(3)+2))
	m = m.After(8, 0.25) // d 7
	near(t, "mean", m.Mean, 2.75)
	near(t, "variance", m.Var, 0.75*(3+0.25*49))
	near(t, "third", Significance(8, m, 2), (8-2.75)/(math.Sqrt(0.75*15.25)+2))
}

func TestLearningRate(t *testing.T) {
	near(t, "one half-life", LearningRate(time.Hour, time.Hour), 0.5)
	near(t, "56 epochs", math.Pow(1-LearningRate(3*time.Hour, 168*time.Hour), 56), 0.5)
}

func TestIdleIsRepeatedZeros(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Moments{rapid.Float64Range(0, 1e4).Draw(t, "mean"), rapid.Float64Range(0, 1e6).Draw(t, "var")}
		alpha := rapid.Float64Range(0.001, 0.999).Draw(t, "alpha")
		n := rapid.Int64Range(0, 300).Draw(t, "epochs")
		want := m
		for range n {
			want = want.After(0, alpha)
		}
		got := m.Idle(n, alpha)
		if !same(got.Mean, want.Mean) || !same(got.Var, want.Var) {
			t.Fatalf("Idle(%d) = %v, want %v", n, got, want)
		}
	})
}

func same(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(a)+math.Abs(b)) }

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !same(got, want) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}
