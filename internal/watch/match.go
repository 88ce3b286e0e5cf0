package watch

import (
	"slices"

	"github.com/swell-radar/swell/term"
)

// GroupKey returns what the variants of a key have in common. People spell hashtags and
// keywords in several ways; the keys of sounds, accounts and links are what they are.
func GroupKey(kind term.Kind, key string) string {
	if !Grouped(kind) {
		return key
	}
	return string(term.AppendGroupKey(nil, key))
}

// Grouped reports whether there are variants of keys of a kind.
func Grouped(kind term.Kind) bool { return kind == term.Hashtag || kind == term.Keyword }

// Member is what a term is found by: its kind and its group key.
type Member struct {
	Kind  term.Kind
	Group string
}

// places are the platforms on which a member is watched, sorted; none: everywhere.
type places []string

func index(terms []Term) map[Member]places {
	set := make(map[Member]places, len(terms))
	for i := range terms {
		m := Member{terms[i].Kind, GroupKey(terms[i].Kind, terms[i].Key)}
		at := places(terms[i].Platforms)
		if before, twice := set[m]; twice {
			at = union(before, at)
		}
		set[m] = at
	}
	return set
}

func indexPhrases(phrases []Phrase) map[string]places {
	said := make(map[string]places, len(phrases))
	for i := range phrases {
		at := places(phrases[i].Platforms)
		if before, twice := said[phrases[i].Key]; twice {
			at = union(before, at)
		}
		said[phrases[i].Key] = at
	}
	return said
}

// Has reports whether a term is watched on a platform: it, or another spelling of it, is
// on the list. The key is normalised. It costs a lookup in a map.
func (l *List) Has(kind term.Kind, key, platform string) bool {
	at, ok := l.set[Member{kind, GroupKey(kind, key)}]
	return ok && at.have(platform)
}

// Names reports whether a term is watched on a platform, or is the keyword of a phrase that is looked for there.
func (l *List) Names(kind term.Kind, key, platform string) bool {
	if l.Has(kind, key, platform) {
		return true
	}
	at, ok := l.said[key]
	return ok && kind == term.Keyword && at.have(platform)
}

// Members yields what is watched, in no order, and whether it is on a platform.
func (l *List) Members() func(yield func(m Member, on func(platform string) bool) bool) {
	return func(yield func(Member, func(string) bool) bool) {
		for m, at := range l.set {
			if !yield(m, at.have) {
				return
			}
		}
	}
}

func (p places) have(platform string) bool {
	if len(p) == 0 {
		return true
	}
	_, ok := slices.BinarySearch(p, platform)
	return ok
}
