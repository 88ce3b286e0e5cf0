package workload

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/swell-radar/swell/term"
)

// planner decides before the first record what will be planted.
type planner struct {
	cfg         *Config
	w           *world
	communities []*community
	reach       alias // over communities, by volume
	s           *stream
	start       int64 // Unix seconds
	slices      int   // of the archive
	campaigns   []*campaign
}

func newPlanner(cfg *Config, w *world, communities []*community) *planner {
	p := &planner{
		cfg: cfg, w: w, communities: communities, s: newStream(cfg.Seed, "plan"),
		start: cfg.Start.Unix(), slices: cfg.Days * 24 * slicesPerHour,
	}
	weights := make([]float64, len(communities))
	for i, c := range communities {
		weights[i] = c.mean
	}
	p.reach.build(weights)
	return p
}

// plan returns the campaigns by first slice.
func (p *planner) plan() []*campaign {
	p.trends()
	p.regulars()
	for range p.cfg.count(p.cfg.BurstsPerDay * p.cfg.Scale) {
		p.burst()
	}
	for range p.cfg.count(p.cfg.BotsPerDay * p.cfg.Scale) {
		p.bot()
	}
	for range p.cfg.count(p.cfg.FloodsPerDay * p.cfg.Scale) {
		p.flood()
	}
	slices.SortStableFunc(p.campaigns, func(a, b *campaign) int { return cmp.Compare(a.first, b.first) })
	return p.campaigns
}

func (p *planner) community() *community { return p.communities[p.reach.draw(p.s)] }

// add completes a campaign whose first and last slice are set and plants it.
func (p *planner) add(c *campaign, kind Type) {
	at := func(slice int) time.Time {
		return p.cfg.Start.Add(time.Duration(slice) * sliceSeconds * time.Second)
	}
	c.row = &row{
		Planted: Planted{
			Platform: c.home.platform.Name, Type: kind, Shape: c.curve.shape,
			Onset: at(c.first), Peak: at(c.peak(p.start)), End: at(c.last),
		},
		platform: c.home.number, onset: at(c.first).UnixMicro(), end: at(c.last).UnixMicro(),
	}
	if c.tag != none {
		t := &p.w.tags[c.tag]
		c.row.Term = term.Term{Kind: term.Hashtag, Key: term.KeyOf(term.Hashtag, t.spellings[0]), Display: t.spellings[0]}
		t.rows = append(t.rows, c.row)
	} else {
		s, platform := &p.w.songs[c.song], c.home.platform
		c.row.Term, _ = term.SoundTerm(platform.Name, s.ref(strconv.FormatUint(songID(c.song, platform), 10)))
		s.rows = append(s.rows, c.row)
	}
	p.campaigns = append(p.campaigns, c)
}

// trends plants them at an even pace after the first day (of a short archive:
// the first quarter), so that a detector has something to compare them with, and
// up to some hours before the end, so that something can be seen of each. The
// last ones build slowly: they are still rising when the archive ends.
func (p *planner) trends() {
	n := p.cfg.count(p.cfg.TrendsPerDay)
	warmup := min(24*slicesPerHour, p.slices/4)
	slot := float64(p.slices-lastChance-warmup) / float64(n)
	for i := range n {
		p.trend(warmup + int(float64((float64(i)+p.s.float())*slot)))
	}
}

const (
	lastChance = 4 * slicesPerHour  // how long before the end of the archive the last trend begins
	lastDay    = 22 * slicesPerHour // how long before the end only slow trends begin
)

func (p *planner) trend(first int) {
	s, home := p.s, p.community()
	for range 50 {
		if p.roomy(home) {
			break
		}
		home = p.community()
	}
	sound := home.songs != nil && s.chance(0.3)
	stops := append([]*community{home}, p.others(home, sound)...)
	subject := campaign{tag: none, song: none, curve: p.trendCurve(first > p.slices-lastDay)}
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
		if there.first, there.last = first, first+life; first > p.slices-lastChance {
			break
		}
		there.volume = max(c.mean*s.logUniform(0.05, 0.3), leastTrend*p.cfg.Scale/slicesPerHour)
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

// middling draws a rank that is neither popular nor unheard of.
func (p *planner) middling(n int) int { return n/50 + p.s.below(n/4) }

// tries is how often something in use already is drawn again before a new thing is made instead.
const tries = 20

// oldTag draws an ordinary tag on which nothing else is planted.
func (p *planner) oldTag(lib *library) int32 {
	for range tries {
		if t := lib.firstTag + int32(p.middling(lib.tags)); p.w.tags[t].rows == nil {
			return t
		}
	}
	return p.w.newTag(p.w.names.tag(lib.loc))
}

// oldSong draws an ordinary song on which nothing else is planted.
func (p *planner) oldSong(lib *library) int32 {
	for range tries {
		if s := lib.firstSong + int32(p.middling(lib.songs)); p.w.songs[s].rows == nil {
			return s
		}
	}
	return p.newSong(lib.loc)
}

func (p *planner) newSong(l *locale) int32 {
	p.w.songs = append(p.w.songs, p.w.publish(l))
	return int32(len(p.w.songs) - 1)
}

func (p *planner) trendCurve(slow bool) curve {
	if slow {
		return curve{shape: Endogenous, rise: p.s.between(24, 36), decay: p.s.between(8, 14)}
	}
	if p.s.chance(0.4) {
		return curve{shape: Exogenous, rise: p.s.between(0.2, 0.6), decay: p.s.between(3, 8), power: p.s.between(1, 1.6)}
	}
	return curve{shape: Endogenous, rise: p.s.between(6, 36), decay: p.s.between(8, 14)}
}

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

func (p *planner) regular(l *locale, tag int32, c curve) {
	for _, home := range p.communities {
		if home.loc == l {
			p.add(&campaign{
				home: home, tag: tag, song: none, curve: c, last: p.slices,
				volume: home.mean * p.s.logUniform(0.02, 0.08),
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
