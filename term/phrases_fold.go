package term

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// appendSearched appends what a text is searched in: what [AppendKey] would make of a text
// of any length, without the marks that [AppendGroupKey] passes over, with the apostrophe and the
// hyphen of ASCII for others, and with a space for a hyphen between two characters of words.
func appendSearched(dst []byte, text string) []byte {
	base := len(dst)
	dst = slices.Grow(dst, len(text)+1) // of characters that are not normalised at length none grows
	// No character composes with a space: words are normalised one by one.
	for i := 0; i < len(text); {
		word, at := i, len(dst)
		var hyphens bool
		dst, i, hyphens = appendASCII(dst, text, i)
		if i < len(text) && text[i] >= utf8.RuneSelf {
			end := i
			for end < len(text) && !asciiSpace(text[end]) {
				end++
			}
			dst, hyphens = appendWide(dst, at, text[word:end], i-word), true
			i = end
		}
		if hyphens {
			part(dst[at:])
		}
		if len(dst) > at {
			dst = append(dst, ' ')
		}
		for i < len(text) && asciiSpace(text[i]) {
			i++
		}
	}
	if len(dst) > base {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// appendASCII appends the characters of text[i:] up to white space or one beyond ASCII, where it
// stops, and reports whether there are hyphens among them. dst has room.
func appendASCII(dst []byte, text string, i int) (_ []byte, end int, hyphens bool) {
	n := len(dst)
	room := dst[:cap(dst)]
	for i < len(text) && n < len(room) {
		c := text[i]
		k := asciiWord[c]
		if k <= '-' { // few are
			if k == asciiStop {
				break
			}
			if k == 0 {
				i++
				continue
			}
			hyphens = hyphens || k == '-'
		}
		room[n] = k
		n++
		i++
	}
	return dst[:n], i, hyphens
}

// asciiStop stands in asciiWord for what is no part of a word in ASCII.
const asciiStop = ' '

// asciiWord holds what bytes are in a word: asciiKey, but for white space and bytes beyond ASCII.
var asciiWord = func() (t [256]byte) {
	copy(t[:], asciiKey[:])
	for c := utf8.RuneSelf; c < len(t); c++ {
		t[c] = asciiStop
	}
	return t
}()

func asciiSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// appendWide appends the rest of a word, of which the first n bytes are ASCII and stand in dst
// from at on, normalised and unmarked.
func appendWide(dst []byte, at int, word string, n int) []byte {
	var w wide
	if len(dst) > at {
		w.letter(true)
	}
	dst, ok := w.append(dst, at, word[n:])
	if ok {
		return dst
	}
	dst = appendNormal(dst[:at], word)
	end := len(dst)
	if dst, ok = appendUnmarkedPlain(dst, alias(dst[at:end]), true); !ok {
		dst = appendUnmarked(dst, alias(dst[at:end]), true)
	}
	return append(dst[:at], plainSigns(dst[end:])...)
}

// sign returns the apostrophe or hyphen that is typed for one that is set, and other characters as they are.
func sign(r rune) rune {
	switch r {
	case 0x2018, 0x2019, 0x02BC, 0xFF07:
		return '\''
	case 0x2010, 0x2011, 0x2013, 0x2014, 0x2212:
		return '-'
	}
	return r
}

// plainSigns puts, in place, what [sign] says for the characters of a word.
func plainSigns(word []byte) []byte {
	out := word[:0]
	for i := 0; i < len(word); {
		r, size := utf8.DecodeRune(word[i:])
		if s := sign(r); s != r {
			out = append(out, byte(s))
		} else {
			out = append(out, word[i:i+size]...)
		}
		i += size
	}
	return out
}

// part puts, in place, a space for every hyphen between two characters of words.
func part(word []byte) {
	for i, c := range word {
		if c != '-' || i == 0 || i == len(word)-1 {
			continue
		}
		before, _ := utf8.DecodeLastRune(word[:i])
		after, _ := utf8.DecodeRune(word[i+1:])
		if wordRune(before) && wordRune(after) {
			word[i] = ' '
		}
	}
}

// spellings calls f for each way to write a phrase whose searched form is given, that one
// first. A spelling that is tagged counts as a hashtag alone: it is how several words are
// written there. together says that the phrase itself was written so, with hyphens or underscores.
func spellings(form string, together bool, f func(spelling string, tagged bool)) {
	f(form, false)
	words := wordsOf(form)
	if len(words) < 2 {
		word, number := form[:len(form)-1], form[len(form)-1]
		if number == '2' && len(word) >= 3 && lowerASCII(word) { // jalan2
			f(word+word, false)
			f(word+" "+word, false)
		}
		return
	}
	for _, by := range [...]string{" ", "_", ""} {
		if s := strings.Join(words, by); s != form {
			f(s, !together && by != " ")
		}
	}
	if len(words) == 2 && words[0] == words[1] && len(words[0]) >= 3 && lowerASCII(words[0]) {
		f(words[0]+"2", false)
	}
}

// wordsOf returns the words of a searched form: what spaces part, and underscores between
// two letters or digits.
func wordsOf(form string) (words []string) {
	from := 0
	for i := 0; i < len(form); i++ {
		c := form[i]
		if c != ' ' && c != '_' || i == 0 || i == len(form)-1 {
			continue
		}
		if c == '_' {
			before, _ := utf8.DecodeLastRuneInString(form[:i])
			after, _ := utf8.DecodeRuneInString(form[i+1:])
			if before == '_' || after == '_' || !wordRune(before) || !wordRune(after) {
				continue
			}
		}
		words = append(words, form[from:i])
		from = i + 1
	}
	return append(words, form[from:])
}

// joined reports whether the words of a phrase are joined, none is apart.
func joined(key string) bool { return !strings.Contains(key, " ") }

func lowerASCII(s string) bool { return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == "" }
