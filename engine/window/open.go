package window

import (
	"slices"

	"github.com/swell-radar/swell/internal/offheap"
)

// openPane is what a shard notes about a pane until it is closed.
type openPane struct {
	pane    int64
	touched []uint32 // slots that got posts, as they came; one may stand twice or be given up since
	volumes []Volume // by platform
}

// newOpenPanes returns room for the notes on so many panes and slots.
func newOpenPanes(mem *offheap.Region, panes int64, slots int) []openPane {
	open := make([]openPane, panes)
	for i := range open {
		open[i] = openPane{touched: offheap.Slice[uint32](mem, slots)[:0], volumes: make([]Volume, 0, 8)}
	}
	return open
}

// Volume is what one platform delivered in one pane, over the tracked terms: a
// post with three terms counts three times.
type Volume struct {
	Posts uint64
	Fresh uint64 // fresh authors, in halves
	Thin  uint64 // of the posts, those that are thin: see [NewcomerHours]
}

// open returns the notes on a pane. Panes are closed in order, and so few are
// open at once that they never share a place; what is found there of an older
// pane was left by a leap in time.
func (s *Shard) open(pane int64) *openPane {
	o := &s.panes[mod(pane, int64(len(s.panes)))]
	if o.pane != pane {
		o.pane, o.touched = pane, o.touched[:0]
		clear(o.volumes)
	}
	return o
}

// touch notes a slot. Slots that change hands within the pane are noted again, so
// the list is tidied when it is full; if it is full then, it has every slot.
func (o *openPane) touch(slot uint32) {
	if len(o.touched) == cap(o.touched) {
		slices.Sort(o.touched)
		o.touched = slices.Compact(o.touched)
		if len(o.touched) == cap(o.touched) {
			return
		}
	}
	o.touched = append(o.touched, slot)
}

func (o *openPane) volume(platform uint16) *Volume {
	for len(o.volumes) <= int(platform) {
		o.volumes = append(o.volumes, Volume{})
	}
	return &o.volumes[platform]
}

// Touched returns the slots that got posts in the pane, in ascending order. The
// slice is valid until the next Step.
func (s *Shard) Touched(pane int64) []uint32 {
	o := s.open(pane)
	slices.Sort(o.touched)
	// A slot that was given to another term within the pane was noted twice, one
	// that was given up is in use no more.
	o.touched = slices.Compact(o.touched)
	o.touched = slices.DeleteFunc(o.touched, func(slot uint32) bool { return !s.records[slot].used() })
	return o.touched
}

// Volumes returns what each platform delivered in the pane, by platform number;
// it ends with the last platform that delivered anything. The slice is valid
// until the next Step.
func (s *Shard) Volumes(pane int64) []Volume { return s.open(pane).volumes }
