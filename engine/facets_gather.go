package engine

import (
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

// facetValues numbers the values of a facet in the order they are met. Number 0 is
// none, 1 is [OtherValue].
type facetValues struct {
	of     func(string) string
	raw    map[string]facetTag // by tag as it was delivered
	names  []string
	byName map[string]uint16
	last   facetTag // the one met last: streams repeat
}

type facetTag struct {
	tag    string
	number uint16
}

func newFacetValues(of func(string) string) facetValues {
	return facetValues{of: of, raw: map[string]facetTag{}, names: []string{"", OtherValue}, byName: map[string]uint16{"": 0, OtherValue: 1}}
}

// reset forgets all values.
func (v *facetValues) reset() {
	clear(v.raw)
	clear(v.byName)
	clear(v.names[2:])
	v.names = v.names[:2]
	v.byName[""], v.byName[OtherValue] = 0, 1
	v.last = facetTag{}
}

func (v *facetValues) number(tag string) uint16 {
	if tag == v.last.tag {
		return v.last.number
	}
	if known, ok := v.raw[tag]; ok {
		v.last = known
		return known.number
	}
	return v.learn(tag)
}

// learn numbers a tag that was not met before. The same tag has the same value, met
// before or not: what is kept of tags is a shortcut alone.
func (v *facetValues) learn(tag string) uint16 {
	name := strings.Clone(v.of(tag)) // a record's strings do not last
	n, ok := v.byName[name]
	if !ok {
		n = 1
		if len(v.names) < maxFacetValues {
			n = uint16(len(v.names))
			v.names = append(v.names, name)
			v.byName[name] = n
		}
	}
	if len(v.raw) < maxFacetRaw {
		tag = strings.Clone(tag)
		v.raw[tag] = facetTag{tag, n}
	}
	return n
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
