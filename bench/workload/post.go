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
		p := g.newPost(c, c.everydayAuthor(s))
		if of := c.threads.draw(s); of != nil {
			p.author, p.style, p.tags, p.n, p.song = of.author, of.style, of.tags, of.n, of.song
			continue
		}
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
		c.threads.keep(s, p)
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
		if c.looks > 0 {
			p.look = c.look + uint64(s.below(c.looks))
		}
		if p.song == none && c.crowd != newborn && c.home.songs != nil && s.chance(c.home.platform.Sounds) {
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

// threads are the latest posts of a community whose authors may go on with the
// same tags and the same song.
type threads struct {
	open []thread
	most int
}

type thread struct {
	author author
	style  int
	tags   [maxTags]int32
	n      int
	song   int32
}

const (
	threadShare = 0.12 // posts that go on with an earlier one
	threadHours = 0.5  // for which one stays open, in the mean
	mostThreads = 4096
)

func newThreads(perHour float64) threads {
	most := max(2, min(mostThreads, int(perHour*threadHours)))
	return threads{open: make([]thread, 0, most), most: most}
}

// draw returns a thread to go on with, or nil.
func (t *threads) draw(s *stream) *thread {
	if len(t.open) == 0 || !s.chance(threadShare) {
		return nil
	}
	return &t.open[s.below(len(t.open))]
}

// keep opens a thread, in place of a random earlier one if there are too many.
func (t *threads) keep(s *stream, p *post) {
	th := thread{p.author, p.style, p.tags, p.n, p.song}
	if len(t.open) < t.most {
		t.open = append(t.open, th)
	} else {
		t.open[s.below(t.most)] = th
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
