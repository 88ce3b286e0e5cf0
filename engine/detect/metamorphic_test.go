package detect

import (
	"cmp"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// What must not matter does not matter: the same stream told differently.

// told plays posts and returns the changes.
func told(terms int, posts []post) []Change {
	w := newWorld(terms, posts, DefaultOptions())
	w.run(posts)
	return w.changes
}

func metamorphicPlan() *stage {
	return plan{days: 16, terms: 40, perHour: 60, trends: 8, floods: 3, regulars: 1}.build(21)
}

// shifted returns the change as it would be so many panes later.
func shifted(c Change, by int64) Change {
	for _, p := range []*int64{&c.Pane, &c.Started, &c.Best.Pane, &c.Best.Started, &c.Raised, &c.Since, &c.Began, &c.PeakPane} {
		*p += by
	}
	return c
}

func TestShiftByWeeksShiftsEverything(t *testing.T) {
	s := metamorphicPlan()
	want := told(s.total, s.posts)
	if len(want) == 0 {
		t.Fatal("nothing was raised")
	}
	for _, weeks := range []int64{1, 5, 52} {
		posts := slices.Clone(s.posts)
		for i := range posts {
			posts[i].at += weeks * week * 3600
		}
		got := told(s.total, posts)
		for i := range got {
			got[i] = shifted(got[i], -weeks*week*PanesPerHour)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d weeks later: %d changes, %d before, or others", weeks, len(got), len(want))
		}
	}
}

func TestNamesDoNotMatter(t *testing.T) {
	s := metamorphicPlan()
	want := told(s.total, s.posts)
	name := rand.New(rand.NewPCG(3, 3)).Perm(s.total)
	old := make([]uint64, s.total)
	for i, n := range name {
		old[n] = uint64(i)
	}
	posts := slices.Clone(s.posts)
	for i := range posts {
		posts[i].term = uint32(name[posts[i].term])
		posts[i].author ^= 0x5a5a5a
	}
	got := told(s.total, posts)
	for i := range got {
		got[i].ID = old[got[i].ID]
	}
	// What became of trends is learned in order of their IDs, within a tick as well.
	for _, changes := range [][]Change{want, got} {
		for i := range changes {
			changes[i].Confidence, changes[i].Left = 0, Hours{}
		}
	}
	slices.SortStableFunc(got, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Evidence.Pane, b.Evidence.Pane), cmp.Compare(a.ID, b.ID))
	})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("other names: %d changes, %d before, or others", len(got), len(want))
	}
}

// When all of a platform doubles overnight, by as many other people who are like the
// first, nothing is raised for it: at most what is next to be raised anyway.
func TestDoublingAllRaisesNothingNew(t *testing.T) {
	p := plan{days: 13, terms: 120, perHour: 120}
	const from = (planStart + 10*24) * 3600
	late := func(changes []Change) map[uint64]bool {
		out := map[uint64]bool{}
		for _, c := range changes {
			if c.IsRaise() && PaneStart(c.Pane) >= from {
				out[c.ID] = true
			}
		}
		return out
	}
	fresh, days := 0, 0
	for seed := range uint64(4) {
		s := p.build(30 + seed)
		doubled := slices.Clone(s.posts)
		for _, x := range p.build(40 + seed).posts {
			if x.at >= from {
				x.author += 1 << 22
				doubled = append(doubled, x)
			}
		}
		slices.SortStableFunc(doubled, func(a, b post) int { return cmp.Compare(a.at, b.at) })
		before, after := late(told(s.total, s.posts)), late(told(s.total, doubled))
		for id := range after {
			if !before[id] {
				fresh++
			}
		}
		days += p.days - 10
	}
	t.Logf("%d raised in %d days that are not without the doubling", fresh, days)
	if fresh > days {
		t.Errorf("%d terms raised in %d days because the platform doubled; at most one a day is wanted", fresh, days)
	}
}
