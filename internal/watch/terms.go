package watch

import (
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/swell-radar/swell/term"
)

// termIndex finds the lists that a term is on, whatever their number.
type termIndex struct {
	bits    []uint64 // by hash: whether there may be a member
	mask    uint64
	members map[Member][]listed
	tags    tagStarts
}

// listed is a list that a term is on.
type listed struct {
	list int32
	on   places
}

func newTermIndex(lists []*List) termIndex {
	x := termIndex{members: map[Member][]listed{}}
	for i, l := range lists {
		for m, on := range l.set {
			x.members[m] = append(x.members[m], listed{int32(i), on})
		}
	}
	size := uint64(64)
	for size < 16*uint64(len(x.members)) && size < 1<<18 {
		size *= 2
	}
	x.bits, x.mask = make([]uint64, size/64), size-1
	for m := range x.members {
		h := x.hash(m.Kind, m.Group)
		x.bits[h/64] |= 1 << (h % 64)
		if m.Kind == term.Hashtag {
			x.tags.add(m.Group)
		}
	}
	return x
}

func (x *termIndex) hash(kind term.Kind, group string) uint64 {
	return xxh3.HashStringSeed(group, uint64(kind)) & x.mask
}

// find returns the lists that a term is on, by its group key.
func (x *termIndex) find(kind term.Kind, group string) []listed {
	if h := x.hash(kind, group); x.bits[h/64]>>(h%64)&1 == 0 {
		return nil
	}
	return x.members[Member{kind, group}]
}

// kinds returns the kinds of the members, sorted.
func (x *termIndex) kinds() (out []term.Kind) {
	for m := range x.members {
		if !slices.Contains(out, m.Kind) {
			out = append(out, m.Kind)
		}
	}
	slices.Sort(out)
	return out
}
