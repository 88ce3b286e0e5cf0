package engine

import (
	"strings"

	"github.com/swell-radar/swell/term"
)

// Facet is a property of the posts that a term was used in.
type Facet uint8

// The facets that posts have. Their numbers are part of the stored format.
const (
	// FacetLang is the language of a post: the primary subtag of its tag (BCP 47),
	// in lower case.
	FacetLang Facet = 'l'
	// FacetRegion is the country or area of a post (ISO 3166-1, or the region of UN
	// M49), in upper case.
	FacetRegion Facet = 'r'
)

// OtherValue stands for what is no tag, and for all tags beyond the number that is
// kept apart. No tag is so long.
const OtherValue = "other"

// TermFacet says that a term was used in posts that have a value of a facet.
type TermFacet struct {
	ID    term.ID
	Facet Facet
	Value string
}

// Bounds on what hostile records can make the engine remember. Languages and regions
// that are in use are a few hundred.
const (
	maxFacetValues = 512     // of a facet
	maxFacetRaw    = 4096    // spellings of them
	maxFacetPairs  = 1 << 18 // of a pane; further ones are counted as dropped
	facetBits      = 15
	facetCells     = 1 << facetBits // of the filter against repeats
)

// LangOf returns the language that a tag stands for; empty for an empty tag.
func LangOf(tag string) string {
	if tag == "" {
		return ""
	}
	primary := tag
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		primary = tag[:i]
	}
	if n := len(primary); n < 2 || n > 3 || !letters(primary) {
		return OtherValue
	}
	return strings.ToLower(primary)
}

// RegionOf returns the region that a code stands for, which may have a subdivision
// behind it; empty for an empty code.
func RegionOf(code string) string {
	if code == "" {
		return ""
	}
	area := code
	if i := strings.IndexAny(code, "-_"); i >= 0 {
		area = code[:i]
	}
	switch {
	case len(area) == 2 && letters(area):
		return strings.ToUpper(area)
	case len(area) == 3 && strings.Trim(area, "0123456789") == "":
		return area
	}
	return OtherValue
}

func letters(s string) bool {
	for _, c := range []byte(s) {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	return true
}
