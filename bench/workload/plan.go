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
	for range p.cfg.count(p.cfg.SolosPerDay * p.cfg.Scale) {
		p.solo()
	}
	for range p.cfg.count(p.cfg.FloodsPerDay * p.cfg.Scale) {
		p.flood()
	}
	slices.SortStableFunc(p.campaigns, func(a, b *campaign) int { return cmp.Compare(a.first, b.first) })
	return p.campaigns
}

func (p *planner) community() *community { return p.communities[p.reach.draw(p.s)] }

// add completes a campaign whose slices are set and plants it.
func (p *planner) add(c *campaign, kind Type) {
	at := func(slice int) time.Time {
		return p.cfg.Start.Add(time.Duration(slice) * sliceSeconds * time.Second)
	}
	c.row = &row{
		Planted: Planted{
			Platform: c.home.platform.Name, Type: kind, Shape: c.curve.shape,
			Onset: at(c.first), Peak: at(c.peak(p.start)), End: at(c.over),
		},
		platform: c.home.number, onset: at(c.first).UnixMicro(), end: at(c.over).UnixMicro(),
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
