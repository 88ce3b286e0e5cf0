package detect

import (
	"cmp"
	"math"
	"slices"
)

// listNull is the empirical null of one list: how far its terms climb or grow on a
// day. Unlike that of a platform's posts it leaves out nothing that went on, for what
// stands high in a list stays there for a while whatever brought it up: the budget
// bounds all alarms of a list, true ones included.
type listNull struct {
	list     uint32
	platform uint16
	newest   int64   // day last taken in
	days     float64 // decayed number of days
	pooled   tail    // decayed
	limit    float64
}

// ListDay is how far the terms of a list got on a day.
type ListDay struct {
	List     uint32
	Platform uint16
	Scores   []float64 // of each term that showed something, its highest
}

// AddLists takes a day of the lists that were read on it into their nulls, each list
// once. Lists not read are missing, not quiet. The order does not matter.
func (j *Judge) AddLists(day int64, lists []ListDay) {
	for i := range lists {
		d := &lists[i]
		k, ok := slices.BinarySearchFunc(j.lists, d.List, func(n listNull, list uint32) int { return cmp.Compare(n.list, list) })
		if !ok {
			j.lists = slices.Insert(j.lists, k, listNull{list: d.List, platform: d.Platform})
		}
		j.lists[k].add(day, d.Scores, j.opt.NullHalfLife)
	}
	j.lists = slices.DeleteFunc(j.lists, func(n listNull) bool { return day-n.newest > maxGap })
	share := map[uint16]float64{}
	for i := range j.lists {
		share[j.lists[i].platform]++
	}
	for i := range j.lists {
		n := &j.lists[i]
		n.refit(j.opt.gaugeBudget() / share[n.platform])
	}
}

func (n *listNull) add(day int64, scores []float64, halfLife float64) {
	if n.newest != 0 && day <= n.newest {
		return
	}
	gap := int64(1)
	if n.newest != 0 {
		gap = min(day-n.newest, maxGap)
	}
	keep := math.Exp2(-float64(gap) / halfLife)
	n.newest, n.days = day, n.days*keep+1
	for b := range n.pooled.bins {
		n.pooled.bins[b] *= float32(keep)
	}
	for _, x := range scores {
		if b := binOf(x); b > 0 {
			n.pooled.bins[b]++
		}
	}
}

func (n *listNull) refit(budget float64) { n.limit, _ = n.pooled.exceedance(budget * n.days) }

// gaugeBudget returns the alarms a day that all lists of a platform may give.
func (o *Options) gaugeBudget() float64 {
	if o.GaugeBudget > 0 {
		return o.GaugeBudget
	}
	return o.Budget
}

// ListThreshold returns the score that a term of the list must reach: where its own
// days gave its share of the budget, and never less than Options.GaugeScore. A list
// of which less than two days are known asks for two more: that of a climb from its end to the top.
func (j *Judge) ListThreshold(list uint32) float64 {
	k, ok := slices.BinarySearchFunc(j.lists, list, func(n listNull, list uint32) int { return cmp.Compare(n.list, list) })
	if !ok || j.lists[k].days < earlyDays-0.5 {
		return j.opt.GaugeScore + youngList
	}
	return max(j.opt.GaugeScore, j.lists[k].limit)
}

const youngList = 2

// gaugeThreshold returns the largest threshold of a platform's lists.
func (j *Judge) gaugeThreshold(platform uint16) float64 {
	x := j.opt.GaugeScore
	for i := range j.lists {
		if n := &j.lists[i]; n.platform == platform {
			x = max(x, j.ListThreshold(n.list))
		}
	}
	return x
}

// asks returns the threshold of a candidate.
func (j *Judge) asks(c *Candidate) float64 {
	if c.Flags.Has(FlagGauge) {
		return j.ListThreshold(c.List)
	}
	return j.Threshold(c.Platform, c.Tier)
}

// listNullBytes is the encoded length of a list's null.
const listNullBytes = 4 + 2 + 8 + 8 + 4*tailBins + 8

func (n *listNull) append(s *scribe) {
	s.u32(n.list)
	s.u16(n.platform)
	s.i64(n.newest)
	s.f64(n.days)
	for _, c := range n.pooled.bins {
		s.f32(c)
	}
	s.f64(n.limit)
}

func (n *listNull) read(in *reader) {
	n.list, n.platform = in.u32(), in.u16()
	n.newest, n.days = in.i64(), in.f64()
	if !paneInRange(n.newest) || n.days < 0 || n.days > mostDecayed {
		in.fail(ErrCorrupt, "day %d, %v days of a list", n.newest, n.days)
	}
	for b := range n.pooled.bins {
		if n.pooled.bins[b] = in.f32(); n.pooled.bins[b] < 0 {
			in.fail(ErrCorrupt, "negative count of terms")
		}
	}
	if n.limit = in.f64(); n.limit < 0 {
		in.fail(ErrCorrupt, "limit %v", n.limit)
	}
}
