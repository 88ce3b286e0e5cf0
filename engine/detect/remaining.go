package detect

import (
	"cmp"
	"math"
	"slices"
)

// Hours is a range of hours: the middle 80 % of the trends of that age lasted
// between Low and High more hours, half of them more than Mid.
type Hours struct{ Low, Mid, High float64 }

// lifetimes is the distribution of how long trends lasted, from the start of
// the rise to the end of the evidence, in hours. What remains at some age is
// read from the part of the distribution beyond that age.
type lifetimes struct {
	bins [lifeBins]float32 // bin i: i..i+1 hours
}

const (
	lifeBins   = 168
	lifeWeight = 8    // the prior counts as that many closed trends
	lifeMax    = 1000 // beyond that many trends old ones are forgotten
)

// add counts a closed trend that lasted so many hours.
func (l *lifetimes) add(hours float64) {
	l.bins[int(max(0, min(hours, lifeBins-1)))]++
	var n float32
	for _, c := range l.bins {
		n += c
	}
	if n <= lifeMax {
		return
	}
	for i := range l.bins {
		l.bins[i] /= 2
	}
}

// priorLife is the share of trends that last i..i+1 hours while nothing is
// known: most live 48 to 72 hours, one in ten dies sooner, one in ten lives on.
func priorLife(i int) float64 {
	switch {
	case i < 48:
		return 0.1 / 48
	case i < 72:
		return 0.8 / 24
	}
	return 0.1 / (lifeBins - 72)
}

// remaining returns what is left for a trend of that age in hours.
func (l *lifetimes) remaining(age float64) Hours {
	age = max(0, min(age, lifeBins-1))
	var mass [lifeBins]float64
	var total float64
	for i := int(age); i < lifeBins; i++ {
		m := float64(l.bins[i]) + lifeWeight*priorLife(i)
		if i == int(age) {
			m *= float64(i+1) - age
		}
		mass[i] = m
		total += m
	}
	quantile := func(q float64) float64 {
		var sum float64
		for i := int(age); i < lifeBins; i++ {
			if sum+mass[i] >= q*total {
				from := max(float64(i), age)
				return from + (float64(i+1)-from)*(q*total-sum)/mass[i] - age
			}
			sum += mass[i]
		}
		return lifeBins - age
	}
	round := func(x float64) float64 { return math.Round(x*10) / 10 }
	return Hours{Low: round(quantile(0.1)), Mid: round(quantile(0.5)), High: round(quantile(0.9))}
}

// life holds the lifetimes of one platform and kind.
type life struct {
	platform uint16
	kind     uint8
	lifetimes
}

func (l *life) order(platform uint16, kind uint8) int {
	return cmp.Or(cmp.Compare(l.platform, platform), cmp.Compare(l.kind, kind))
}

// noLives is what is known of platforms and kinds without a closed trend. It is
// never written to.
var noLives lifetimes

// lifeOf returns the lifetimes of trends of that platform and kind.
func (j *Judge) lifeOf(platform uint16, kind uint8) *lifetimes {
	for i := range j.lives {
		if j.lives[i].order(platform, kind) == 0 {
			return &j.lives[i].lifetimes
		}
	}
	return &noLives
}

// learnLife takes in how long a closed trend lasted.
func (j *Judge) learnLife(ep *episode) {
	t := &ep.trend
	i, ok := slices.BinarySearchFunc(j.lives, 0, func(l life, _ int) int { return l.order(t.Platform, t.Kind) })
	if !ok {
		j.lives = slices.Insert(j.lives, i, life{platform: t.Platform, kind: t.Kind})
	}
	j.lives[i].add(float64(ep.alive-t.Began) / PanesPerHour)
}
