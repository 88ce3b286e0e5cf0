package workload

// burst plants a few people who share one tag, mostly a new one, for some hours.
func (p *planner) burst() {
	s, home := p.s, p.community()
	c := &campaign{home: home, song: none, crowd: few, curve: curve{shape: Exogenous, rise: 0.1, decay: s.between(0.5, 3), power: 2}}
	if s.chance(0.9) {
		c.tag = p.w.newTag(p.w.names.tag(home.loc))
	} else {
		c.tag = p.oldTag(home.library)
	}
	for range 6 + s.below(20) {
		c.accounts = append(c.accounts, home.anyAuthor(s))
	}
	p.place(c, s.between(1, 6))
	c.volume = s.between(5, 15) / slicesPerHour
	p.add(c, Burst)
}

// bot plants a handful of accounts that advertise one tag for hours.
func (p *planner) bot() {
	s, home := p.s, p.community()
	c := &campaign{home: home, song: none, crowd: few, curve: curve{shape: Steady}}
	c.tag = p.w.newTag(p.w.names.tag(home.loc))
	for i := range 2 + s.below(4) {
		c.accounts = append(c.accounts, home.author(home.people+len(p.campaigns)*8+i))
	}
	p.place(c, s.between(4, 20))
	c.volume = s.between(15, 50) / slicesPerHour
	p.add(c, Bot)
}

// flood plants hundreds of new accounts that post the same text at equal intervals.
func (p *planner) flood() {
	s, home := p.s, p.community()
	c := &campaign{home: home, song: none, crowd: newborn, curve: curve{shape: Lockstep}, look: s.pcg.Uint64()}
	c.tag = p.w.newTag(p.w.names.tag(home.loc))
	hours := s.between(0.5, 3)
	p.place(c, hours)
	c.volume = s.between(200, 800) / (hours * slicesPerHour)
	p.add(c, Flood)
}

// place sets a campaign's time anywhere in the archive.
func (p *planner) place(c *campaign, hours float64) {
	c.first = p.s.below(p.slices)
	c.last = c.first + max(1, int(hours*slicesPerHour))
	c.over = c.last
}
