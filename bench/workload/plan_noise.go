package workload

// burst plants a few people who share one tag, mostly a new one, for some hours
// of their day. Small groups are more frequent than large ones.
func (p *planner) burst() {
	s, home := p.s, p.community()
	c := &campaign{home: home, song: none, crowd: few, curve: curve{shape: Exogenous, rise: 0.1, decay: s.between(0.5, 3), power: 2}}
	if s.chance(0.9) {
		c.tag = p.w.newTag(p.w.names.tag(home.loc))
	} else {
		c.tag = p.oldTag(home.library)
	}
	n := int(s.logUniform(2, 26))
	for range n {
		c.accounts = append(c.accounts, home.anyAuthor(s))
	}
	hours := s.between(1, 6)
	for range tries {
		p.place(c, hours)
		if s.chance(home.activity(p.start+int64(c.first)*sliceSeconds) / mostActivity) {
			break
		}
	}
	// The integral of the curve after its rise: what a volume of 1 posts an hour amounts to.
	atOne := c.curve.decay * hours / (c.curve.decay + hours)
	c.volume = float64(n) * s.between(0.8, 1.6) / (atOne * slicesPerHour)
	p.add(c, Burst)
}

// mostActivity is about as much as a community's activity can be.
const mostActivity = 2.2

// bot plants a handful of accounts that advertise one tag for hours.
func (p *planner) bot() { p.spam(2+p.s.below(4), p.s.between(4, 20), p.s.between(15, 50)) }

// solo plants one account that posts one tag hundreds of times.
func (p *planner) solo() {
	hours := p.s.logUniform(0.5, 12)
	p.spam(1, hours, p.s.logUniform(100, 600)/hours)
}

// spam plants new accounts that post a new tag for some hours, so many times an
// hour; half of them have but a few texts.
func (p *planner) spam(accounts int, hours, perHour float64) {
	home := p.community()
	c := &campaign{home: home, song: none, crowd: few, curve: curve{shape: Steady}, volume: perHour / slicesPerHour}
	c.tag = p.w.newTag(p.w.names.tag(home.loc))
	if p.s.chance(0.5) {
		c.look, c.looks = p.s.pcg.Uint64(), 1+p.s.below(6)
	}
	for range accounts {
		c.accounts = append(c.accounts, author(p.s.pcg.Uint64()))
	}
	p.place(c, hours)
	p.add(c, Bot)
}

// flood plants hundreds of new accounts with one or two posts each, at equal
// intervals, that all say one of a few texts.
func (p *planner) flood() {
	s, home := p.s, p.community()
	c := &campaign{
		home: home, song: none, crowd: newborn, curve: curve{shape: Lockstep},
		each: 1 + s.below(2), look: s.pcg.Uint64(), looks: 1 + s.below(6),
	}
	c.tag = p.w.newTag(p.w.names.tag(home.loc))
	hours := s.logUniform(0.3, 3)
	p.place(c, hours)
	c.volume = s.logUniform(120, 800) / (hours * slicesPerHour)
	p.add(c, Flood)
}

// place sets a campaign's time anywhere in the archive.
func (p *planner) place(c *campaign, hours float64) {
	c.first = p.s.below(p.slices)
	c.last = c.first + max(1, int(hours*slicesPerHour))
	c.over = c.last
}
