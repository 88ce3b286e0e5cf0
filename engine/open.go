package engine

import (
	"iter"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// Variant is another spelling of a trend that is open on the same platform. See
// [Trend] for the counts.
type Variant struct {
	Term         term.Term
	Posts, Over  uint64
	Authors24    uint64
	AuthorsError float64
}

// Open yields all open trends: the ranked ones, those held as unconfirmed, and the
// variants.
func (v *View) Open() iter.Seq[*Trend] {
	return func(yield func(*Trend) bool) {
		for _, list := range [...][]Trend{v.Trends, v.Held, v.Variants} {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
	}
}

// family is what the spellings of a term on one platform have in common.
type family struct {
	group    uint64
	platform uint16
}

func familyOf(t *detect.Trend) family { return family{t.Group, t.Platform} }

// leads returns which trend stands for each family, by place: the one that is no
// variant or, once that is over, the highest of those that are left.
func leads(trends []detect.Trend) map[family]int {
	out := make(map[family]int, len(trends))
	for i := range trends {
		t := &trends[i]
		if t.Group == 0 || t.Phase == detect.Unconfirmed {
			continue
		}
		if first, ok := out[familyOf(t)]; !ok || trends[first].Variant && !t.Variant {
			out[familyOf(t)] = i
		}
	}
	return out
}

// show fills in the open trends, of which there is one of each family in the ranking.
func (v *View) show(trends []detect.Trend, full func(*detect.Trend) Trend) {
	leads := leads(trends)
	place := make(map[family]int, len(trends)) // of its lead in v.Trends
	for i := range trends {
		t := &trends[i]
		lead, ok := leads[familyOf(t)]
		switch {
		case t.Phase == detect.Unconfirmed:
			v.Held = append(v.Held, full(t))
		case ok && lead != i && t.Variant:
			v.Variants = append(v.Variants, full(t))
		default:
			if ok && lead == i {
				place[familyOf(t)] = len(v.Trends)
			}
			v.Trends = append(v.Trends, full(t))
		}
	}
	for i := range v.Variants {
		t := &v.Variants[i]
		lead := &v.Trends[place[familyOf(&t.Trend)]]
		t.VariantOf = lead.Term.Key
		// The same spelling comes twice where both posts and gauges tell of it.
		if t.Term.Key != lead.Term.Key {
			lead.Variants = append(lead.Variants, Variant{t.Term, t.Posts, t.Over, t.Authors24, t.AuthorsError})
		}
	}
}
