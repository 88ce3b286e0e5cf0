package workload

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/swell-radar/swell/term"
)

// tag is one invented hashtag.
type tag struct {
	// spellings holds the usual one first. They differ in what people vary:
	// capitals, underscores, accents; all have the same group key.
	spellings []string
	rows      []*row // the truth about it, if something was planted on it
}

// namer invents hashtags, songs and artists, no two hashtags with the same group key.
type namer struct {
	s     *stream
	taken map[string]struct{}
	key   []byte
	group []byte
}

func newNamer(s *stream) *namer { return &namer{s: s, taken: map[string]struct{}{}} }

func (n *namer) pick(words []string) string { return words[n.s.below(len(words))] }

// name invents a pronounceable name, lower case where there is case.
func (n *namer) name(l *locale) string {
	var b strings.Builder
	for range 2 + n.s.below(5)/4 {
		b.WriteString(n.pick(l.onsets))
		b.WriteString(n.pick(l.vowels))
	}
	if n.s.chance(0.6) {
		b.WriteString(n.pick(l.codas))
	}
	return b.String()
}

// tag invents a hashtag that is not taken yet: an everyday compound while there
// are some, else one around an invented name.
func (n *namer) tag(l *locale) tag {
	for try := 0; ; try++ {
		var words string
		switch {
		case try == 0 && n.s.chance(0.02):
			words = n.pick(l.heads)
		case try < 2 && n.s.chance(0.3):
			words = n.pick(l.heads) + " " + n.pick(l.tails)
		case try < 6 && n.s.chance(0.7):
			words = n.pick(l.heads) + " " + n.pick(l.tails) + " " + n.pick(l.ends)
		case n.s.chance(0.3):
			words = n.name(l)
		default:
			words = n.name(l) + " " + n.pick(l.ends)
		}
		if try >= tries {
			words += strconv.Itoa(n.s.below(1_000_000)) // the language has run out of names
		}
		if t, ok := n.claim(l, words); ok {
			return t
		}
	}
}

// title invents a name of up to two words in display form, for artists and songs.
func (n *namer) title(l *locale) string {
	name := capital(l, n.name(l))
	if n.s.chance(0.6) {
		name += " " + capital(l, n.name(l))
	}
	return name
}

// claim spells the words as a hashtag, unless one with the same group key exists.
func (n *namer) claim(l *locale, words string) (tag, bool) {
	t := tag{spellings: spell(l, words)}
	n.key = term.AppendKey(n.key[:0], t.spellings[0])
	n.group = term.AppendGroupKey(n.group[:0], string(n.key))
	if _, taken := n.taken[string(n.group)]; taken {
		return tag{}, false
	}
	n.taken[string(n.group)] = struct{}{}
	return t, true
}

// spell returns the ways in which people write the words as one hashtag.
func spell(l *locale, words string) []string {
	parts := strings.Fields(words)
	doubled := ""
	for i, p := range parts {
		if a, b, ok := strings.Cut(p, "-"); ok && a == b {
			parts[i], doubled = a+b, a
		}
	}
	if !l.cased {
		spellings := []string{strings.Join(parts, l.joint)}
		if len(parts) > 1 && l.joint != "" {
			spellings = append(spellings, strings.Join(parts, ""))
		}
		return spellings
	}
	capitals := make([]string, len(parts))
	for i, p := range parts {
		capitals[i] = capital(l, p)
	}
	lower := strings.Join(parts, "")
	spellings := []string{strings.Join(capitals, ""), lower}
	if len(parts) > 1 {
		spellings = append(spellings, strings.Join(parts, "_"))
	}
	if plain := unaccented.Replace(lower); plain != lower {
		spellings = append(spellings, plain)
	}
	if doubled != "" && len(parts) == 1 {
		spellings = append(spellings, doubled+"2") // how jalan-jalan is written in a hurry
	}
	return spellings
}

// capital returns the word with its first letter in upper case.
func capital(l *locale, word string) string {
	r, size := utf8.DecodeRuneInString(word)
	if l.lang == "tr" {
		r = unicode.TurkishCase.ToUpper(r)
	} else {
		r = unicode.ToUpper(r)
	}
	return string(r) + word[size:]
}

// unaccented writes words as people do whose keyboard lacks the accents.
var unaccented = strings.NewReplacer(
	"á", "a", "à", "a", "â", "a", "ã", "a", "ä", "a", "ç", "c", "é", "e", "ê", "e", "ğ", "g", "í", "i",
	"ı", "i", "ñ", "n", "ó", "o", "ô", "o", "õ", "o", "ö", "o", "ş", "s", "ß", "ss", "ú", "u", "ü", "u",
)
