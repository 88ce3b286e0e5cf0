package serve

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// rowTexts is what is searched for a part of a term: for each row its key, the plain form
// of its spelling, which has the title where the key of a sound is a number, and the same
// of its variants, all behind each other.
type rowTexts struct {
	all  []byte
	ends []int // of the rows
}

// textEnd ends a text: no byte of valid UTF-8, so that nothing is found across two.
const textEnd = 0xFF

func (k *ranking) gatherTexts() *rowTexts {
	x := &rowTexts{ends: make([]int, len(k.rows))}
	for i, t := range k.rows {
		for n := range termsOf(t) {
			from := len(x.all)
			x.all = append(append(x.all, n.Key...), textEnd)
			mark := len(x.all)
			x.all = term.AppendKey(x.all, n.Display)
			if bytes.Equal(x.all[mark:], x.all[from:mark-1]) {
				x.all = x.all[:mark]
				continue
			}
			x.all = append(x.all, textEnd)
		}
		x.ends[i] = len(x.all)
	}
	return x
}

// termsOf yields the term of a trend and its variants.
func termsOf(t *engine.Trend) func(yield func(*term.Term) bool) {
	return func(yield func(*term.Term) bool) {
		if !yield(&t.Term) {
			return
		}
		for i := range t.Variants {
			if !yield(&t.Variants[i].Term) {
				return
			}
		}
	}
}

// having returns the rows that have the text in them.
func (k *ranking) having(text []byte) rowSet {
	x, out := k.texts(), newRowSet(len(k.rows))
	for row, at := 0, 0; row < len(x.ends); row++ {
		i := bytes.Index(x.all[at:], text)
		if i < 0 {
			break
		}
		for x.ends[row] <= at+i {
			row++
		}
		out.add(int32(row))
		at = x.ends[row]
	}
	return out
}

// rowStarts are the keys of all rows and variants, the group keys of those that have some,
// and the plain forms of the titles of sounds, whose keys may be numbers: each sorted.
type rowStarts struct{ keys, groups, titles []rowStart }

type rowStart struct {
	text string
	row  int32
}

func (k *ranking) gatherStarts() *rowStarts {
	s := &rowStarts{}
	for i, t := range k.rows {
		for n := range termsOf(t) {
			s.keys = append(s.keys, rowStart{n.Key, int32(i)})
			if n.Kind == term.Sound {
				s.titles = append(s.titles, rowStart{term.KeyOf(term.Keyword, n.Display), int32(i)})
			}
			if watch.Grouped(n.Kind) {
				s.groups = append(s.groups, rowStart{watch.GroupKey(n.Kind, n.Key), int32(i)})
			}
		}
	}
	for _, list := range [][]rowStart{s.keys, s.groups, s.titles} {
		slices.SortFunc(list, func(a, b rowStart) int { return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.row, b.row)) })
	}
	return s
}

// beginning returns the rows of which a key or a title begins with the text, or a group key
// with that of the text.
func (k *ranking) beginning(text string) rowSet {
	s, out := k.starts(), newRowSet(len(k.rows))
	group := string(term.AppendGroupKey(nil, text))
	for list, start := range map[*[]rowStart]string{&s.keys: text, &s.titles: text, &s.groups: group} {
		for _, e := range from(*list, start) {
			if !strings.HasPrefix(e.text, start) {
				break
			}
			out.add(e.row)
		}
	}
	return out
}

// from returns the part of a sorted list that begins with the text or what comes next.
func from(list []rowStart, text string) []rowStart {
	i, _ := slices.BinarySearchFunc(list, text, func(s rowStart, text string) int { return cmp.Compare(s.text, text) })
	return list[i:]
}
