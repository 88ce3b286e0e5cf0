package detect

import (
	"cmp"
	"slices"
)

// stand is where a group stands: one open trend that is not held back. Those of a
// group and platform are ordered by who was first; of those raised in one tick the
// strongest is taken for that, so that the order of IDs means as little as it can.
type stand struct {
	group    uint64
	platform uint16
	raised   int64
	score    float64
	id       uint64
	day      float64 // authors in the last 24 hours
}

func (a stand) compare(b stand) int {
	return cmp.Or(a.comparePlace(b), cmp.Compare(a.raised, b.raised), cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id))
}

func (a stand) comparePlace(b stand) int {
	return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.platform, b.platform))
}

// group tells trends and changes on how many platforms their group is open, and
// those just raised whether another spelling was first. It looks at the tick's
// outcome as a whole: what closed in it is gone, what was raised in it counts.
func (j *Judge) group(changes []Change) {
	j.stands = j.stands[:0]
	for i := range j.episodes {
		ep := &j.episodes[i]
		if t := &ep.trend; ep.closed == 0 && t.Group != 0 && t.Phase != Unconfirmed {
			j.stands = append(j.stands, stand{t.Group, t.Platform, t.Raised, t.Score, t.ID, t.Day})
		}
	}
	slices.SortFunc(j.stands, stand.compare)
	for i := range j.episodes {
		if j.episodes[i].closed == 0 {
			j.place(&j.episodes[i].trend)
		}
	}
	for i := range changes {
		c := &changes[i]
		if c.Phase == Over {
			continue
		}
		k, _ := slices.BinarySearchFunc(j.episodes, c.ID, func(ep episode, id uint64) int { return cmp.Compare(ep.trend.ID, id) })
		t := &j.episodes[k].trend
		if c.From == 0 || c.From == Unconfirmed {
			t.Variant = j.varies(t)
		}
		c.Variant, c.Platforms, c.Confirmed = t.Variant, t.Platforms, t.Confirmed
	}
}

// place counts the platforms of the trend's group.
func (j *Judge) place(t *Trend) {
	n := 0
	k, _ := slices.BinarySearchFunc(j.stands, t.Group, func(s stand, group uint64) int { return cmp.Compare(s.group, group) })
	for last := -1; k < len(j.stands) && j.stands[k].group == t.Group; k++ {
		if p := int(j.stands[k].platform); p != last {
			n, last = n+1, p
		}
	}
	t.Platforms = max(1, n)
	t.Confirmed = t.Platforms > 1
}

// varies reports whether another spelling of the trend was open on its platform
// before it. One that far fewer people use does not count: a handful of accounts
// that are early with an odd spelling shall hide nothing.
func (j *Judge) varies(t *Trend) bool {
	place := stand{group: t.Group, platform: t.Platform}
	k, _ := slices.BinarySearchFunc(j.stands, place, stand.comparePlace)
	for ; k < len(j.stands) && j.stands[k].comparePlace(place) == 0; k++ {
		s := &j.stands[k]
		if s.id == t.ID {
			return false
		}
		if t.Day < outgrown*s.day {
			return true
		}
	}
	return false
}

// outgrow makes news of the variants that became far larger than all that were
// raised before them.
func (j *Judge) outgrow(changes []Change) []Change {
	for i := range j.episodes {
		ep := &j.episodes[i]
		t := &ep.trend
		if t.Variant && ep.closed == 0 && t.Raised < j.pane && (t.Phase == Emerging || t.Phase == Rising) && !j.varies(t) {
			t.Variant, t.Phase, t.Since = false, Emerging, j.pane
			if k := slices.IndexFunc(changes, func(c Change) bool { return c.ID == t.ID }); k >= 0 {
				changes[k] = Change{Trend: *t}
			} else {
				changes = append(changes, Change{Trend: *t})
			}
		}
	}
	return changes
}

// outgrown is how many times the people of an earlier spelling a later one needs to be
// news of its own.
const outgrown = 2
