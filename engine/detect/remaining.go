package detect

import (
	"cmp"
	"math"
	"slices"
)

// Hours is a range of hours: the middle 80 % of the trends like it lasted between
// Low and High more hours, half of them more than Mid.
type Hours struct{ Low, Mid, High float64 }

// lifetimes are how long the closed trends of a platform and kind lasted: from the
// raise to the last evidence. What remains of a trend is read from those that
// had got as far: before it faded, from those that faded later than it is old;
// once it fades, from how long others faded.
type lifetimes struct {
	lives [fadeBins][lifeBins]float32 // by time to the first fading and length
	fades [lifeBins]float32           // by length from the first fading
}

const (
	fadeBins    = 24  // of two hours, the last one open
	lifeBins    = 84  // of two hours
	binHours    = 2   // length of a bin
	lifeWeight  = 8   // the prior counts as that many closed trends
	lifeMax     = 400 // beyond that many trends old ones are forgotten
	lifeLongest = lifeBins * binHours
)

// add counts a closed trend by its hours to the first fading and to its end.
func (l *lifetimes) add(fade, life float64) {
	if l.total() >= lifeMax {
		l.halve()
	}
	l.lives[binAt(fade, fadeBins)][binAt(life, lifeBins)]++
	if fade < life {
		l.fades[binAt(life-fade, lifeBins)]++
	}
}

func binAt(hours float64, bins int) int { return int(max(0, min(hours/binHours, float64(bins-1)))) }

func (l *lifetimes) total() (n float32) {
	for i := range l.lives {
		for _, c := range l.lives[i] {
			n += c
		}
	}
	return n
}

func (l *lifetimes) halve() {
	for i := range l.lives {
		for k := range l.lives[i] {
			l.lives[i][k] /= 2
		}
	}
	for k := range l.fades {
		l.fades[k] /= 2
	}
}

// priorLife is the share of trends whose life ends in the bin while nothing is
// known: most live 48 to 72 hours, one in ten dies sooner, one in ten lives on.
func priorLife(bin int) float64 {
	switch hours := bin * binHours; {
	case hours < 48:
		return 0.1 / (48 / binHours)
	case hours < 72:
		return 0.8 / (24 / binHours)
	}
	return 0.1 / ((lifeLongest - 72) / binHours)
}

// before returns what remains of a trend of that age that does not fade yet.
func (l *lifetimes) before(age float64) Hours {
	var d [lifeBins]float64
	first := binAt(age, fadeBins)
	for i := first; i < fadeBins; i++ {
		for k, c := range l.lives[i] {
			d[k] += float64(c)
		}
	}
	return beyond(&d, age)
}

// fading returns what remains of a trend of that age that began to fade some hours
// ago.
func (l *lifetimes) fading(age, since float64) Hours {
	var n float64
	for _, c := range l.fades {
		n += float64(c)
	}
	if n < lifeWeight {
		return l.before(age)
	}
	var d [lifeBins]float64
	for k, c := range l.fades {
		d[k] = float64(c)
	}
	if beyond := d[binAt(since, lifeBins):]; !slices.ContainsFunc(beyond, func(n float64) bool { return n > 0 }) {
		return l.before(age) // nobody faded for so long
	}
	return quantiles(&d, since)
}

// beyond adds the prior to a distribution of lives and returns what remains.
func beyond(d *[lifeBins]float64, age float64) Hours {
	for k := range d {
		d[k] += lifeWeight * priorLife(k)
	}
	return quantiles(d, age)
}

// quantiles returns how far the 10, 50 and 90 % points of the part of the
// distribution beyond the age lie from it.
func quantiles(d *[lifeBins]float64, age float64) Hours {
	age = max(0, min(age, lifeLongest-0.1))
	first := int(age / binHours)
	d[first] *= (float64(first+1)*binHours - age) / binHours
	var total float64
	for _, m := range d[first:] {
		total += m
	}
	at := func(q float64) float64 {
		var sum float64
		for k := first; k < lifeBins; k++ {
			if m := d[k]; m > 0 && sum+m >= q*total {
				from := max(float64(k)*binHours, age)
				return from + (float64(k+1)*binHours-from)*(q*total-sum)/m - age
			} else {
				sum += m
			}
		}
		return 0
	}
	round := func(x float64) float64 { return math.Round(x*10) / 10 }
	return Hours{Low: round(at(0.1)), Mid: round(at(0.5)), High: round(at(0.9))}
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

// left returns what is left of an open trend.
func (j *Judge) left(ep *episode) Hours {
	t := &ep.trend
	if t.Phase == Over {
		return Hours{}
	}
	l := j.lifeOf(t.Platform, t.Kind)
	age := hoursBetween(t.Raised, j.pane)
	h := l.before(age)
	if ep.faded != 0 {
		h = l.fading(age, hoursBetween(ep.faded, j.pane))
	}
	if j.pane-ep.alive >= PanesPerHour {
		h.Low, h.Mid = 0, 0 // it may have had its last evidence
	}
	return h
}

// ended notes how long a closed trend lasted.
func (j *Judge) ended(ep *episode) {
	t := &ep.trend
	fade := ep.alive
	if ep.faded != 0 {
		fade = ep.faded
	}
	j.lessons.ended = append(j.lessons.ended, ended{
		t.Platform, t.Kind, hoursBetween(t.Raised, fade), hoursBetween(t.Raised, ep.alive),
	})
}

// ended is how long one trend lasted, in hours: to its first fading, and in all.
type ended struct {
	platform   uint16
	kind       uint8
	fade, life float64
}

// learnLife takes in how long a closed trend lasted.
func (j *Judge) learnLife(e *ended) {
	i, ok := slices.BinarySearchFunc(j.lives, 0, func(l life, _ int) int { return l.order(e.platform, e.kind) })
	if !ok {
		j.lives = slices.Insert(j.lives, i, life{platform: e.platform, kind: e.kind})
	}
	j.lives[i].add(e.fade, e.life)
}

func hoursBetween(from, to int64) float64 { return float64(max(0, to-from)) / PanesPerHour }
