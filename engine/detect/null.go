package detect

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// null is the empirical null of one platform (Efron, Large-Scale Inference, 2010,
// ch. 6): how far ordinary terms get on ordinary days. What a nominal
// distribution says of the tails is far off on real streams: small bursts of a
// dozen people are ordinary there.
type null struct {
	platform uint16
	pooled   [Tiers][marks]tail // decayed
	trends   [Tiers]float64     // decayed number of terms a tier had that went on
	days     float64            // decayed number of days in pooled
	newest   int64              // day last taken into pooled; 0: none
	waiting  []waiting          // days that are not pooled yet, oldest first
	limits   Limits
	early    float64 // score that stands in for the null while that is young
}

// waiting is a day whose terms are not all told apart yet: what was raised on it
// is known for a trend, or not, only by the end of the next one.
type waiting struct {
	day   int64
	tails *Tails
}

// Limits are what the empirical null of a platform asks for.
type Limits struct {
	// z is by tier and mark where the budget lies; 0: nothing known.
	z [Tiers][scoreMark]float64
	// score is by tier, 0: nothing known.
	score [Tiers]float64
}

// noLimits is what is known of a platform without history. It is never written to.
var noLimits Limits

// AddDay merges how far one platform's terms got into the empirical null. The
// caller may hand over one day in several parts, in any order; what comes after the
// next day's changes nothing. Days older than a day are taken in: until then it is
// open which of the terms were trends. The day's last tick must have been, the next
// day's first one not.
func (j *Judge) AddDay(platform uint16, day int64, tails *Tails) {
	n := j.nullOf(platform)
	if k := len(n.waiting); k > 0 && n.waiting[k-1].day >= day {
		if n.waiting[k-1].day == day {
			n.waiting[k-1].tails.Merge(tails)
		}
		return
	}
	for len(n.waiting) > 0 && n.waiting[0].day < day {
		j.pool(n, &n.waiting[0])
		n.waiting = n.waiting[1:]
	}
	own := *tails
	n.waiting = append(slices.Clip(n.waiting), waiting{day, &own})
	n.refit(&j.opt)
}

// pool takes a day into the null, without what turned out to be trends.
func (j *Judge) pool(n *null, w *waiting) {
	known := j.known(n.platform)
	var trends [Tiers]float64
	for i := range j.watched {
		x := &j.watched[i]
		best := x.on(w.day)
		if x.platform == n.platform && best.day == w.day && x.proved && DayOf(x.since) == w.day {
			trends[best.tier]++
		}
		if x.platform == n.platform && best.day == w.day && (x.proved || x.thin || best.spared || known[x.group]) {
			w.tails.remove(best.tier, &best.marks)
		} else if x.platform == n.platform && best.day == w.day {
			// Who got as far the day before would have been raised then.
			if before := x.on(w.day - 1); before.day == w.day-1 {
				w.tails.remove(best.tier, best.marks.reached(&before.marks))
			}
		}
	}
	// Days that were left out were not watched: they are missing, not quiet.
	gap := int64(1)
	if n.newest != 0 {
		gap = min(w.day-n.newest, maxGap)
	}
	n.newest = w.day
	daily := math.Exp2(-1 / j.opt.NullHalfLife)
	keep := float32(math.Pow(daily, float64(gap)))
	n.days = n.days*float64(keep) + 1
	for t := range n.pooled {
		n.trends[t] = n.trends[t]*float64(keep) + trends[t]
		for i := range n.pooled[t] {
			for b := range n.pooled[t][i].bins {
				bin := &n.pooled[t][i].bins[b]
				*bin = *bin*keep + float32(w.tails.counts[t][i][b])
			}
		}
	}
}

// refit sets the limits so that no more than Budget terms a day are beyond them.
// The budget is spent where there is something to be found: each tier has a share
// that is proportional to the trends that began in it, or to its terms while there
// were few, and never nothing.
func (n *null) refit(opt *Options) {
	n.limits = Limits{}
	if n.days == 0 {
		return
	}
	var terms, trends float64
	for t := range GaugeTier {
		terms += n.pooled[t][scoreMark].above(0)
		trends += n.trends[t]
	}
	var shares [Tiers]float64
	var total float64
	for t := range GaugeTier {
		own := n.pooled[t][scoreMark].above(0) / max(terms, 1)
		shares[t] = max(evenPart, (n.trends[t]+shareTrends*own)/(trends+shareTrends))
		total += shares[t]
	}
	for t := range GaugeTier {
		weight := opt.Budget * n.days * shares[t] / total
		for i := range scoreMark {
			n.limits.z[t][i], _ = n.pooled[t][i].exceedance(weight)
		}
		n.limits.score[t], _ = n.pooled[t][scoreMark].exceedance(weight)
	}
}

// maxGap is after how many days without anything the days stop to count.
const maxGap = 60

const (
	evenPart    = 0.05 // least share of a tier in the budget
	shareTrends = 10   // trends that the tiers' terms weigh as much as
)

// findNull returns where the platform's null is or belongs. A null is too large to be
// handed to a comparison by value.
func (j *Judge) findNull(platform uint16) (int, bool) {
	return sort.Find(len(j.nulls), func(i int) int { return cmp.Compare(platform, j.nulls[i].platform) })
}

// Limits returns what the null of the platform asks for; to be handed to
// [Evaluate] in a [Frame]. It is valid until the next AddDay and read-only.
func (j *Judge) Limits(platform uint16) *Limits {
	i, ok := j.findNull(platform)
	if !ok {
		return &noLimits
	}
	return &j.nulls[i].limits
}

// Threshold returns the score that a candidate of the platform and tier must
// reach: where ordinary days would give Options.Budget alarms over all
// tiers, and never less than Options.MinScore (KnownScore above the lowest tier). Of
// [GaugeTier] it is the largest of the platform's lists, see [Judge.ListThreshold].
// In a platform's first days what its terms have reached since yesterday stands in
// for ordinary days, see early.
func (j *Judge) Threshold(platform uint16, tier uint8) float64 {
	if int(tier) >= Tiers {
		return j.opt.MinScore
	}
	if tier == GaugeTier {
		return j.gaugeThreshold(platform)
	}
	least := j.opt.least(tier)
	i, ok := j.findNull(platform)
	if !ok {
		return least
	}
	n := &j.nulls[i]
	if n.days < earlyDays {
		least = max(least, n.early)
	}
	return max(least, n.limits.score[tier])
}

// least returns the least score of an alarm in the tier.
func (o *Options) least(tier uint8) float64 {
	if tier == 0 {
		return o.MinScore
	}
	return max(o.MinScore, o.KnownScore)
}
