package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/term"
)

// Likeness says how a term of the dictionary matches what is searched for, best first.
type Likeness uint8

const (
	SameKey    Likeness = 1 + iota // the key itself
	SameGroup                      // its group key: another spelling; or the name of the sound, or its title
	SamePrefix                     // its group key begins so, or its name from some word on
	NearlySame                     // one rune more, less, other or swapped with its neighbour
)

// Search says which terms of the dictionary are wanted.
type Search struct {
	Key       string      // normalised, not empty
	Kinds     []term.Kind // nil: all
	Platforms []string    // nil: all
	Limit     int         // how many at most; 0: 1,000
}

// Match is a term that was found.
type Match struct {
	Term
	Likeness Likeness
}

const (
	searchLimit = 1000

	// searchSteps is how many keys of the index one question may have looked at. It bounds
	// what a hostile one costs to some 50 ms.
	searchSteps = 40_000
	nameSteps   = 4 // what reading a name counts for
)

// Search returns the terms of the dictionary that match, best likeness first, and
// whether these are all: they are not where there are more than the limit, where finding them
// takes more than a bounded number of steps, or where terms were lost with a damaged table.
//
// Hashtags and keywords are found by their group key (see [term.AppendGroupKey]), sounds
// by that of their name, their title, and their name from each word on, other kinds by
// their key. What is nearly the same is looked for from five runes on, and against whole
// names and keys. Terms that match alike are in the order of what they match by, then of
// their kinds, then of their IDs; up to the limit, the first ones in this order are found.
//
// Cost: a read of the dictionary for each term that is found, about 5 µs; for what is
// nearly the same some hundred jumps in the index of 2 µs, or a few thousand where many
// terms begin alike.
//
// The error wraps [ErrInvalid] for an empty or an overlong key, [ErrNotFound] for a store of
// an older format, which has no index of terms before its first write, and [ErrDamaged].
func (s *Store) Search(q Search) (found []Match, all bool, err error) {
	if err := s.begin(); err != nil {
		return nil, false, err
	}
	defer s.end()
	if found, all, err = s.search(q); err != nil {
		return nil, false, fmt.Errorf("cannot search for %.80q: %w", q.Key, err)
	}
	return found, all, nil
}

func (s *Store) search(q Search) (found []Match, all bool, err error) {
	switch {
	case q.Key == "" || len(q.Key) > maxText:
		return nil, false, invalid("it has %d bytes, expected 1 to %d", len(q.Key), maxText)
	case !s.indexed.Load():
		return nil, false, fmt.Errorf("%w: the store is of an older format, without an index of terms; start swell on it once", ErrNotFound)
	}
	if q.Limit <= 0 {
		q.Limit = searchLimit
	}
	kinds := slices.Clone(q.Kinds)
	if kinds == nil {
		kinds = term.Kinds()
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	err = s.view(func(tx *badger.Txn) error {
		m := matcher{store: s, tx: tx, Search: q, best: make(map[term.ID]int)}
		for _, kind := range kinds {
			m.steps += searchSteps / len(kinds)
			if err := m.kind(kind); err != nil {
				return err
			}
		}
		if err := m.names(); err != nil {
			return err
		}
		found, all = m.result(), !m.cut
		return nil
	})
	for _, l := range *s.losses.Load() {
		all = all && !l.touchesTable(tabTerm)
	}
	return found, all, err
}

// matcher finds what matches a question, in one state of the store.
type matcher struct {
	store *Store
	tx    *badger.Txn
	Search
	steps int // that may still be made
	cut   bool

	matches []match
	best    map[term.ID]int // place of a term in matches
}

// match is a term on the way to be found. Its name is read where it decides.
type match struct {
	likeness Likeness
	form     string
	kind     term.Kind
	id       term.ID
	term     Term
	named    bool
}

func (a *match) compare(b *match) int {
	return cmp.Or(cmp.Compare(a.likeness, b.likeness), strings.Compare(a.form, b.form), cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id))
}

// kind finds the terms of a kind. What begins alike stops at the limit by itself, with its
// first ones in the order of matches.
func (m *matcher) kind(kind term.Kind) error {
	text := cleanForm(formOf(kind, m.Key))
	if text == "" {
		return nil
	}
	forms := m.cursor(indexForms, kind)
	defer forms.close()
	if err := m.prefixed(forms, text); err != nil {
		return err
	}
	if utf8.RuneCountInString(text) < typoRunes {
		return nil
	}
	ends := m.cursor(indexEnds, kind)
	defer ends.close()
	t := typos{matcher: m, forms: forms, ends: ends, text: text}
	return t.find()
}

// prefixed finds the forms that are the text or begin with it. Of the former the names say
// which are the key itself: they are read here, while there are steps for it.
func (m *matcher) prefixed(c *cursor, text string) error {
	n := 0
	for ok := c.seek(text); ok && strings.HasPrefix(string(c.text), text); ok = c.next() {
		likeness := SamePrefix
		if c.mark == markWhole && string(c.text) == text {
			likeness = SameGroup
		}
		if _, has := m.best[c.id]; has {
			continue // by a form that comes first
		}
		if wanted, err := m.wanted(c); !wanted {
			if err != nil {
				return err
			}
			continue
		}
		if likeness == SamePrefix {
			if n == m.Limit {
				m.cut = true
				return nil
			}
			n++
		}
		found := match{likeness: likeness, form: string(c.text), kind: c.kind, id: c.id}
		if likeness == SameGroup && m.step(nameSteps) {
			if err := m.name(&found); err != nil {
				return err
			}
			if found.named && found.term.Key == m.Key {
				found.likeness = SameKey
			}
		}
		m.add(found)
	}
	return nil
}

// wanted tells whether the term at the cursor is of a platform that is asked for.
func (m *matcher) wanted(c *cursor) (bool, error) {
	if m.Platforms == nil {
		return true, nil
	}
	platform, err := c.platform()
	return err == nil && m.ofPlatform(string(platform)), err
}

func (m *matcher) ofPlatform(name string) bool {
	return m.Platforms == nil || slices.Contains(m.Platforms, name)
}

// add takes a match, unless there is a better one of its term.
func (m *matcher) add(found match) {
	at, has := m.best[found.id]
	switch {
	case !has:
		m.best[found.id] = len(m.matches)
		m.matches = append(m.matches, found)
	case found.compare(&m.matches[at]) < 0:
		m.matches[at] = found
	}
}

// names puts the matches into their order, cuts them to the limit and reads the names that
// are still to be read. A term that retention took meanwhile is none.
func (m *matcher) names() error {
	slices.SortFunc(m.matches, func(a, b match) int { return a.compare(&b) })
	named := m.matches[:0]
	for i := range m.matches {
		f := m.matches[i]
		if len(named) == m.Limit {
			m.cut = true
			break
		}
		if err := m.name(&f); err != nil {
			return err
		}
		if f.named {
			named = append(named, f)
		}
	}
	m.matches = named
	return nil
}

// name reads the name of a match. A term that is none any more stays without.
func (m *matcher) name(f *match) error {
	ord, known := m.store.terms.ordinal(f.id)
	if f.named || !known {
		return nil
	}
	t, err := termIn(m.tx, f.id, ord)
	if errors.Is(err, ErrUnknownTerm) {
		return nil
	}
	f.term, f.named = t, err == nil
	return err
}

func (m *matcher) result() []Match {
	out := make([]Match, len(m.matches))
	for i, f := range m.matches {
		out[i] = Match{f.term, f.likeness}
	}
	return out
}
