package watch

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/swell-radar/swell/term"
)

// CheckName returns a [*FieldError] if the name is not one for a list: up to [MaxName]
// lower-case letters a-z, digits, '-', '_' and '.', of which the first is a letter or a digit.
func CheckName(name string) error {
	const first, others = "abcdefghijklmnopqrstuvwxyz0123456789", "-_."
	if name == "" || len(name) > MaxName || strings.Trim(name, first+others) != "" || strings.ContainsRune(others, rune(name[0])) {
		return wrong(whole, "name", "is %.80q; use up to %d of a-z, 0-9, '-', '_' and '.', the first a letter or a digit", name, MaxName)
	}
	return nil
}

// normal returns the term as it is kept.
func normal(at place, t *Term) (Term, error) {
	if !slices.Contains(term.PostKinds(), t.Kind) {
		return Term{}, wrong(at, "kind", "is missing; use one of %v", term.PostKinds())
	}
	out := Term{Kind: t.Kind, Spelling: strings.TrimSpace(t.Spelling)}
	if len(t.Spelling) > MaxSpelling || !utf8.ValidString(t.Spelling) {
		return out, wrong(at, "term", "has %d bytes; use at most %d, in UTF-8", len(t.Spelling), MaxSpelling)
	}
	if out.Key = term.KeyOf(t.Kind, t.Spelling); out.Key == "" {
		return out, wrong(at, "term", "is %.80q, in which there is nothing to count", t.Spelling)
	}
	var err error
	out.Platforms, err = platforms(at, t.Platforms)
	return out, err
}

// platforms returns names of platforms as they are kept: sorted, each once.
func platforms(at place, names []string) (out []string, err error) {
	if len(names) > MaxPlatforms {
		return nil, wrong(at, "platforms", "are %d; use at most %d, or none for all", len(names), MaxPlatforms)
	}
	for _, name := range names {
		lower := strings.ToLower(name)
		if lower == "" || len(lower) > term.MaxPlatformBytes || strings.Trim(lower, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" {
			return nil, wrong(at, "platforms", "has %.80q; use the name of a platform: letters a-z, digits, '.', '_' and '-', at most %d", name, term.MaxPlatformBytes)
		}
		out = append(out, lower)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// languages returns the languages of BCP 47 tags: sorted, each once. What stands for no known language stays:
// a list may be for posts of none.
func languages(at place, tags []string) (out []string, err error) {
	if len(tags) > MaxLanguages {
		return nil, wrong(at, "languages", "are %d; use at most %d, or none for all", len(tags), MaxLanguages)
	}
	for _, tag := range tags {
		first := subtag(tag)
		if l := Language(tag); l != "" {
			first = l
		}
		if first == "" {
			return nil, wrong(at, "languages", "has %.80q; use the tag of a language, as in en or pt-BR", tag)
		}
		out = append(out, first)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// exclusions returns phrases as they are kept: trimmed, each key once.
func exclusions(at place, phrases []string) (out []string, err error) {
	if len(phrases) > MaxExclusions {
		return nil, wrong(at, "exclude", "are %d; all lists together may have %d", len(phrases), MaxExclusions)
	}
	keys := make(map[string]bool, len(phrases))
	for i, phrase := range phrases {
		key, err := phraseKey(at, fmt.Sprintf("exclude[%d]", i), phrase)
		if err != nil {
			return nil, err
		}
		if !keys[key] {
			keys[key] = true
			out = append(out, strings.TrimSpace(phrase))
		}
	}
	return out, nil
}

func phraseKey(at place, field, phrase string) (string, error) {
	if len(phrase) > MaxSpelling || !utf8.ValidString(phrase) {
		return "", wrong(at, field, "has %d bytes; use at most %d, in UTF-8", len(phrase), MaxSpelling)
	}
	key, err := term.PhraseKey(phrase)
	if err != nil {
		return "", wrong(at, field, "is %.80q, which %v", phrase, err)
	}
	return key, nil
}

// union returns the platforms of both; none stands for all.
func union(a, b []string) []string {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
