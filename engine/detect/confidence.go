package detect

import (
	"cmp"
	"slices"
)

// trust is how often what was raised on a platform turned out to be a trend, by
// volume tier, time since the raise and how far beyond the threshold it got until
// then. So confidence is not a formula's claim but a record: of a hundred trends
// with a confidence of 0.8, eighty went on.
type trust struct {
	platform uint16
	outcomes [Tiers][stages][margins]outcomes
}

// outcomes counts what became of the trends of one place; older ones count less.
type outcomes struct{ right, wrong float32 }

const (
	stages      = 2
	margins     = 5
	trustWeight = 4       // trends that what is believed beforehand weighs as much as
	knowsWeeks  = 14 * 24 // hours of history until which nobody knows what returns every week
	trustKeep   = 0.98    // an older trend weighs so much less with each newer one
	laterPanes  = 3 * PanesPerHour
	judgedAfter = 36 * PanesPerHour // what did not go on by then was none
)

// passage is which places a trend passed in a stage, counted from 1; 0: it did not
// come so far.
type passage struct{ from, top uint8 }

// marginEdges are where the places of margins begin.
var marginEdges = [margins]float64{0, 0.5, 1, 2, 4}

// believed is the chance of each place while nothing is known, by stage: more for
// what got further, less for what did not within some hours.
var believed = [stages][margins]float64{
	{0.65, 0.75, 0.85, 0.9, 0.95},
	{0.4, 0.6, 0.8, 0.9, 0.95},
}

const (
	provedChance = 0.98 // of what went on
	failedChance = 0.1  // of what did not
)

func marginOf(beyond float64) int {
	i := 0
	for i+1 < margins && beyond >= marginEdges[i+1] {
		i++
	}
	return i
}

// estimate fills in confidence and the hours left.
func (j *Judge) estimate(ep *episode) {
	t := &ep.trend
	stage := 0
	if j.pane-t.Raised >= laterPanes {
		stage = 1
	}
	place := uint8(marginOf(t.Best.Score - t.Threshold))
	p := &ep.passed[stage]
	if p.top == 0 {
		p.from = place + 1
	}
	p.top = max(p.top, place+1)
	j.settle(ep)
	switch {
	case ep.fate == wentOn:
		t.Confidence = provedChance
	case ep.fate == cameToNothing:
		t.Confidence = failedChance
	default:
		t.Confidence = j.chance(t.Platform, ep.tier, stage, int(place))
		if t.Phase == Unconfirmed {
			t.Confidence /= 2
		}
	}
	if !t.Flags.Has(FlagGauge) {
		t.Confidence *= 0.5 + 0.5*min(1, t.Age/knowsWeeks)
	}
	t.Left = j.left(ep)
}

// fate is what became of a trend.
type fate uint8

const (
	undecided fate = iota
	wentOn
	cameToNothing
)

// settle finds out what became of the trend, once.
func (j *Judge) settle(ep *episode) {
	t := &ep.trend
	if ep.fate != undecided || t.Phase == Unconfirmed || t.Variant {
		return
	}
	if t.Flags.Has(FlagGauge) {
		j.settleGauge(ep)
		return
	}
	i, ok := slices.BinarySearchFunc(j.watched, t.ID, func(w watched, id uint64) int { return cmp.Compare(w.id, id) })
	switch {
	case ok && j.watched[i].proved:
		ep.fate = wentOn
	case !ok || t.Phase == Over || j.pane-t.Raised >= judgedAfter:
		ep.fate = cameToNothing
	default:
		return
	}
	if t.Age-hoursBetween(t.Raised, j.pane) < young {
		return // nobody could know then, so it says nothing about later
	}
	j.lessons.settled = append(j.lessons.settled, settled{t.Platform, ep.tier, ep.passed, ep.fate == wentOn})
}

// settleGauge is settle for what climbed in a list: it went on if it still holds half
// of the climb that it was raised for when the list has moved on.
func (j *Judge) settleGauge(ep *episode) {
	t := &ep.trend
	age, wait := j.pane-t.Raised, max(proveAfter, int64(t.Best.Window))
	switch {
	case t.Flags.Has(FlagBlind) && t.Phase != Over:
		return
	case age >= wait && t.Lasting >= t.Threshold/2:
		ep.fate = wentOn
	case t.Phase == Over || age >= wait+PanesPerDay:
		ep.fate = cameToNothing
	default:
		return
	}
	j.lessons.settled = append(j.lessons.settled, settled{t.Platform, GaugeTier, ep.passed, ep.fate == wentOn})
}

// settled is what became of one trend.
type settled struct {
	platform uint16
	tier     uint8
	passed   [stages]passage
	right    bool
}

// learn takes the outcome into the platform's record.
func (t *trust) learn(s *settled) {
	for stage, p := range s.passed {
		if p.top == 0 {
			continue
		}
		for place := p.from; place <= p.top; place++ {
			t.outcomes[s.tier][stage][place-1].add(s.right)
		}
	}
}

func (o *outcomes) add(right bool) {
	o.right, o.wrong = o.right*trustKeep, o.wrong*trustKeep
	if right {
		o.right++
	} else {
		o.wrong++
	}
}

// chance returns the share of such trends that went on.
func (j *Judge) chance(platform uint16, tier uint8, stage, place int) float64 {
	p := believed[stage][place]
	i, ok := slices.BinarySearchFunc(j.trusts, platform, func(t trust, p uint16) int { return cmp.Compare(t.platform, p) })
	if !ok {
		return p
	}
	// Neighbouring margins tell something of each other: each place is shrunk to
	// all places of the tier and stage, and these to what is believed.
	var all outcomes
	for _, o := range j.trusts[i].outcomes[tier][stage] {
		all.right += o.right
		all.wrong += o.wrong
	}
	o := j.trusts[i].outcomes[tier][stage][place]
	p = shrink(all, p)
	return shrink(o, p)
}

func shrink(o outcomes, p float64) float64 {
	return (float64(o.right) + trustWeight*p) / (float64(o.right+o.wrong) + trustWeight)
}

func (j *Judge) trustOf(platform uint16) *trust {
	i, ok := slices.BinarySearchFunc(j.trusts, platform, func(t trust, p uint16) int { return cmp.Compare(t.platform, p) })
	if !ok {
		j.trusts = slices.Insert(j.trusts, i, trust{platform: platform})
	}
	return &j.trusts[i]
}
