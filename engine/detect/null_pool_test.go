package detect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// offer offers one term with evidence that got so far in all measures.
func offer(j *Judge, pane int64, id, group uint64, z, lasting float64) Marks {
	e := strong(pane)
	e.Score, e.Base, e.Lasting = z, z, lasting
	for k := range e.Marks {
		e.Marks[k] = binOf(z)
	}
	j.Tick(pane, []Candidate{{ID: id, Group: group, Evidence: e}})
	return e.Marks
}

// pooledAt returns the weight of the entries of tier 0 at z, which is alike for all
// marks.
func pooledAt(t *testing.T, j *Judge, z float64) float64 {
	t.Helper()
	n := &j.nulls[0]
	w := n.pooled[0][0].bins[binOf(z)]
	for k := range n.pooled[0] {
		if n.pooled[0][k].bins[binOf(z)] != w {
			t.Fatalf("mark %d has weight %v, the first %v", k, n.pooled[0][k].bins[binOf(z)], w)
		}
	}
	return float64(w)
}

// Who got as far the day before would have been raised then, and once: the second
// day is no second alarm.
func TestDaysInARowCountOnce(t *testing.T) {
	for _, c := range []struct{ first, second, want float64 }{
		{9, 9, 0}, // as far as the day before
		{9, 6, 0},
		{6, 9, 1}, // farther than before
	} {
		j := newJudge(t)
		day := DayOf(firstPane)
		for i, z := range []float64{c.first, c.second} {
			m := offer(j, (day+int64(i))*PanesPerDay+5, 1, 0, z, 0)
			var tails Tails
			tails.Add(0, &m)
			j.AddDay(0, day+int64(i), &tails)
		}
		before := pooledAt(t, j, c.second) * math.Exp2(-1/j.opt.NullHalfLife)
		j.AddDay(0, day+2, new(Tails))
		if got := pooledAt(t, j, c.second) - before; math.Abs(got-c.want) > 1e-6 {
			t.Errorf("a term at %v and at %v the day after: the second day weighs %v; want %v", c.first, c.second, got, c.want)
		}
	}
}

// A spelling of what went on is no ordinary term, though it went nowhere itself.
func TestSpellingsOfTrendsAreNotOrdinary(t *testing.T) {
	for _, c := range []struct {
		group uint64
		want  float64
	}{{7, 0}, {8, 1}, {0, 1}} {
		j := newJudge(t)
		day := DayOf(firstPane)
		pane := day*PanesPerDay + 3
		var tails Tails
		m := offer(j, pane, 2, c.group, 9, 0)
		tails.Add(0, &m)
		m = offer(j, pane+1, 1, 7, 12, 0)
		tails.Add(0, &m)
		offer(j, pane+1+proveAfter, 1, 7, 12, 500)
		j.AddDay(0, day, &tails)
		j.AddDay(0, day+1, new(Tails))
		if got := pooledAt(t, j, 12); got != 0 {
			t.Errorf("a trend counts %v in the null", got)
		}
		if got := pooledAt(t, j, 9); got != c.want {
			t.Errorf("a term of group %d beside a trend of group 7 counts %v; want %v", c.group, got, c.want)
		}
	}
}

// The budget goes to the tier in which trends begin, but no tier gets less than a
// twentieth.
func TestBudgetGoesWhereTrendsBegin(t *testing.T) {
	for _, trends := range []int{0, 20, 4000} {
		var n null
		rng := rand.New(rand.NewPCG(1, 1))
		n.days = 10
		for tier := range 2 {
			for range 10_000 {
				n.pooled[tier][scoreMark].add(rng.ExpFloat64())
			}
		}
		n.trends[0] = float64(trends)
		opt := DefaultOptions()
		n.refit(&opt)
		beyond := func(tier int) float64 { return 10_000 * math.Exp(-n.limits.score[tier]) }
		a, b := beyond(0), beyond(1)
		all := opt.Budget * n.days
		if a+b > 1.3*all {
			t.Errorf("%d trends: %.0f entries lie beyond the limits; %v are allowed", trends, a+b, all)
		}
		switch {
		case trends == 0 && math.Abs(a-b) > 0.3*a:
			t.Errorf("tiers alike get %.1f and %.1f", a, b)
		case trends > 0 && (b > a/2 || b < 0.5*evenPart*all):
			t.Errorf("%d trends in tier 0: the tiers get %.1f and %.1f of %v", trends, a, b, all)
		}
	}
}

// Days that nobody handed over were not watched: how many terms a day gets beyond
// something does not change by them, whatever they make older days weigh.
func TestSkippedDaysAreMissing(t *testing.T) {
	const day = 100
	m := Marks{scoreMark: 8}
	one := new(Tails)
	one.Add(0, &m)
	for _, gap := range []int64{1, 2, 10, maxGap} {
		j := newJudge(t)
		for _, d := range []int64{day, day + gap, day + gap + 1} {
			j.AddDay(0, d, one)
		}
		n := &j.nulls[0]
		if perDay := float64(n.pooled[0][scoreMark].bins[8]) / n.days; math.Abs(perDay-1) > 1e-5 {
			t.Errorf("%d days on: %v terms a day got there; each day that was watched had one", gap, perDay)
		}
	}
}
