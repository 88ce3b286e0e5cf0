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
	life := int(subject.curve.life() * slicesPerHour)
	for i, c := range stops {
		there := subject
		there.home = c
		if i > 0 {
			first += int(s.between(1, 8) * slicesPerHour)
		}
		there.first, there.over, there.last = first, first+life, first+life+aftermath
		if first > p.slices-p.lastChance() {
			break
		}
		size := s.logUniform(p.cfg.TrendSize[0], p.cfg.TrendSize[1])
		there.volume = max(c.mean*size, p.cfg.LeastTrend*p.cfg.Scale/slicesPerHour)
		p.add(&there, Trend)
	}
}

// aftermath is how long a trend's last posts trickle in after it is over.
const aftermath = 24 * slicesPerHour

// roomy reports whether a community is large enough for a trend of its own.
func (p *planner) roomy(c *community) bool {
	return c.mean*slicesPerHour >= 2*p.cfg.LeastTrend*p.cfg.Scale
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

// The lives of trends, in hours from onset to end, and the time constants of
// the decay of those that build up slowly.
const (
	leastLife, mostLife   = 48, 72
	leastDecay, mostDecay = 8, 14.1
)

// trendCurve draws the course of a trend that begins with the given slice. The
// decay is drawn so that it is over when its life is.
func (p *planner) trendCurve(first int) curve {
	s := p.s
	if left := p.slices - first; left < p.lastDay() {
		return p.slow(float64(left)/slicesPerHour + s.between(4, 16))
	}
	if s.chance(0.4) {
		// News is there at once, but it reaches a platform over hours: as people
		// look in, and as posts about it are passed on.
		c := curve{shape: Exogenous, rise: s.logUniform(1, 6), power: s.between(1, 1.6)}
		c.decay = (s.between(leastLife, mostLife) - c.rise) / (pow(overBelow, -1/c.power) - 1)
		return c
	}
	return p.slow(s.between(6, 36))
}

// slow draws the course of a trend that builds up over some hours.
func (p *planner) slow(rise float64) curve {
	times := -log(overBelow) // time constants from the peak to the end
	return curve{shape: Endogenous, rise: rise, decay: p.s.between(
		max(leastDecay, min(mostDecay, (leastLife-rise)/times)),
		max(leastDecay, min(mostDecay, (mostLife-rise)/times)),
	)}
}
