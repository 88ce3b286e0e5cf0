package detect

import (
	"maps"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// follower is what a plain reading of the rules keeps of a watched term: every
// day it was seen on, in a map.
type follower struct {
	group        uint64
	platform     uint16
	since, last  int64
	first        float64
	thin, proved bool
	days         map[int64]dayBest
}

// followers is the exact model of what a Judge watches.
type followers map[uint64]*follower

func (fs followers) tick(pane int64, candidates []Candidate, least float64) {
	offered := map[uint64]*Candidate{}
	for i := range candidates {
		offered[candidates[i].ID] = &candidates[i]
	}
	for id, f := range fs {
		if offered[id] == nil && pane-f.last > 3*PanesPerDay {
			delete(fs, id)
		}
	}
	for id, c := range offered {
		f := fs[id]
		if f == nil {
			if c.Base < least || c.Tier == GaugeTier || c.Flags.Has(FlagRegular) {
				continue
			}
			f = &follower{group: c.Group, platform: c.Platform, since: pane, first: c.Seen, last: pane, days: map[int64]dayBest{}}
			fs[id] = f
		}
		if c.Base >= least {
			if pane-f.last > PanesPerDay/2 {
				for d, b := range f.days {
					b.spared = b.spared || f.proved || f.thin
					f.days[d] = b
				}
				f.since, f.first, f.proved, f.thin = pane, c.Seen, false, false
			}
			f.last = pane
		}
		b := f.days[DayOf(pane)]
		b.day = DayOf(pane)
		if !c.Marks.Empty() {
			b.marks.Raise(&c.Marks)
			b.tier = c.Tier
		}
		f.days[b.day] = b
		f.thin = f.thin || c.Flags.Has(FlagThin)
		f.proved = f.proved || pane-f.since >= 12*PanesPerHour && c.Lasting >= 10 && c.Lasting >= f.first/2
	}
}

// agree compares the model with the judge after a tick.
func (fs followers) agree(t *rapid.T, j *Judge) {
	ids := slices.Sorted(maps.Keys(fs))
	if len(ids) != len(j.watched) {
		t.Fatalf("%d terms are watched; want %d", len(j.watched), len(ids))
	}
	known := map[uint16]map[uint64]bool{0: {}, 1: {}}
	for i, id := range ids {
		f, w := fs[id], &j.watched[i]
		if w.id != id || w.group != f.group || w.platform != f.platform || w.since != f.since || w.last != f.last ||
			w.first != f.first || w.thin != f.thin || w.proved != f.proved {
			t.Fatalf("pane %d, term %d: %+v; want %+v", j.pane-firstPane, id, *w, *f)
		}
		for day := DayOf(j.pane) - 2; day <= DayOf(j.pane); day++ {
			want, ok := f.days[day]
			if b := w.on(day); ok && *b != want || !ok && b.day == day {
				t.Fatalf("pane %d, term %d, day %d: %+v; want %+v", j.pane-firstPane, id, day, *b, want)
			}
		}
		if f.group != 0 && (f.thin || f.proved) {
			known[f.platform][f.group] = true
		}
	}
	for p, want := range known {
		if got := j.known(p); !maps.Equal(got, want) {
			t.Fatalf("platform %d: groups %v are known; want %v", p, got, want)
		}
	}
}

func TestWatchedTermsAgreeWithTheModel(t *testing.T) {
	ids := []uint64{0, 1, 2, 1 << 40, math.MaxUint64 - 1, math.MaxUint64}
	rapid.Check(t, func(t *rapid.T) {
		j, model := newJudge(t), followers{}
		least := j.opt.MinScore
		pane := firstPane
		for range rapid.IntRange(1, 30).Draw(t, "ticks") {
			// Steps from a pane to four days: what is forgotten, and when a place in
			// the ring is taken again, depends on them.
			pane += rapid.SampledFrom([]int64{1, 1, 5, 40, PanesPerDay / 2, PanesPerDay, 3 * PanesPerDay, 3*PanesPerDay + 1, 4 * PanesPerDay}).Draw(t, "step")
			var cands []Candidate
			for i, id := range ids {
				if !rapid.Bool().Draw(t, "offered") {
					continue
				}
				e := Evidence{
					Pane: pane, Age: 2 * young, Base: rapid.SampledFrom([]float64{0, least - 0.01, least, 9}).Draw(t, "base"),
					Lasting: rapid.SampledFrom([]float64{-3, 9.5, 10, 30, 100}).Draw(t, "lasting"),
					Seen:    rapid.SampledFrom([]float64{5, 60, 300}).Draw(t, "seen"),
					Tier:    rapid.Uint8Range(0, Tiers-1).Draw(t, "tier"),
					Flags:   rapid.SampledFrom([]Flags{0, 0, 0, FlagThin, FlagRegular, FlagBurst}).Draw(t, "flags"),
					Marks:   drawMarks(t, "marks"),
				}
				c := Candidate{ID: id, Group: uint64(i / 2), Platform: uint16(i % 2), Evidence: e}
				cands = append(cands, c)
				if rapid.IntRange(0, 9).Draw(t, "twice") == 0 {
					cands = append(cands, c)
				}
			}
			model.tick(pane, cands, least)
			j.Tick(pane, rapid.Permutation(cands).Draw(t, "order"))
			model.agree(t, j)
		}
	})
}
