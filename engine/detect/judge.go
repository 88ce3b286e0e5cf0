package detect

import (
	"cmp"
	"slices"
)

// Judge decides which candidates become trends, follows them through their
// phases and closes them. One alarm per episode: a term that was raised is not
// raised again until it has been over for Options.RearmHours.
//
// Results depend on the candidates and their panes alone, not on the order in
// which they arrive. A Judge belongs to one goroutine.
type Judge struct {
	opt      Options
	pane     int64
	episodes []episode // by ID
	spare    []episode // last tick's array, to be written to by the next
	watched  []watched // by ID
	nulls    []null    // by platform
	lists    []listNull
	lives    []life  // by platform and kind
	trusts   []trust // by platform
	lessons  lessons // of the running tick

	spareWatched []watched // as spare, for watched
	stands       []stand   // of this tick, see groups.go
}

// episode is one trend, or a term that must not be raised again yet.
type episode struct {
	trend   Trend
	bestDay float64 // largest Evidence.Excess so far
	alive   int64   // last pane with evidence
	closed  int64   // pane at which the trend was closed; 0: open
	faded   int64   // pane of the first fading; 0: not yet
	fate    fate
	passed  [stages]passage
	tier    uint8 // at the raise
}

// NewJudge returns a Judge without history.
func NewJudge(opt Options) (*Judge, error) {
	if err := opt.Validate(); err != nil {
		return nil, err
	}
	opt.Windows = slices.Clone(opt.Windows)
	return &Judge{opt: opt}, nil
}

// Tick takes the candidates of the closed pane and returns the changes of phase
// by ID. Each term should be among the candidates once. Panes must increase; an
// earlier pane changes nothing. Open trends that are not among the candidates
// are taken to have no evidence left. The candidates are sorted in place.
// Cost: O(n log n) for n candidates, O(n) when they are sorted by ID.
func (j *Judge) Tick(pane int64, candidates []Candidate) []Change {
	if pane <= j.pane {
		return nil
	}
	j.pane = pane
	byID := func(a, b Candidate) int { return cmp.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(candidates, byID) {
		slices.SortFunc(candidates, byID)
	}
	j.watch(candidates)
	j.early()
	var changes []Change
	old, next := j.episodes, j.spare[:0]
	for len(old) > 0 || len(candidates) > 0 {
		switch {
		case len(old) > 0 && (len(candidates) == 0 || old[0].trend.ID <= candidates[0].ID):
			var c *Candidate
			if len(candidates) > 0 && candidates[0].ID == old[0].trend.ID {
				c, candidates = &candidates[0], candidates[1:]
			}
			next, old = append(next, old[0]), old[1:]
			ep := &next[len(next)-1]
			j.follow(ep, c, &changes)
			if j.forgotten(ep) {
				next = next[:len(next)-1]
			}
		case len(next) > 0 && next[len(next)-1].trend.ID == candidates[0].ID:
			candidates = candidates[1:] // offered twice
		default:
			if ep, ok := j.raise(&candidates[0]); ok {
				next = append(next, ep)
				changes = append(changes, Change{Trend: ep.trend})
			}
			candidates = candidates[1:]
		}
	}
	j.episodes, j.spare = next, j.episodes
	j.group(changes)
	changes = j.outgrow(changes)
	j.learn()
	return changes
}

// Trends appends the open trends to dst, highest rank first.
func (j *Judge) Trends(dst []Trend) []Trend {
	n := len(dst)
	for i := range j.episodes {
		if ep := &j.episodes[i]; ep.closed == 0 {
			dst = append(dst, ep.trend)
		}
	}
	slices.SortFunc(dst[n:], func(a, b Trend) int {
		return cmp.Or(cmp.Compare(b.Rank, a.Rank), cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
	})
	return dst
}

// raise opens an episode if the candidate deserves it.
func (j *Judge) raise(c *Candidate) (episode, bool) {
	threshold := j.asks(c)
	if c.Score <= 0 || c.Score < threshold || c.Flags.Has(FlagRegular) || c.Age < j.opt.WarmupHours {
		return episode{}, false
	}
	t := Trend{
		Candidate: *c, Best: c.Evidence, Phase: Emerging, Raised: j.pane, Since: j.pane, Began: min(c.Started, j.pane),
		Threshold: threshold, PeakHour: c.LastHour, PeakPane: j.pane, Platforms: 1,
	}
	if c.Flags.Has(FlagThin) {
		t.Phase = Unconfirmed
	}
	ep := episode{trend: t, bestDay: c.Excess, alive: j.pane, tier: c.Tier}
	ep.trend.lift(j.pane)
	j.estimate(&ep)
	return ep, true
}

// follow moves an episode on by one tick. c is nil when the term gave no
// evidence at all.
func (j *Judge) follow(ep *episode, c *Candidate, changes *[]Change) {
	if ep.closed != 0 {
		return
	}
	t := &ep.trend
	if c != nil {
		t.Candidate = *c
	} else {
		t.Evidence = Evidence{Pane: j.pane, Started: t.Started, Age: t.Age, Tier: t.Tier, Fall: fallen + 1, Flags: t.Flags &^ FlagBlind}
	}
	if t.Score > t.Best.Score {
		t.Best = t.Evidence
	}
	if t.LastHour > t.PeakHour {
		t.PeakHour, t.PeakPane = t.LastHour, j.pane
	}
	ep.bestDay = max(ep.bestDay, t.Excess)
	if j.living(ep) {
		ep.alive = j.pane
	}
	from, to := t.Phase, t.Phase
	switch {
	case j.pane-ep.alive > int64(j.opt.OverHours*PanesPerHour):
		to = Over
	case from == Unconfirmed:
		if c != nil && t.Now >= j.Threshold(t.Platform, t.Tier) && !t.Flags.Has(FlagThin) && !t.Flags.Has(FlagRegular) {
			to = Emerging
			ep.passed, ep.tier = [stages]passage{}, t.Tier
			t.Raised, t.Threshold, t.Best = j.pane, j.Threshold(t.Platform, t.Tier), t.Evidence
		}
	case !t.Flags.Has(FlagBlind) && j.pane-t.Since >= settlePane:
		to = from.next(&t.Evidence, j.pane-t.Raised)
	}
	if to != from {
		t.Phase, t.Since = to, j.pane
		if to == Fading && ep.faded == 0 {
			ep.faded = j.pane
		}
	}
	if to == Over && from == Unconfirmed {
		ep.fate = cameToNothing // it was never raised
	}
	t.lift(j.pane)
	j.estimate(ep)
	if to == Over {
		ep.closed = j.pane
		if from != Unconfirmed { // it was no trend
			j.ended(ep)
		}
	}
	if to != from {
		*changes = append(*changes, Change{Trend: *t, From: from})
	}
}

// living reports whether the evidence keeps the trend open: half the score that
// raised it, or a day that still holds a fair share of its best excess. What climbed
// in a list lives as long as it holds half of that climb, up to two days.
func (j *Judge) living(ep *episode) bool {
	t := &ep.trend
	if t.Flags.Has(FlagBlind) || t.Score >= t.Threshold/2 {
		return true
	}
	if t.Flags.Has(FlagGauge) {
		return t.Lasting >= t.Threshold/2
	}
	return t.Excess >= max(aliveShare*ep.bestDay, j.opt.MinAuthors)
}

// forgotten reports whether a closed episode no longer bars its term.
func (j *Judge) forgotten(ep *episode) bool {
	return ep.closed != 0 && j.pane-ep.closed >= int64(j.opt.RearmHours*PanesPerHour)
}
