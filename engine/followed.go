package engine

import "github.com/swell-radar/swell/term"

// Followed are terms of whose posts somebody wants to be told. It does not change.
type Followed struct {
	slots []term.ID // open addressing: an ID is a hash already
	zero  bool      // the ID that stands for a free slot is among them
	told  func(rec *term.Record, id term.ID)
}

// NewFollowed returns the terms. told is called for each of them that a post uses, when that is counted, by the goroutine that calls
// [Engine.Observe]; the record is its own until it returns.
func NewFollowed(ids []term.ID, told func(rec *term.Record, id term.ID)) *Followed {
	size := 16
	for size < 4*len(ids) {
		size *= 2
	}
	f := &Followed{slots: make([]term.ID, size), told: told}
	for _, id := range ids {
		if id == 0 {
			f.zero = true
			continue
		}
		f.slots[f.place(id)] = id
	}
	return f
}

// place returns the slot that the ID is in, or would be.
func (f *Followed) place(id term.ID) int {
	mask := len(f.slots) - 1
	at := int(id) & mask
	for f.slots[at] != id && f.slots[at] != 0 {
		at = (at + 1) & mask
	}
	return at
}

func (f *Followed) has(id term.ID) bool {
	if id == 0 {
		return f.zero
	}
	return f.slots[f.place(id)] == id
}

// Follow has the terms followed from now on in place of those before; nil: none. Any goroutine may call it.
func (e *Engine) Follow(f *Followed) { e.feeder.followed.Store(f) }
