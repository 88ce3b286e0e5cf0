package detect

import (
	"testing"

	"pgregory.net/rapid"
)

// named gives a candidate a name.
func named(id, group uint64, platform uint16, e Evidence) Candidate {
	return Candidate{ID: id, Group: group, Platform: platform, Evidence: e}
}

// scored is strong evidence with another score.
func scored(pane int64, score float64) Evidence {
	e := strong(pane)
	e.Score, e.Now = score, score
	return e
}

// variants runs ticks of candidates and returns which of the raised were variants.
func variants(t *testing.T, ticks ...[]Candidate) map[uint64]bool {
	t.Helper()
	j, out := newJudge(t), map[uint64]bool{}
	for i, cands := range ticks {
		for _, c := range j.Tick(firstPane+int64(i), cands) {
			if c.From == 0 {
				out[c.ID] = c.Variant
				if c.IsRaise() == c.Variant {
					t.Errorf("term %d: variant %v and an alarm at once", c.ID, c.Variant)
				}
			}
		}
	}
	return out
}

func TestVariants(t *testing.T) {
	p := firstPane
	for name, c := range map[string]struct {
		ticks [][]Candidate
		want  map[uint64]bool
	}{
		"the later is a variant, whichever ID is lower": {
			[][]Candidate{{named(5, 9, 1, strong(p))}, {named(5, 9, 1, strong(p)), named(2, 9, 1, strong(p+1)), named(8, 9, 1, strong(p+1))}},
			map[uint64]bool{5: false, 2: true, 8: true},
		},
		"of two at once the stronger is first": {
			[][]Candidate{{named(1, 9, 1, scored(p, 4)), named(2, 9, 1, scored(p, 6)), named(3, 9, 1, scored(p, 5))}},
			map[uint64]bool{1: true, 2: false, 3: true},
		},
		"of two as strong the lower ID is first": {
			[][]Candidate{{named(2, 9, 1, strong(p)), named(1, 9, 1, strong(p))}},
			map[uint64]bool{1: false, 2: true},
		},
		"another platform has its own first": {
			[][]Candidate{{named(1, 9, 1, strong(p)), named(2, 9, 2, strong(p))}},
			map[uint64]bool{1: false, 2: false},
		},
		"terms without a group are no spellings of each other": {
			[][]Candidate{{named(1, 0, 1, strong(p)), named(2, 0, 1, strong(p))}},
			map[uint64]bool{1: false, 2: false},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := variants(t, c.ticks...)
			for id, want := range c.want {
				if v, ok := got[id]; !ok || v != want {
					t.Errorf("term %d: raised %v, variant %v; want %v", id, ok, v, want)
				}
			}
		})
	}
}

// What closes in a tick does not make a spelling raised in it a variant, nor does
// what closed a tick or two before, whichever has the lower ID.
func TestClosedSpellingsHaveNoVariants(t *testing.T) {
	end := firstPane + int64(DefaultOptions().OverHours*PanesPerHour) + 1
	for _, id := range []uint64{4, 6} {
		for later := range int64(4) {
			j := newJudge(t)
			j.Tick(firstPane, []Candidate{named(5, 9, 1, strong(firstPane))})
			for p := firstPane + 1; p < end+later; p++ {
				j.Tick(p, nil)
			}
			raised := 0
			for _, c := range j.Tick(end+later, []Candidate{named(id, 9, 1, strong(end+later))}) {
				if c.From == 0 {
					raised++
				}
				if c.Variant {
					t.Errorf("raised %d ticks after the other spelling was over, term %d is its variant", later, id)
				}
			}
			if raised != 1 || len(j.Trends(nil)) != 1 {
				t.Fatalf("%d raised, %d open; one each is wanted", raised, len(j.Trends(nil)))
			}
		}
	}
}

// The marks of groups are a function of what is open, by a plain reading of it.
func TestGroupsAgreeWithTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := newJudge(t)
		pane := firstPane
		for range rapid.IntRange(1, 25).Draw(t, "ticks") {
			pane += rapid.SampledFrom([]int64{1, 3, 20, 37, 150}).Draw(t, "step")
			var cands []Candidate
			for id := range uint64(10) {
				if !rapid.Bool().Draw(t, "offered") {
					continue
				}
				e := scored(pane, float64(rapid.IntRange(0, 5).Draw(t, "score")))
				e.Excess = 0
				e.Day = rapid.SampledFrom([]float64{10, 15, 40}).Draw(t, "day")
				if rapid.IntRange(0, 2).Draw(t, "held") == 0 {
					e.Flags |= FlagThin
				}
				cands = append(cands, named(id, id/4, uint16(id%2), e))
			}
			changes := j.Tick(pane, cands)
			for i := range j.episodes {
				ep := &j.episodes[i]
				if ep.closed != 0 {
					continue
				}
				x := &ep.trend
				platforms, first := map[uint16]bool{}, true
				for k := range j.episodes {
					o := &j.episodes[k]
					if y := &o.trend; o.closed == 0 && x.Group != 0 && y.Group == x.Group && y.Phase != Unconfirmed {
						platforms[y.Platform] = true
						before := y.Raised < x.Raised || y.Raised == x.Raised && (y.Score > x.Score || y.Score == x.Score && y.ID < x.ID)
						if y.ID != x.ID && y.Platform == x.Platform && (before || x.Phase == Unconfirmed) && x.Day < 2*y.Day {
							first = false
						}
					}
				}
				if want := max(1, len(platforms)); x.Platforms != want || x.Confirmed != (want > 1) {
					t.Fatalf("term %d is on %d platforms, confirmed %v; want %d", x.ID, x.Platforms, x.Confirmed, want)
				}
				if x.Raised == pane && x.Variant == first {
					t.Fatalf("term %d, raised now: variant %v", x.ID, x.Variant)
				}
			}
			for i := range changes {
				c := &changes[i]
				for _, x := range j.Trends(nil) {
					if x.ID == c.ID && (x.Variant != c.Variant || x.Platforms != c.Platforms || x.Confirmed != c.Confirmed) {
						t.Fatalf("the change says %+v, the trend %+v", c.Trend, x)
					}
				}
			}
		}
	})
}

func TestHeldTrendConfirmsNobody(t *testing.T) {
	j := newJudge(t)
	held := strong(firstPane)
	held.Flags |= FlagThin
	j.Tick(firstPane, []Candidate{named(1, 9, 1, strong(firstPane)), named(2, 9, 2, held), named(3, 9, 1, held)})
	for _, x := range j.Trends(nil) {
		if x.Confirmed || x.Platforms != 1 {
			t.Errorf("term %d (%s): %d platforms, confirmed %v; accounts in lockstep confirm nobody", x.ID, x.Phase, x.Platforms, x.Confirmed)
		}
		if want := x.ID == 3; x.Variant != want {
			t.Errorf("term %d: variant %v; want %v", x.ID, x.Variant, want)
		}
	}
}
