package workload

import (
	"io"
	"slices"

	"github.com/swell-radar/swell/term"
)

// The generator works in slices of five minutes: rates are constant within one,
// its posts are drawn together and then sorted.
const (
	sliceSeconds  = 300
	slicesPerHour = 3600 / sliceSeconds
)

// Generator makes the records of one world in time order. It holds the
// vocabulary, the plan and one slice of records: memory does not depend on Days,
// apart from the plan. It belongs to one goroutine at a time.
type Generator struct {
	cfg         Config
	w           *world
	communities []*community
	rows        []*row
	waiting     []*campaign // by first slice
	active      []*campaign
	drift, s    *stream
	noise       *stream // of campaigns
	start       int64   // Unix seconds
	slice       int     // the next to be made

	posts    []post   // of the slice
	order    []uint64 // their numbers by time
	recent   [][]post // by platform: what may be reposted
	composer composer
	tags     []string
	cuts     []cut  // by time
	firstTag []int  // where each post's tags begin, by time
	text     string // of the slice
	next     int    // post to be delivered
	sound    term.SoundRef
}

// New plans a world. An error wraps [ErrConfig] and names the field. It takes
// about half a second at scale 1.
func New(cfg Config) (*Generator, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	g := &Generator{
		cfg: cfg, w: &world{names: newNamer(newStream(cfg.Seed, "names"))},
		drift: newStream(cfg.Seed, "drift"), s: newStream(cfg.Seed, "posts"), noise: newStream(cfg.Seed, "noise"),
		start: cfg.Start.Unix(), recent: make([][]post, len(cfg.Platforms)),
	}
	libraries := newLibraries(&g.cfg, g.w)
	g.communities = newCommunities(&g.cfg, libraries, newStream(cfg.Seed, "tastes"))
	g.waiting = newPlanner(&g.cfg, g.w, g.communities).plan()
	for _, c := range g.waiting {
		g.rows = append(g.rows, c.row)
	}
	g.w.names = nil // the names taken are not needed any more
	g.composer.w = g.w
	return g, nil
}

// Next fills rec with the next record and reports whether there was one. It
// reuses the slices that rec holds, and rec.Sound is valid until the next call;
// strings stay valid.
func (g *Generator) Next(rec *term.Record) bool {
	for g.next == len(g.order) {
		if !g.fill() {
			return false
		}
	}
	i := g.next
	g.next++
	p, c := &g.posts[g.order[i]], g.cuts[i]
	tags, metrics := rec.Tags[:0], rec.Metrics[:0]
	*rec = term.Record{
		TS: p.ts, Platform: p.home.platform.Name, Lang: p.home.loc.lang,
		Region: p.home.loc.regions[uint64(p.author)>>8%uint64(len(p.home.loc.regions))],
		ID:     g.text[c.id:c.author], Author: g.text[c.author:c.sound], Text: g.text[c.text:c.end],
		Repost: p.repost, Tags: tags, Metrics: p.metrics(metrics),
	}
	if p.home.platform.Tags != InText {
		rec.Tags = append(tags, g.tags[g.firstTag[i]:g.firstTag[i]+p.n]...)
	}
	if p.song != none {
		g.sound = g.w.songs[p.song].ref(g.text[c.sound:c.text])
		rec.Sound = &g.sound
	}
	return true
}

// WriteTo writes the records that are left as NDJSON and returns how many bytes
// that were. Compress on the way if wanted: w gets pieces of about 64 KiB. An
// error is w's own.
func (g *Generator) WriteTo(w io.Writer) (int64, error) {
	const piece = 64 << 10
	var (
		rec   term.Record
		buf   = make([]byte, 0, piece+4096)
		total int64
	)
	flush := func() error {
		n, err := w.Write(buf)
		total += int64(n)
		buf = buf[:0]
		return err
	}
	for g.Next(&rec) {
		buf = term.AppendRecord(buf, &rec)
		if len(buf) >= piece {
			if err := flush(); err != nil {
				return total, err
			}
		}
	}
	return total, flush()
}

// sliceStart returns the Unix second at which the slice being made begins.
func (g *Generator) sliceStart() int64 { return g.start + int64(g.slice)*sliceSeconds }

// fill makes the next slice of posts; it is false after the last.
func (g *Generator) fill() bool {
	if g.slice == g.cfg.Days*24*slicesPerHour {
		return false
	}
	if g.slice%slicesPerHour == 0 && g.slice > 0 {
		g.advance()
	}
	g.posts, g.next = g.posts[:0], 0
	middle := g.sliceStart() + sliceSeconds/2
	for _, c := range g.communities {
		mean := c.mean * c.activity(middle) * exp(c.volume) * g.seen(c.platform.Name, middle)
		g.everyday(c, g.s.poisson(mean))
	}
	for len(g.waiting) > 0 && g.waiting[0].first <= g.slice {
		g.waiting[0].fluctuate(g.noise, &g.cfg, g.sliceStart(), true)
		g.active = append(g.active, g.waiting[0])
		g.waiting = g.waiting[1:]
	}
	g.active = slices.DeleteFunc(g.active, func(c *campaign) bool { return c.last <= g.slice })
	for _, c := range g.active {
		g.campaign(c, c.posts(g.s, g.slice, g.start, g.seen(c.home.platform.Name, middle)))
	}
	g.sort()
	g.compose()
	g.slice++
	return true
}

// advance moves on by an hour what does not stay as planned.
func (g *Generator) advance() {
	for _, c := range g.communities {
		c.step(g.drift, &g.cfg, g.sliceStart())
	}
	for _, c := range g.active {
		c.fluctuate(g.noise, &g.cfg, g.sliceStart(), false)
	}
}

// sort puts the order of the slice's posts by time, then by when they were made, into g.order.
func (g *Generator) sort() {
	const bits = 40 // for the number; a slice has fewer than 2²⁴ milliseconds
	g.order = g.order[:0]
	first := g.sliceStart() * 1_000_000
	for i := range g.posts {
		g.order = append(g.order, uint64(g.posts[i].ts-first)/1000<<bits|uint64(i))
	}
	slices.Sort(g.order)
	for i, v := range g.order {
		g.order[i] = v & (1<<bits - 1)
	}
}

// seen returns what share of a platform's posts its source delivers.
func (g *Generator) seen(platform string, unix int64) float64 {
	share := 1.0
	for _, d := range g.cfg.Disruptions {
		if d.Platform == platform && d.From.Unix() <= unix && (d.Until.IsZero() || unix < d.Until.Unix()) {
			share *= d.Factor
		}
	}
	return share
}

// compose puts the slice's posts into words and counts them for the truth.
func (g *Generator) compose() {
	w := &g.composer
	w.text, g.tags, g.cuts, g.firstTag = w.text[:0], g.tags[:0], g.cuts[:0], g.firstTag[:0]
	for _, i := range g.order {
		p := &g.posts[i]
		g.firstTag = append(g.firstTag, len(g.tags))
		var c cut
		c, g.tags = w.write(p, g.tags)
		g.cuts = append(g.cuts, c)
		for _, t := range p.tags[:p.n] {
			for _, r := range g.w.tags[t].rows {
				r.count(p.home.number, p.ts)
			}
		}
		if p.song != none {
			for _, r := range g.w.songs[p.song].rows {
				r.count(p.home.number, p.ts)
			}
		}
	}
	g.text = string(w.text)
}
