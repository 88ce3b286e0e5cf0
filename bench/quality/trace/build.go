package trace

import (
	"slices"
	"strings"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// Builder makes a [Trace] out of records. It holds every pair of term and author
// of the stream: some dozen bytes for each. It belongs to one goroutine.
type Builder struct {
	trace     Trace
	extractor term.Extractor
	platforms map[string]uint16
	terms     map[name]uint32
	groups    map[string]uint32
	authors   map[string]uint32
	met       map[uint64]meeting // by term<<32 | author
	open      map[uint32]int     // cell of a term in the running pane
	thin      *thinness
	pane      int64
	group     []byte
}

type name struct {
	kind     term.Kind
	platform uint16
	key      string
}

// meeting is when a pair of term and author last met, in Unix seconds.
type meeting int64

// NewBuilder returns a builder of a trace of that name.
func NewBuilder(label string) *Builder {
	return &Builder{
		trace:     Trace{Name: label},
		platforms: map[string]uint16{}, terms: map[name]uint32{}, groups: map[string]uint32{},
		authors: map[string]uint32{}, met: map[uint64]meeting{}, open: map[uint32]int{},
		thin: newThinness(),
	}
}

// Add takes in one record; records must come by time, and a record from an
// earlier pane than the one before is left out. Gauges are left out. As in the
// engine, a community stands in for a missing author, and the post itself for a
// missing community.
func (b *Builder) Add(rec *term.Record) {
	if rec.Gauge != nil {
		return
	}
	at := floorDiv(rec.TS, 1_000_000)
	pane := floorDiv(at, detect.PaneSeconds)
	if !b.advance(pane) {
		return
	}
	platform := b.platform(rec.Platform)
	author := b.author(rec)
	terms, _ := b.extractor.Terms(rec)
	thin := b.thin.of(rec, platform, author, at, len(terms) > 0)
	for i := range terms {
		b.count(b.term(&terms[i], platform), author, at, rec.Repost, thin)
	}
}

// Trace returns what was built; the builder is spent.
func (b *Builder) Trace() *Trace {
	b.close()
	return &b.trace
}

func (b *Builder) advance(pane int64) bool {
	if b.trace.Panes == nil {
		b.trace.First, b.pane = pane, pane-1
	}
	if pane < b.pane {
		return false
	}
	for b.pane < pane {
		b.close()
		b.pane++
		b.trace.Panes = append(b.trace.Panes, nil)
	}
	return true
}

func (b *Builder) close() {
	if n := len(b.trace.Panes); n > 0 {
		slices.SortFunc(b.trace.Panes[n-1], func(x, y Cell) int { return int(x.Term) - int(y.Term) })
		b.trace.Panes[n-1] = slices.Clip(b.trace.Panes[n-1])
	}
	clear(b.open)
}

func (b *Builder) count(id, author uint32, at int64, repost, thin bool) {
	i, ok := b.open[id]
	last := len(b.trace.Panes) - 1
	if !ok {
		i = len(b.trace.Panes[last])
		b.trace.Panes[last] = append(b.trace.Panes[last], Cell{Term: id})
		b.open[id] = i
	}
	c := &b.trace.Panes[last][i]
	c.Posts++
	if thin {
		c.Thin++
	}
	pair := uint64(id)<<32 | uint64(author)
	before, known := b.met[pair]
	b.met[pair] = meeting(at)
	if !known || at-int64(before) >= 24*3600 {
		c.Fresh += weight(repost)
	}
	if !known || floorDiv(int64(before), 3600) != floorDiv(at, 3600) {
		c.Hour++
	}
	if !known || floorDiv(int64(before), 86400) != floorDiv(at, 86400) {
		c.Day++
	}
}

func weight(repost bool) uint32 {
	if repost {
		return 1
	}
	return 2
}

func (b *Builder) platform(s string) uint16 {
	n, ok := b.platforms[s]
	if !ok {
		s = strings.Clone(s)
		n = uint16(len(b.platforms))
		b.platforms[s] = n
		b.trace.Platforms = append(b.trace.Platforms, s)
	}
	return n
}

func (b *Builder) author(rec *term.Record) uint32 {
	who := rec.Author
	switch {
	case who != "":
	case rec.Group != "":
		who = "g\x00" + rec.Group
	default:
		who = "i\x00" + rec.ID
	}
	who = rec.Platform + "\x00" + who
	n, ok := b.authors[who]
	if !ok {
		n = uint32(len(b.authors))
		b.authors[who] = n
	}
	return n
}

func (b *Builder) term(t *term.Term, platform uint16) uint32 {
	n, ok := b.terms[name{t.Kind, platform, t.Key}]
	if !ok {
		key := strings.Clone(t.Key)
		n = uint32(len(b.trace.Terms))
		b.terms[name{t.Kind, platform, key}] = n
		b.trace.Terms = append(b.trace.Terms, Term{Kind: t.Kind, Key: key, Platform: platform, Group: b.groupOf(t.Kind, key)})
	}
	return n
}

func (b *Builder) groupOf(kind term.Kind, key string) uint32 {
	b.group = append(b.group[:0], byte(kind))
	if kind == term.Hashtag || kind == term.Keyword {
		b.group = term.AppendGroupKey(b.group, key)
	} else {
		b.group = append(b.group, key...)
	}
	n, ok := b.groups[string(b.group)]
	if !ok {
		n = uint32(len(b.groups))
		b.groups[string(b.group)] = n
	}
	return n
}

func floorDiv(a, n int64) int64 {
	q := a / n
	if a%n < 0 {
		q--
	}
	return q
}
