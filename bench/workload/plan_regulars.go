package workload

import "slices"

// regulars plants tags that return; each on all platforms where its language is spoken.
func (p *planner) regulars() {
	langs := p.languages()
	for i := range p.cfg.WeeklyRegulars {
		l := langs[i/7%len(langs)]
		c := curve{shape: Weekly, weekday: i % 7}
		p.regular(l, p.regularTag(l, l.weekdays[c.weekday]), c)
	}
	for i := range p.cfg.DailyRegulars {
		l, part := langs[i/2%len(langs)], i%2
		c := curve{shape: Daily, hour: [...]float64{7.5, 22}[part], width: p.s.between(2, 4)}
		p.regular(l, p.regularTag(l, l.greetings[part]), c)
	}
}

// regularTag spells an occasion as a tag, with something beside it from the
// second time on and for weekdays always.
func (p *planner) regularTag(l *locale, occasion string) int32 {
	if !slices.Contains(l.weekdays[:], occasion) {
		if t, ok := p.w.names.claim(l, occasion); ok {
			return p.w.newTag(t)
		}
	}
	for try := 0; ; try++ {
		words := occasion + " " + p.w.names.pick(l.tails)
		if try >= tries {
			words = occasion + " " + p.w.names.name(l) + " " + p.w.names.name(l)
		}
		if t, ok := p.w.names.claim(l, words); ok {
			return p.w.newTag(t)
		}
	}
}

// A regular has at its height as much, relative to the community's mean volume,
// as an everyday tag somewhere between the twentieth rank and the very first has.
const leastRegular, mostRegular = 0.005, 0.12

func (p *planner) regular(l *locale, tag int32, c curve) {
	for _, home := range p.communities {
		if home.loc == l {
			p.add(&campaign{
				home: home, tag: tag, song: none, curve: c, last: p.slices, over: p.slices,
				volume: home.mean * p.s.logUniform(leastRegular, mostRegular),
			}, Regular)
		}
	}
}

// languages returns those in use, in the order of the table.
func (p *planner) languages() []*locale {
	return slices.DeleteFunc(slices.Clone(locales()), func(l *locale) bool {
		return !slices.ContainsFunc(p.communities, func(c *community) bool { return c.loc == l })
	})
}
