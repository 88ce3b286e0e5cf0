package workload

import "slices"

const maxTags = 6

// post is a record before it is put into words. Everything visible in it follows
// from these fields, so a repost looks like its original.
type post struct {
	ts     int64 // µs
	home   *community
	author author // who posts
	look   uint64 // decides text, layout and spellings
	tags   [maxTags]int32
	n      int // of tags
	song   int32
	style  int // how the original's author spells
	repost bool
}

func (p *post) addTag(t int32) {
	if p.n < maxTags && !slices.Contains(p.tags[:p.n], t) {
		p.tags[p.n] = t
		p.n++
	}
}

// everyday fills the posts of a community's background in a slice.
func (g *Generator) everyday(c *community, n int) {
	s := g.s
	for range n {
		p := g.newPost(c, c.activeAuthor(s))
		if c.songs != nil && s.chance(c.platform.Sounds) {
			p.song = c.drawSong(s)
		}
		if recent := g.recent[c.number]; len(recent) > 0 && s.chance(c.platform.Reposts) {
			of := recent[s.below(len(recent))]
			p.look, p.tags, p.n, p.song, p.style, p.repost = of.look, of.tags, of.n, of.song, of.style, true
			p.home = of.home
			continue
		}
		for range g.extraTags(p) {
			p.addTag(c.drawTag(s, p.author))
		}
		g.remember(p)
	}
}

// campaign fills the posts of a campaign in a slice.
func (g *Generator) campaign(c *campaign, n int) {
	s := g.s
	for i := range n {
		p := g.newPost(c.home, c.poster(s))
		if c.curve.shape == Lockstep {
			p.ts = g.moment(i * sliceMillis / n)
		}
		if c.tag != none {
			p.addTag(c.tag)
		}
		p.song = c.song
		switch {
		case c.crowd == newborn:
			p.look = c.look
		case p.song == none && c.home.songs != nil && s.chance(c.home.platform.Sounds):
			p.song = c.home.drawSong(s)
		}
		if c.crowd == people {
			for range s.below(3) {
				p.addTag(c.home.drawTag(s, p.author))
			}
			g.remember(p)
		}
	}
}

const sliceMillis = sliceSeconds * 1000

// moment returns the time in µs that lies some milliseconds into the slice.
func (g *Generator) moment(millis int) int64 {
	return (g.sliceStart()*1000 + int64(millis)) * 1000
}

// newPost appends a post at a random time within the slice.
func (g *Generator) newPost(c *community, by author) *post {
	g.posts = append(g.posts, post{
		ts:   g.moment(g.s.below(sliceMillis)),
		home: c, author: by, look: g.s.pcg.Uint64(), song: none, style: by.style(),
	})
	return &g.posts[len(g.posts)-1]
}

// extraTags draws how many hashtags somebody puts into a post that must have
// something to count.
func (g *Generator) extraTags(p *post) int {
	u := g.s.float()
	switch {
	case p.song != none && u < 0.15:
		return 0
	case u < 0.55:
		return 1
	case u < 0.8:
		return 2
	case u < 0.92:
		return 3
	default:
		return 4
	}
}

// recentPosts is how many posts of a platform can be reposted.
const recentPosts = 256

// remember makes a post available for reposts, in place of a random earlier one.
func (g *Generator) remember(p *post) {
	if p.home.platform.Reposts == 0 {
		return
	}
	recent := &g.recent[p.home.number]
	if len(*recent) < recentPosts {
		*recent = append(*recent, *p)
	} else {
		(*recent)[g.s.below(recentPosts)] = *p
	}
}
