package watch

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/swell-radar/swell/term"
)

// The limits of lists.
const (
	MaxLists    = 1000               // that are kept
	MaxTerms    = 10_000             // in all of them together
	MaxName     = 64                 // bytes
	MaxTitle    = 256                // bytes
	MaxSpelling = term.MaxFieldBytes // bytes
)

// Term is a term that is watched.
type Term struct {
	Kind     term.Kind
	Key      string // normalised
	Spelling string // as it was written
	// Platforms are where it is watched, sorted; none: everywhere.
	Platforms []string
}

// List is a named list of terms. It does not change.
type List struct {
	Name    string // a part of a path: see [CheckName]
	Title   string // for people; may be empty
	Changed time.Time
	Terms   []Term // each key of a kind once, in the order written

	set map[Member]places
}

// New returns a list of the terms, of which kind, spelling and platforms are used. Two
// spellings of one key are one term, watched wherever one of the two is. Title and
// spellings are trimmed. The error is a [*FieldError].
func New(name, title string, changed time.Time, terms []Term) (*List, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	title = strings.TrimSpace(title)
	if len(title) > MaxTitle || !utf8.ValidString(title) {
		return nil, wrong(-1, "title", "has %d bytes; use at most %d, in UTF-8", len(title), MaxTitle)
	}
	if len(terms) > MaxTerms {
		return nil, wrong(-1, "terms", "are %d; all lists together may have %d", len(terms), MaxTerms)
	}
	l := &List{Name: name, Title: title, Changed: changed.UTC(), Terms: make([]Term, 0, len(terms))}
	known := make(map[term.Term]int, len(terms))
	for i := range terms {
		t, err := normal(i, &terms[i])
		if err != nil {
			return nil, err
		}
		m := term.Term{Kind: t.Kind, Key: t.Key}
		if at, twice := known[m]; twice {
			l.Terms[at].Platforms = union(l.Terms[at].Platforms, t.Platforms)
			continue
		}
		known[m] = len(l.Terms)
		l.Terms = append(l.Terms, t)
	}
	l.set = index(l.Terms)
	return l, nil
}

// CheckName returns a [*FieldError] if the name is not one for a list: up to [MaxName]
// lower-case letters a-z, digits, '-', '_' and '.', of which the first is a letter or a digit.
func CheckName(name string) error {
	const first, others = "abcdefghijklmnopqrstuvwxyz0123456789", "-_."
	if name == "" || len(name) > MaxName || strings.Trim(name, first+others) != "" || strings.ContainsRune(others, rune(name[0])) {
		return wrong(-1, "name", "is %.80q; use up to %d of a-z, 0-9, '-', '_' and '.', the first a letter or a digit", name, MaxName)
	}
	return nil
}

// normal returns the term as it is kept.
func normal(at int, t *Term) (Term, error) {
	if !slices.Contains(term.Kinds(), t.Kind) {
		return Term{}, wrong(at, "kind", "is missing; use one of %v", term.Kinds())
	}
	out := Term{Kind: t.Kind, Spelling: strings.TrimSpace(t.Spelling)}
	if len(t.Spelling) > MaxSpelling || !utf8.ValidString(t.Spelling) {
		return out, wrong(at, "term", "has %d bytes; use at most %d, in UTF-8", len(t.Spelling), MaxSpelling)
	}
	if out.Key = term.KeyOf(t.Kind, t.Spelling); out.Key == "" {
		return out, wrong(at, "term", "is %.80q, in which there is nothing to count", t.Spelling)
	}
	for _, name := range t.Platforms {
		lower := strings.ToLower(name)
		if lower == "" || len(lower) > term.MaxPlatformBytes || strings.Trim(lower, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" {
			return out, wrong(at, "platforms", "has %.80q; use the name of a platform: letters a-z, digits, '.', '_' and '-', at most %d", name, term.MaxPlatformBytes)
		}
		out.Platforms = append(out.Platforms, lower)
	}
	if len(out.Platforms) > MaxPlatforms {
		return out, wrong(at, "platforms", "are %d; use at most %d, or none for all", len(out.Platforms), MaxPlatforms)
	}
	slices.Sort(out.Platforms)
	out.Platforms = slices.Compact(out.Platforms)
	return out, nil
}

// MaxPlatforms is how many platforms a term may be watched on, where they are named.
const MaxPlatforms = 64

// union returns the platforms of both; none stands for all.
func union(a, b []string) []string {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
