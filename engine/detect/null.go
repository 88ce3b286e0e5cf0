package detect

import (
	"cmp"
	"math"
	"slices"
)

// null is what one platform's scores do on ordinary days.
type null struct {
	platform uint16
	days     []dayTails // by day, at most Options.TailDays
	pooled   [Tiers]Tail
	limit    [Tiers]float64 // threshold by tier; 0: not enough history
}

type dayTails struct {
	day   int64
	tails [Tiers]Tail
}

// AddDay merges the daily maxima of one platform's terms into the empirical
// null. The caller may hand over one day in several parts, in any order. Days
// older than Options.TailDays before the newest are forgotten.
func (j *Judge) AddDay(platform uint16, day int64, tails *[Tiers]Tail) {
	i, ok := slices.BinarySearchFunc(j.nulls, platform, func(n null, p uint16) int { return cmp.Compare(n.platform, p) })
	if !ok {
		j.nulls = slices.Insert(j.nulls, i, null{platform: platform})
	}
	j.nulls[i].add(day, tails, &j.opt)
}

func (n *null) add(day int64, tails *[Tiers]Tail, opt *Options) {
	i, ok := slices.BinarySearchFunc(n.days, day, func(d dayTails, day int64) int { return cmp.Compare(d.day, day) })
	if !ok {
		n.days = slices.Insert(n.days, i, dayTails{day: day})
	}
	for t := range tails {
		n.days[i].tails[t].Merge(&tails[t])
	}
	newest := n.days[len(n.days)-1].day
	n.days = slices.DeleteFunc(n.days, func(d dayTails) bool { return d.day <= newest-int64(opt.TailDays) })
	n.refit(opt)
}

// refit pools the days and sets each tier's threshold so that the null exceeds
// it Budget/Tiers times a day.
func (n *null) refit(opt *Options) {
	n.pooled = [Tiers]Tail{}
	for i := range n.days {
		for t := range n.pooled {
			n.pooled[t].Merge(&n.days[i].tails[t])
		}
	}
	var all float64
	for t := range n.pooled {
		all += float64(n.pooled[t].Count())
	}
	for t := range n.pooled {
		share := float64(n.pooled[t].Count()) / max(1, all)
		n.limit[t], _ = n.pooled[t].Exceedance(opt.Budget * share * float64(len(n.days)))
	}
}

// Threshold returns the score that a candidate of the platform and tier must
// reach: where ordinary days would give Options.Budget false alarms a day over
// all tiers, and never less than Options.MinScore (GaugeScore for [GaugeTier]).
// While there is too little history the latter holds alone.
func (j *Judge) Threshold(platform uint16, tier uint8) float64 {
	i, ok := slices.BinarySearchFunc(j.nulls, platform, func(n null, p uint16) int { return cmp.Compare(n.platform, p) })
	least := j.opt.MinScore
	if tier == GaugeTier {
		least = j.opt.GaugeScore
	}
	if !ok || int(tier) >= Tiers {
		return least
	}
	return max(least, j.nulls[i].limit[tier])
}

// estimate fills in confidence and the hours left.
func (j *Judge) estimate(t *Trend) {
	if !t.Flags.Has(FlagBlind) && t.Score >= t.Threshold {
		t.Confidence = max(t.Confidence, confidence(t.Score, t.Threshold, t.Flags))
	}
	age := float64(j.pane-t.Began) / PanesPerHour
	t.Left = Hours{}
	if t.Phase != Over {
		t.Left = j.lifeOf(t.Platform, t.Kind).remaining(age)
	}
}

// confidence rises from a half at the threshold: an exponential null tail of
// unit scale halves the odds of chance with every 0.7 of score. A single narrow
// burst stays in doubt.
func confidence(score, threshold float64, f Flags) float64 {
	c := 1 - 0.5*math.Exp(-(score-threshold)/2)
	if f.Has(FlagBurst) {
		c /= 2
	}
	return min(c, 0.99)
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

// lifeOf returns the lifetimes of trends of that platform and kind.
func (j *Judge) lifeOf(platform uint16, kind uint8) *lifetimes {
	for i := range j.lives {
		if j.lives[i].order(platform, kind) == 0 {
			return &j.lives[i].lifetimes
		}
	}
	return &lifetimes{}
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
