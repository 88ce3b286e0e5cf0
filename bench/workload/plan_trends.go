package workload

import "slices"

// trends plants them at an even pace after the first day (of a short archive:
// the first quarter), so that a detector has something to compare them with, and
// up to some hours before the end, so that something can be seen of each. The
// last ones build slowly: they are still rising when the archive ends.
func (p *planner) trends() {
	n := p.cfg.count(p.cfg.TrendsPerDay)
	warmup := min(24*slicesPerHour, p.slices/4)
	slot := float64(p.slices-p.lastChance()-warmup) / float64(n)
	for i := range n {
		p.trend(warmup + int(float64((float64(i)+p.s.float())*slot)))
	}
}

// lastChance is how long before the end of the archive the last trend begins.
func (p *planner) lastChance() int { return min(8*slicesPerHour, p.slices/8) }

// lastDay is how long before the end those begin that are rising then.
func (p *planner) lastDay() int { return min(30*slicesPerHour, p.slices/4) }

// trend plants one that begins with the given slice, where there is room for it,
// and hours later on up to two other platforms.
func (p *planner) trend(first int) {
	s, home := p.s, p.community()
	for range tries {
		if p.roomy(home) {
			break
		}
		home = p.community()
	}
	sound := home.songs != nil && s.chance(0.3)
	stops := append([]*community{home}, p.others(home, sound)...)
	subject := campaign{tag: none, song: none, curve: p.trendCurve(first)}
	lib := home.library
	isNew := s.chance(0.5)
	switch {
	case sound && isNew:
		subject.song = p.newSong(home.loc)
	case sound:
		subject.song = p.oldSong(lib)
	case isNew:
		subject.tag = p.w.newTag(p.w.names.tag(home.loc))
	default:
		subject.tag = p.oldTag(lib)
	}
	life := int(s.between(48, 72) * slicesPerHour)
	for i, c := range stops {
		there := subject
		there.home = c
		if i > 0 {
			first += int(s.between(1, 8) * slicesPerHour)
		}
		if there.first, there.last = first, first+life; first > p.slices-p.lastChance() {
			break
		}
		there.volume = max(c.mean*s.logUniform(0.06, 0.3), leastTrend*p.cfg.Scale/slicesPerHour)
		p.add(&there, Trend)
	}
}

// leastTrend is the least volume of a trend at its peak, in posts an hour at scale 1.
const leastTrend = 20

// roomy reports whether a community is large enough for a trend of its own.
func (p *planner) roomy(c *community) bool {
	return c.mean*slicesPerHour > 2*leastTrend*p.cfg.Scale
}

// others draws up to two more platforms where a trend arrives later.
func (p *planner) others(home *community, sound bool) []*community {
	left := slices.DeleteFunc(slices.Clone(p.communities), func(c *community) bool {
		return c == home || c.loc != home.loc || sound && c.songs == nil || !p.roomy(c)
	})
	var drawn []*community
	for _, share := range [...]float64{0.45, 0.33} {
		if len(left) == 0 || !p.s.chance(share) {
			break
		}
		i := p.s.below(len(left))
		drawn = append(drawn, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return drawn
}

// trendCurve draws the course of a trend that begins with the given slice.
func (p *planner) trendCurve(first int) curve {
	if left := p.slices - first; left < p.lastDay() {
		rise := float64(left)/slicesPerHour + p.s.between(4, 16)
		return curve{shape: Endogenous, rise: rise, decay: p.s.between(8, 14)}
	}
	if p.s.chance(0.4) {
		return curve{shape: Exogenous, rise: p.s.between(0.2, 0.6), decay: p.s.between(3, 8), power: p.s.between(1, 1.6)}
	}
	return curve{shape: Endogenous, rise: p.s.between(6, 36), decay: p.s.between(8, 14)}
}
