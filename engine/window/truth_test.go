package window_test

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// epoch is the event time at which the streams of these tests begin: the start of
// a UTC day, in microseconds.
const epoch = int64(20_000) * 24 * 3600e6

var platforms = [...]string{"a", "b", "c"}

// word makes an observation of a made-up term. Its platform follows from its
// number, its author is a number that is hashed; zero stays "unknown".
func word(n int, author uint64) window.Observation {
	key := "w" + strconv.Itoa(n)
	platform := n % len(platforms)
	o := window.Observation{
		ID:   term.ScopeOf(term.Hashtag, platforms[platform]).ID(key),
		Kind: term.Hashtag, Platform: uint16(platform), Key: key, Display: key,
	}
	if author != 0 {
		o.Author = person(author)
	}
	return o
}

// person spreads the number of an author over all bits, as the engine's hash does
// (the finaliser of SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
func person(n uint64) uint64 {
	n += 0x9E3779B97F4A7C15
	n = (n ^ n>>30) * 0xBF58476D1CE4E5B9
	n = (n ^ n>>27) * 0x94D049BB133111EB
	return n ^ n>>31
}

// truth counts in plain maps what a core is told: the exact model.
type truth struct {
	cfg   window.Config
	terms map[term.ID]*trueTerm
	posts uint64 // of all terms, those that were retired included
}

// trueTerm is all that was ever observed of a term.
type trueTerm struct {
	window.Observation                            // the first one
	posts, thin        map[int64]uint32           // by pane
	met                map[uint64]map[int64]uint8 // largest weight in halves, by author and pane
	first, newest      int64

	fresh map[int64]uint32 // what credits found; nil after a change
}

func newTruth(cfg window.Config) *truth {
	return &truth{cfg: cfg, terms: map[term.ID]*trueTerm{}}
}

func (m *truth) add(o *window.Observation) {
	t := m.terms[o.ID]
	if t == nil {
		t = &trueTerm{
			Observation: *o, posts: map[int64]uint32{}, thin: map[int64]uint32{}, met: map[uint64]map[int64]uint8{},
			first: o.Pane, newest: o.Pane,
		}
		m.terms[o.ID] = t
	}
	t.posts[o.Pane]++
	if o.Thin {
		t.thin[o.Pane]++
	}
	m.posts++
	t.first, t.newest, t.fresh = min(t.first, o.Pane), max(t.newest, o.Pane), nil
	if o.Author == 0 {
		return
	}
	panes := t.met[o.Author]
	if panes == nil {
		panes = map[int64]uint8{}
		t.met[o.Author] = panes
	}
	weight := uint8(2)
	if o.Repost {
		weight = 1
	}
	panes[o.Pane] = max(panes[o.Pane], weight)
}

// credits returns the fresh authors by pane, in halves: an author is fresh in a
// pane if the term did not meet it in the day of panes before, and counts with
// its largest weight there.
func (t *trueTerm) credits(day int64) map[int64]uint32 {
	if t.fresh != nil {
		return t.fresh
	}
	t.fresh = map[int64]uint32{}
	for _, panes := range t.met {
		last, met := int64(0), false
		for _, p := range slices.Sorted(maps.Keys(panes)) {
			if !met || p-last > day {
				t.fresh[p] += uint32(panes[p])
			}
			last, met = p, true
		}
	}
	return t.fresh
}

// spread returns how many halves a term's fresh authors of the window make at
// least and at most where more than two panes are open at once: an author is
// counted again only after a day less the lateness, and is counted again if there
// was a day and the lateness between, as late as a later post of theirs may be.
func (m *truth) spread(t *trueTerm, pane int64) (least, most uint64) {
	late := int64((m.cfg.Allowed() + m.cfg.Pane - 1) / m.cfg.Pane)
	from := windowStart(m.cfg, pane)
	for _, panes := range t.met {
		last, counted := int64(math.MinInt64/2), int64(math.MinInt64/2)
		for _, p := range slices.Sorted(maps.Keys(panes)) {
			if from <= p && p <= pane {
				if p-last > m.day()+late && p+late <= pane {
					least++
				}
				if p-counted > m.day()-late {
					most, counted = most+2, p
				}
			}
			last = p
		}
	}
	return least, most
}

// retire forgets the terms that [window.Shard.Retire] is to forget.
func (m *truth) retire(pane, maxQuiet int64, fewest uint32) {
	for id, t := range m.terms {
		lifetime := uint32(0)
		for _, n := range t.posts {
			lifetime += n
		}
		quiet := pane - t.newest
		if quiet > maxQuiet || quiet > window.Hours*m.cfg.PanesPerHour() && lifetime < fewest {
			delete(m.terms, id)
		}
	}
}

func (m *truth) day() int64 { return int64(24 * time.Hour / m.cfg.Pane) }

// windowStart returns the first pane of the 72 hours that end with pane: of as many
// coarse panes, the running one included.
func windowStart(cfg window.Config, pane int64) int64 {
	return (cfg.CoarseOf(pane) - int64(cfg.CoarsePanes()) + 1) * cfg.PanesPerCoarse()
}

// window returns the posts of a term in the 72 hours that end with pane.
func (m *truth) window(t *trueTerm, pane int64) (n uint64) {
	from := windowStart(m.cfg, pane)
	for p, posts := range t.posts {
		if from <= p && p <= pane {
			n += uint64(posts)
		}
	}
	return n
}

// authors returns how many authors a term met last in the given number of hours
// that end with hour.
func (m *truth) authors(t *trueTerm, hour int64, hours int) (n uint64) {
	for _, panes := range t.met {
		last := m.cfg.HourOf(slices.Max(slices.Collect(maps.Keys(panes))))
		if last <= hour && hour-last < int64(hours) {
			n++
		}
	}
	return n
}

// volumes returns what a pane brought, by platform.
func (m *truth) volumes(pane int64) (v [len(platforms)]window.Volume) {
	for _, t := range m.terms {
		v[t.Platform].Posts += uint64(t.posts[pane])
		v[t.Platform].Fresh += uint64(t.credits(m.day())[pane])
		v[t.Platform].Thin += uint64(t.thin[pane])
	}
	return v
}

// lately returns the posts of a term, and those that are thin, in the coarse pane of
// pane and the one before, later panes included.
func (m *truth) lately(t *trueTerm, pane int64) (posts, thin uint32) {
	last := m.cfg.CoarseOf(pane)
	for p, n := range t.posts {
		if c := m.cfg.CoarseOf(p); c == last || c == last-1 {
			posts, thin = posts+n, thin+t.thin[p]
		}
	}
	return posts, thin
}
