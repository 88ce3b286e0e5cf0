package detect

import (
	"cmp"
	"slices"
)

// null is what one platform's scores do on ordinary days.
type null struct {
	platform uint16
	days     []dayTails     // by day, at most Options.TailDays
	limit    [Tiers]float64 // threshold by tier; 0: not enough history
}

// dayTails is one day of daily maxima. Days of terms that were trends already
// are known by tier and bin: such a term cannot be raised again, so its score
// says nothing about how many alarms a threshold would give.
type dayTails struct {
	day   int64
	tails [Tiers]Tail
	known []tierBin
}

type tierBin struct{ tier, bin uint8 }

// AddDay merges the daily maxima of one platform's terms into the empirical
// null. The caller may hand over one day in several parts, in any order. Days
// older than Options.TailDays before the newest are forgotten. The day's last
// tick must have been, the next day's last one not.
func (j *Judge) AddDay(platform uint16, day int64, tails *[Tiers]Tail) {
	i, ok := slices.BinarySearchFunc(j.nulls, platform, func(n null, p uint16) int { return cmp.Compare(n.platform, p) })
	if !ok {
		j.nulls = slices.Insert(j.nulls, i, null{platform: platform})
	}
	j.nulls[i].add(day, tails, j.known(platform, day), &j.opt)
}

// known returns where the trends that were raised before the day had their
// largest score of it.
func (j *Judge) known(platform uint16, day int64) []tierBin {
	var out []tierBin
	for i := range j.episodes {
		ep := &j.episodes[i]
		if best := ep.best[day&1]; ep.trend.Platform == platform && DayOf(ep.trend.Raised) < day && best.day == day && best.score > 0 {
			out = append(out, tierBin{best.tier, binOf(best.score)})
		}
	}
	return out
}

func (n *null) add(day int64, tails *[Tiers]Tail, known []tierBin, opt *Options) {
	i, ok := slices.BinarySearchFunc(n.days, day, func(d dayTails, day int64) int { return cmp.Compare(d.day, day) })
	if !ok {
		n.days = slices.Insert(n.days, i, dayTails{day: day})
	}
	for t := range tails {
		n.days[i].tails[t].Merge(&tails[t])
	}
	n.days[i].known = known
	newest := n.days[len(n.days)-1].day
	n.days = slices.DeleteFunc(n.days, func(d dayTails) bool { return d.day <= newest-int64(opt.TailDays) })
	n.refit(opt)
}

// refit pools the days and sets the thresholds so that no more than Budget terms
// a day reach them, each tier having a share that is proportional to its terms.
// True trends count too: the budget is kept on the safe side. A tier too thin
// for a threshold of its own takes that of all tiers together.
func (n *null) refit(opt *Options) {
	if len(n.days) == 0 {
		return
	}
	var pooled [Tiers]Tail
	for i := range n.days {
		for t := range pooled {
			pooled[t].Merge(&n.days[i].tails[t])
		}
	}
	for i := range n.days {
		for _, k := range n.days[i].known {
			if c := &pooled[k.tier].bins[k.bin]; *c > 0 {
				*c--
			}
		}
	}
	var all Tail
	for t := range GaugeTier {
		all.Merge(&pooled[t])
	}
	span := n.days[len(n.days)-1].day - n.days[0].day + 1 // days without entries included
	budget := opt.Budget * float64(span)
	common, _ := all.Exceedance(budget)
	for t := range GaugeTier {
		n.limit[t] = common
		if own := budget * float64(pooled[t].Count()) / float64(max(1, all.Count())); own >= fewEntries {
			n.limit[t], _ = pooled[t].Exceedance(own)
		}
	}
	n.limit[GaugeTier], _ = pooled[GaugeTier].Exceedance(budget)
}

// Threshold returns the score that a candidate of the platform and tier must
// reach: where the last days would have given Options.Budget alarms a day over all
// tiers, and never less than Options.MinScore (GaugeScore for [GaugeTier]).
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
