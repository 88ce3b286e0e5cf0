package engine

import (
	"slices"
	"strings"

	"github.com/swell-radar/swell/term"
)

// facetPair is a term with a value of a facet, by number.
type facetPair struct {
	id    term.ID
	facet Facet
	value uint16
}

// facets gathers which terms were used in posts of which languages and regions since
// the last pane was closed. The feeder owns it.
//
// A direct-mapped filter keeps most repeats out; those that slip through cost room
// until the pane is closed.
type facets struct {
	lang, region facetValues
	cells        []uint64
	pane         uint64 // counts the panes: what the filter holds of others is no repeat
	pairs        []facetPair
}

func newFacets() *facets {
	return &facets{lang: newFacetValues(LangOf), region: newFacetValues(RegionOf), cells: make([]uint64, facetCells), pane: 1}
}

// facetValues numbers the values of a facet in the order in which a pane meets them.
// Number 0 is none, 1 is [OtherValue].
type facetValues struct {
	of    func(string) string
	pane  uint64              // counts the panes: numbers of others mean nothing
	names []string            // by number
	raw   map[string]facetTag // by tag as it was delivered: a shortcut alone
	last  facetTag            // the one met last: streams repeat
}

// facetTag is a tag, what it stands for, and the number of that in a pane.
type facetTag struct {
	tag    string
	name   string
	number uint16
	pane   uint64
}

func newFacetValues(of func(string) string) facetValues {
	return facetValues{of: of, pane: 1, names: []string{"", OtherValue}, raw: map[string]facetTag{}}
}

// reset begins with the numbers anew.
func (v *facetValues) reset() {
	v.pane++
	clear(v.names[2:])
	v.names = v.names[:2]
	if len(v.raw) == maxFacetRaw {
		clear(v.raw) // made-up tags are not to be in the way for good
	}
}

func (v *facetValues) number(tag string) uint16 {
	if tag == "" {
		return 0
	}
	if tag == v.last.tag && v.last.pane == v.pane {
		return v.last.number
	}
	known, ok := v.raw[tag]
	if !ok {
		tag = strings.Clone(tag) // a record's strings do not last
		known = facetTag{tag: tag, name: v.of(tag)}
	}
	if known.pane != v.pane {
		known.pane, known.number = v.pane, v.numberOf(known.name)
		if ok || len(v.raw) < maxFacetRaw {
			v.raw[known.tag] = known
		}
	}
	v.last = known
	return known.number
}

// numberOf returns the number of a value in the pane.
func (v *facetValues) numberOf(name string) uint16 {
	if n := slices.Index(v.names, name); n >= 0 {
		return uint16(n)
	}
	if len(v.names) == maxFacetValues {
		return 1
	}
	v.names = append(v.names, name)
	return uint16(len(v.names) - 1)
}

// note adds the pairs of a term of a post; it returns how many there was no room for.
func (f *facets) note(id term.ID, lang, region uint16) (dropped uint64) {
	if lang != 0 {
		dropped += f.add(facetPair{id, FacetLang, lang})
	}
	if region != 0 {
		dropped += f.add(facetPair{id, FacetRegion, region})
	}
	return dropped
}

func (f *facets) add(p facetPair) (dropped uint64) {
	// The whole hash is held against a repeat: another pair is taken for one with a
	// chance of one in 2⁶⁴.
	h := uint64(p.id) ^ (uint64(p.facet)<<16|uint64(p.value))*0x9e3779b97f4a7c15 ^ f.pane*0xd6e8feb86659fd93
	cell := &f.cells[h>>(64-facetBits)]
	if *cell == h {
		return 0
	}
	if len(f.pairs) == maxFacetPairs {
		return 1
	}
	*cell = h
	f.pairs = append(f.pairs, p)
	return 0
}

// take returns the pairs since the last call and begins anew. A pair may stand in it
// twice.
func (f *facets) take() []TermFacet {
	f.pane++
	out := make([]TermFacet, len(f.pairs))
	for i, p := range f.pairs {
		out[i] = TermFacet{p.id, p.facet, f.name(p)}
	}
	f.pairs = f.pairs[:0]
	// The numbers are for this pane alone: which tags are kept apart then depends on
	// the pane's posts, and made-up ones blind nobody for longer.
	f.lang.reset()
	f.region.reset()
	return out
}

func (f *facets) name(p facetPair) string {
	if p.facet == FacetLang {
		return f.lang.names[p.value]
	}
	return f.region.names[p.value]
}
