package watch

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/swell-radar/swell/term"
)

// The limits of lists.
const (
	MaxLists      = 1000               // that are kept
	MaxTerms      = 10_000             // in all of them together, as the next two
	MaxPhrases    = 10_000             // to look for
	MaxExclusions = 10_000             // phrases to pass over
	MaxName       = 64                 // bytes
	MaxTitle      = 256                // bytes
	MaxSpelling   = term.MaxFieldBytes // bytes
	MaxPlatforms  = 64                 // on which a term or a phrase is watched, where they are named
	MaxLanguages  = 64                 // of a list or a phrase, where they are named
)

// The purposes of lists.
const (
	Brand      = "brand"
	Competitor = "competitor"
	Campaign   = "campaign"
	Niche      = "niche"
)

// Purposes lists the purposes that a list may have, beside none.
func Purposes() []string { return []string{Brand, Competitor, Campaign, Niche} }

// Term is a term that is watched.
type Term struct {
	Kind     term.Kind
	Key      string // normalised
	Spelling string // as it was written
	// Platforms are where it is watched, sorted; none: everywhere.
	Platforms []string
}

// Phrase is a word or several that are looked for in texts, as [term.Phrases] says.
type Phrase struct {
	Key      string // normalised: its mentions are counted as this keyword, too
	Spelling string // as it was written
	// Exclude are phrases with which a post does not mean this one.
	Exclude []string
	// Languages are those of the posts that it is looked for in: the first parts of BCP 47 tags,
	// sorted; none: all. Posts of no known language are always searched.
	Languages []string
	// Platforms are where it is watched, sorted; none: everywhere.
	Platforms []string
}

// Draft is what a list is made of.
type Draft struct {
	Name, Title, Purpose string
	Changed              time.Time
	// Since is when its mentions began to be counted; zero: not known.
	Since time.Time
	// Altered is when what it matches was changed last, after Since; zero: never.
	Altered time.Time
	// Terms, of which kind, spelling and platforms are used. Two spellings of one key are one
	// term, watched wherever one of the two is.
	Terms []Term
	// Phrases, of which all but the key is used.
	Phrases []Phrase
	// Exclude and Languages are as in [Phrase], for the list as a whole.
	Exclude, Languages []string
}

// List is a named list of terms and phrases. It does not change.
//
// A post mentions it if it uses one of its terms or has one of its phrases, where it is watched;
// unless the post is of a language that is not among those of the list, or has a phrase that
// the list excludes.
type List struct {
	Name      string // a part of a path: see [CheckName]
	Title     string // for people; may be empty
	Purpose   string // one of [Purposes], or empty
	Changed   time.Time
	Since     time.Time // when its mentions began to be counted; zero: not known
	Altered   time.Time // when what it matches was changed last, after Since; zero: never
	Terms     []Term    // each key of a kind once, in the order written
	Phrases   []Phrase  // in the order written
	Exclude   []string
	Languages []string // sorted

	set map[Member]places
}

// New returns a list of the terms alone. The error is a [*FieldError].
func New(name, title string, changed time.Time, terms []Term) (*List, error) {
	return Make(Draft{Name: name, Title: title, Changed: changed, Terms: terms})
}

// Make returns the list of a draft. Title and spellings are trimmed. The error is a
// [*FieldError].
func Make(d Draft) (*List, error) {
	l := &List{Name: d.Name, Title: strings.TrimSpace(d.Title), Purpose: d.Purpose, Changed: d.Changed.UTC(), Since: d.Since}
	if !l.Since.IsZero() {
		l.Since = l.Since.UTC()
	}
	if !d.Altered.IsZero() {
		l.Altered = d.Altered.UTC()
	}
	if err := l.describe(); err != nil {
		return nil, err
	}
	if err := l.addTerms(d.Terms); err != nil {
		return nil, err
	}
	if err := l.addPhrases(d.Phrases); err != nil {
		return nil, err
	}
	var err error
	if l.Exclude, err = exclusions(whole, d.Exclude); err != nil {
		return nil, err
	}
	if l.Languages, err = languages(whole, d.Languages); err != nil {
		return nil, err
	}
	l.set = index(l.Terms)
	return l, nil
}

// With returns the list with another Since.
func (l *List) With(since time.Time) *List {
	c := *l
	c.Since = since
	return &c
}

// After returns the list as it is in place of an older one of its name: counted since then, and altered
// when it was changed if it does not match the same posts.
func (l *List) After(old *List) *List {
	c := *l
	c.Since, c.Altered = old.Since, old.Altered
	if !slices.Equal(l.matching(), old.matching()) {
		c.Altered = l.Changed
	}
	return &c
}

// Alike returns since when all that is counted is of the posts that the list matches now: the
// later of Since and Altered; zero: not known.
func (l *List) Alike() time.Time {
	if l.Altered.After(l.Since) {
		return l.Altered
	}
	return l.Since
}

// matching says which posts the list matches: equal for lists that match the same ones, however they are
// written and in whatever order.
func (l *List) matching() []string {
	parts := []string{fmt.Sprintf("%q %q", sorted(l.Exclude), l.Languages)}
	for _, t := range l.Terms {
		parts = append(parts, fmt.Sprintf("term %d %q %q", t.Kind, t.Key, t.Platforms))
	}
	for _, p := range l.Phrases {
		parts = append(parts, fmt.Sprintf("phrase %q %q %q %q", p.Key, sorted(p.Exclude), p.Languages, p.Platforms))
	}
	slices.Sort(parts)
	return parts
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// Exclusions returns how many phrases the list excludes, in all.
func (l *List) Exclusions() int {
	n := len(l.Exclude)
	for i := range l.Phrases {
		n += len(l.Phrases[i].Exclude)
	}
	return n
}

// describe checks what a list is called and what it is for.
func (l *List) describe() error {
	if err := CheckName(l.Name); err != nil {
		return err
	}
	if len(l.Title) > MaxTitle || !utf8.ValidString(l.Title) {
		return wrong(whole, "title", "has %d bytes; use at most %d, in UTF-8", len(l.Title), MaxTitle)
	}
	if l.Purpose != "" && !slices.Contains(Purposes(), l.Purpose) {
		return wrong(whole, "purpose", "is %.80q; use one of %s, or leave it empty", l.Purpose, strings.Join(Purposes(), ", "))
	}
	return nil
}

func (l *List) addTerms(terms []Term) error {
	if len(terms) > MaxTerms {
		return wrong(whole, "terms", "are %d; all lists together may have %d", len(terms), MaxTerms)
	}
	l.Terms = make([]Term, 0, len(terms))
	known := make(map[term.Term]int, len(terms))
	for i := range terms {
		t, err := normal(place{"terms", i}, &terms[i])
		if err != nil {
			return err
		}
		m := term.Term{Kind: t.Kind, Key: t.Key}
		if at, twice := known[m]; twice {
			l.Terms[at].Platforms = union(l.Terms[at].Platforms, t.Platforms)
			continue
		}
		known[m] = len(l.Terms)
		l.Terms = append(l.Terms, t)
	}
	return nil
}

func (l *List) addPhrases(phrases []Phrase) error {
	if len(phrases) > MaxPhrases {
		return wrong(whole, "phrases", "are %d; all lists together may have %d", len(phrases), MaxPhrases)
	}
	for i := range phrases {
		at, p := place{"phrases", i}, &phrases[i]
		out := Phrase{Spelling: strings.TrimSpace(p.Spelling)}
		var err error
		if out.Key, err = phraseKey(at, "phrase", p.Spelling); err != nil {
			return err
		}
		if out.Exclude, err = exclusions(at, p.Exclude); err != nil {
			return err
		}
		if out.Languages, err = languages(at, p.Languages); err != nil {
			return err
		}
		if out.Platforms, err = platforms(at, p.Platforms); err != nil {
			return err
		}
		l.Phrases = append(l.Phrases, out)
	}
	return nil
}
