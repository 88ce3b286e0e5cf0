package watch

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/swell-radar/swell/term"
)

// Matcher says which lists posts mention. It never changes; what looks into posts is a
// [Finder], of which any number may be made from one Matcher at once.
type Matcher struct {
	names   []string   // of the lists, sorted
	speaks  [][]string // by list: its languages
	phrases *term.Phrases
	uses    [][]use // by place in what phrases was made of
	wanted  []wanted
	terms   termIndex
	kinds   []term.Kind // of the watched terms
}

// wanted is a phrase of a list, or a keyword that belongs to none.
type wanted struct {
	list      int32  // -1: none
	place     int32  // in what phrases was made of
	keyword   string // as it was written
	languages []string
	platforms places
}

// use is what a phrase of the automaton is there for.
type use struct {
	role role
	of   int32 // a wanted phrase; of bars: a list
}

type role uint8

const (
	means role = iota // the wanted phrase is found
	voids             // the wanted phrase is not meant
	bars              // the list is not mentioned
)

// Compile returns the Matcher of the lists, each of which has another name, and of keywords that
// are looked for beside them. The error names the keyword that cannot be looked for.
func Compile(lists []*List, keywords []string) (*Matcher, error) {
	lists = slices.SortedFunc(slices.Values(lists), func(a, b *List) int { return cmp.Compare(a.Name, b.Name) })
	if len(keywords) > MaxPhrases {
		return nil, fmt.Errorf("%d keywords; at most %d are possible", len(keywords), MaxPhrases)
	}
	m := &Matcher{}
	c := compiler{m: m, places: map[string]int{}}
	for _, k := range keywords {
		if err := c.want(k, wanted{list: -1}); err != nil {
			return nil, fmt.Errorf("keyword %.80q %w", k, err)
		}
	}
	for i, l := range lists {
		m.names = append(m.names, l.Name)
		m.speaks = append(m.speaks, l.Languages)
		if err := c.addList(int32(i), l); err != nil {
			return nil, fmt.Errorf("the watch list %q: %w", l.Name, err)
		}
	}
	m.terms = newTermIndex(lists)
	m.kinds = m.terms.kinds()
	var err error
	m.phrases, err = term.NewPhrases(c.phrases)
	return m, err
}

// compiler gathers phrases, each key once.
type compiler struct {
	m       *Matcher
	phrases []string
	places  map[string]int
}

// want adds a phrase that is looked for.
func (c *compiler) want(phrase string, w wanted) error {
	w.keyword = phrase
	n := int32(len(c.m.wanted))
	err := c.add(phrase, means, n)
	w.place = int32(c.places[term.KeyOf(term.Keyword, phrase)])
	c.m.wanted = append(c.m.wanted, w)
	return err
}

func (c *compiler) add(phrase string, r role, of int32) error {
	key, err := term.PhraseKey(phrase)
	if err != nil {
		return err
	}
	at, known := c.places[key]
	if !known {
		at = len(c.phrases)
		c.places[key] = at
		c.phrases, c.m.uses = append(c.phrases, phrase), append(c.m.uses, nil)
	}
	c.m.uses[at] = append(c.m.uses[at], use{r, of})
	return nil
}

func (c *compiler) addList(n int32, l *List) error {
	for _, s := range l.Exclude {
		if err := c.add(s, bars, n); err != nil {
			return err
		}
	}
	for i := range l.Phrases {
		p := &l.Phrases[i]
		w := int32(len(c.m.wanted))
		if err := c.want(p.Spelling, wanted{list: n, languages: p.Languages, platforms: p.Platforms}); err != nil {
			return err
		}
		for _, s := range p.Exclude {
			if err := c.add(s, voids, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// Empty reports whether there is nothing to look for.
func (m *Matcher) Empty() bool { return len(m.uses) == 0 && len(m.kinds) == 0 }

// speaks reports whether a language is among some, none of which are all; one that is not known
// always is.
func speaks(languages []string, language string) bool {
	if len(languages) == 0 || language == "" {
		return true
	}
	_, ok := slices.BinarySearch(languages, language)
	return ok
}
