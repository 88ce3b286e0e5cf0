package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// Every open trend is shown once; a family has one row in the ranking, and all that
// leads is no variant while there is such a one.
func TestOpenTrendsAreShownOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var trends []detect.Trend
		for i := range rapid.IntRange(0, 12).Draw(rt, "trends") {
			tr := detect.Trend{
				Candidate: detect.Candidate{ID: uint64(i + 1), Group: rapid.Uint64Range(0, 3).Draw(rt, "group"), Platform: rapid.Uint16Range(0, 1).Draw(rt, "platform")},
				Phase:     rapid.SampledFrom([]detect.Phase{detect.Rising, detect.Fading, detect.Unconfirmed}).Draw(rt, "phase"),
			}
			// The first of a family is none, and at most one is not.
			tr.Variant = tr.Group != 0 && (rapid.Bool().Draw(rt, "variant") || slices.ContainsFunc(trends, func(o detect.Trend) bool {
				return familyOf(&o) == familyOf(&tr) && !o.Variant && o.Phase != detect.Unconfirmed
			}))
			trends = append(trends, tr)
		}
		v := &View{}
		v.show(trends, func(t *detect.Trend) Trend {
			return Trend{Trend: *t, Term: term.Term{Key: fmt.Sprint(t.ID)}}
		})
		seen := map[uint64]int{}
		for tr := range v.Open() {
			seen[tr.ID]++
		}
		for i := range trends {
			if seen[trends[i].ID] != 1 {
				rt.Fatalf("trend %d is shown %d times", trends[i].ID, seen[trends[i].ID])
			}
		}
		rows, folded := map[family]*Trend{}, 0
		for i := range v.Trends {
			tr := &v.Trends[i]
			folded += len(tr.Variants)
			if tr.Phase == detect.Unconfirmed || tr.VariantOf != "" || i > 0 && tr.ID < v.Trends[i-1].ID {
				rt.Fatalf("%+v stands in the ranking at %d", tr, i)
			}
			if f := familyOf(&tr.Trend); tr.Group != 0 {
				if rows[f] != nil {
					rt.Fatalf("trends %d and %d of one family stand in the ranking", rows[f].ID, tr.ID)
				}
				rows[f] = tr
			}
		}
		for i := range v.Held {
			if v.Held[i].Phase != detect.Unconfirmed {
				rt.Fatalf("%+v is held", v.Held[i])
			}
		}
		for i := range v.Variants {
			tr := &v.Variants[i]
			lead := rows[familyOf(&tr.Trend)]
			if !tr.Variant || lead == nil || tr.VariantOf != lead.Term.Key {
				rt.Fatalf("%+v is folded into %+v", tr, lead)
			}
		}
		if folded != len(v.Variants) {
			rt.Fatalf("%d spellings are listed of %d", folded, len(v.Variants))
		}
	})
}

// A week of a small platform, then: a word in two spellings, by people who were there
// before, and another by as many accounts that never were.
func TestSpellingsAreOneTrendAndLockstepIsHeld(t *testing.T) {
	e, err := New(options(2))
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	const start, calm = 1_780_000_200, 7 * detect.PanesPerDay
	rng, n := rand.New(rand.NewPCG(7, 8)), 0
	say := func(pane int64, author, tag, text string) {
		n++
		rec := post(start+pane*detect.PaneSeconds, fmt.Sprint(n), author, tag)
		rec.Text = text
		e.Observe(&rec)
	}
	words := func() string {
		b := make([]byte, 24)
		for i := range b {
			b[i] = 'a' + byte(rng.IntN(26))
		}
		return string(b)
	}
	for pane := range int64(calm + 3*detect.PanesPerDay) {
		for range 40 {
			say(pane, fmt.Sprint("a", rng.IntN(400)), fmt.Sprint("t", rng.IntN(300)), words())
		}
		if burst := pane - calm; burst >= 0 && burst < 4 {
			for i := range 12 {
				say(pane, fmt.Sprint("a", int(burst)*12+i), "EarthDay", "")
				say(pane, fmt.Sprint("a", 100+int(burst)*12+i), "Earth_Day", "")
				say(pane, fmt.Sprint("new", int(burst)*12+i), "BuyNow", "buy now while there is something left")
			}
		}
	}
	e.Flush()
	var folded, held *View
	lines := map[string][]detect.Phase{}
	for _, tick := range c.until(e.Marks()) {
		for _, d := range tick.Detections {
			lines[d.Term.Key] = append(lines[d.Term.Key], d.Phase)
		}
		if v := tick.View.Variants; folded == nil && len(v) > 0 && v[0].Posts == 48 {
			folded = tick.View
		}
		if held == nil && len(tick.View.Held) > 0 {
			held = tick.View
		}
	}
	if folded == nil || held == nil {
		t.Fatalf("variants %v, held %v; detections %v", folded != nil, held != nil, lines)
	}
	v := &folded.Variants[0]
	lead := folded.Trends[slices.IndexFunc(folded.Trends, func(tr Trend) bool { return tr.Term.Key == v.VariantOf })]
	if len(lead.Variants) != 1 || lead.Variants[0].Term.Key != v.Term.Key || lead.Variants[0].Posts != 48 || lead.Variants[0].Authors24 < 44 {
		t.Errorf("%q has the variants %+v; %+v", lead.Term.Key, lead.Variants, v)
	}
	if told := lines[v.Term.Key]; len(told) > 0 {
		t.Errorf("%v was told of the other spelling", told)
	}
	if told := lines[lead.Term.Key]; len(told) < 2 || told[0] != detect.Emerging || told[len(told)-1] != detect.Over {
		t.Errorf("%v was told of the first spelling", told)
	}
	if told := lines["buynow"]; !slices.Equal(told, []detect.Phase{detect.Unconfirmed, detect.Over}) {
		t.Errorf("%v was told of the accounts in lockstep", told)
	}
	if h := &held.Held[0]; h.Term.Key != "buynow" || h.ThinShare < 0.9 || !h.Why.Held || slices.ContainsFunc(held.Trends, func(tr Trend) bool { return tr.Term.Key == "buynow" }) {
		t.Errorf("held: %+v", h)
	}
}
