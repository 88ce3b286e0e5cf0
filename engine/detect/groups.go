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
			j.stands = append(j.stands, stand{t.Group, t.Platform, t.Raised, t.Score, t.ID})
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
// before it.
func (j *Judge) varies(t *Trend) bool {
	k, ok := slices.BinarySearchFunc(j.stands, stand{group: t.Group, platform: t.Platform}, stand.comparePlace)
	return ok && j.stands[k].id != t.ID
}
