package term

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxWatched is how many phrases a [Watch] may have.
const MaxWatched = 10_000

// Watch finds words and phrases in texts: names of brands, say, that somebody wants to
// have counted wherever they are used. What it finds is meant for [Record.Keywords].
//
// Text and phrases are compared as keys are ([AppendKey]): case, width, spelling of
// accents and white space do not matter. A phrase is found between the borders of words: "art" is
// not in "start". Where words are written without spaces (Chinese, Japanese, Thai,
// Lao, Khmer, Burmese) every character is a border, and Korean particles may follow a
// phrase.
//
// A Watch keeps buffers and belongs to one goroutine at a time; [Watch.Clone] gives
// another goroutine its own at little cost.
type Watch struct {
	phrases []string // as they were given, the first spelling of each
	sizes   []int    // bytes of their keys
	trie    *trie    // never changes

	text []byte   // the last text, normalised
	met  []uint64 // bits of phrases found in it; clear between texts
}

// NewWatch returns a Watch for the phrases, at most [MaxWatched]. Spellings of one
// phrase are one: the first counts. A phrase that holds nothing to look for, or more than fits
// into a key, is an error that wraps [ErrWatch] and names it.
func NewWatch(phrases []string) (*Watch, error) {
	if len(phrases) > MaxWatched {
		return nil, fmt.Errorf("%w: %d phrases; at most %d are possible", ErrWatch, len(phrases), MaxWatched)
	}
	w := &Watch{}
	var keys []string
	numbers := make(map[string]bool, len(phrases))
	for i, phrase := range phrases {
		key := KeyOf(Keyword, phrase)
		switch {
		case key == "":
			return nil, fmt.Errorf("%w: phrase %d, %s, holds nothing to look for", ErrWatch, i+1, quote(phrase))
		case key != string(appendNormal(nil, phrase)):
			return nil, fmt.Errorf("%w: phrase %d, %s, is too long; at most %d characters and %d bytes are possible",
				ErrWatch, i+1, quote(phrase), MaxKeyGraphemes, MaxKeyBytes)
		case numbers[key]:
			continue
		}
		numbers[key] = true
		keys = append(keys, key)
		w.phrases = append(w.phrases, strings.Clone(phrase))
		w.sizes = append(w.sizes, len(key))
	}
	w.trie = newTrie(keys)
	w.met = make([]uint64, (len(keys)+63)/64)
	return w, nil
}

// Clone returns a Watch for the same phrases, which shares what never changes.
func (w *Watch) Clone() *Watch {
	return &Watch{phrases: w.phrases, sizes: w.sizes, trie: w.trie, met: make([]uint64, len(w.met))}
}

// Len returns the number of phrases, each counted once.
func (w *Watch) Len() int { return len(w.phrases) }

// Append appends to dst the phrases that the text holds, each once and as it was given
// to [NewWatch], in the order in which they end in the text, and of those that end
// together the longest first. Time is linear in the text and in what is found. Nothing is
// allocated while dst has room, but for text that has to be normalised beyond case.
func (w *Watch) Append(dst []string, text string) []string {
	if len(w.phrases) == 0 || text == "" {
		return dst
	}
	w.text = appendWatched(w.text[:0], text)
	before := len(dst)
	dst = w.find(dst)
	if len(dst) > before {
		clear(w.met)
	}
	if cap(w.text) > keptText {
		w.text = nil
	}
	return dst
}

// keptText is the most bytes of a normalised text for which memory is kept.
const keptText = MaxTextBytes

func (w *Watch) find(dst []string) []string {
	at := uint32(0)
	for i, c := range w.text {
		at = w.trie.step(at, c)
		for node := w.trie.ending(at); node != 0; node = w.trie.suffix[node] {
			n := w.trie.phrase[node] - 1
			if w.met[n/64]>>(n%64)&1 == 0 && bordered(w.text, i+1-w.sizes[n], i+1) {
				w.met[n/64] |= 1 << (n % 64)
				dst = append(dst, w.phrases[n])
			}
		}
	}
	return dst
}

// bordered reports whether text[from:to] begins and ends on borders of words.
func bordered(text []byte, from, to int) bool {
	if from > 0 {
		before, _ := utf8.DecodeLastRune(text[:from])
		if first, _ := utf8.DecodeRune(text[from:]); joined(before, first) {
			return false
		}
	}
	if to < len(text) {
		after, _ := utf8.DecodeRune(text[to:])
		if last, _ := utf8.DecodeLastRune(text[:to]); joined(last, after) && !(hangul(last) && hangul(after)) {
			return false
		}
	}
	return true
}

// appendWatched appends what [AppendKey] would make of a text of any length.
func appendWatched(dst []byte, text string) []byte {
	base := len(dst)
	for len(text) > 0 {
		end := 0
		for end < len(text) && !asciiSpace(text[end]) {
			end++
		}
		// No character composes with a space: words are normalised one by one.
		if end > 0 {
			at := len(dst)
			var ok bool
			if dst, ok = appendPlainWord(dst, text[:end]); !ok {
				dst = appendNormal(dst, text[:end])
			}
			if len(dst) > at {
				dst = append(dst, ' ')
			}
		}
		text = text[min(end+1, len(text)):]
	}
	if len(dst) > base {
		dst = dst[:len(dst)-1]
	}
	return dst
}

func asciiSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// appendPlainWord is [appendKeyPlain] for a word of any length.
func appendPlainWord(dst []byte, s string) ([]byte, bool) {
	base := len(dst)
	last, run := roleOther, 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			if k := asciiKey[c]; k != 0 {
				dst, last, run = append(dst, k), roleLetter, 0
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		folded, part := plain(r)
		switch part {
		case roleOther:
			return dst[:base], false
		case roleLetter:
			run = 0
		case roleMark:
			run++
		case roleNonStarter:
			if last != roleLetter && last != roleMark {
				return dst[:base], false
			}
			run++
		}
		if run > maxMarks {
			return dst[:base], false
		}
		dst = utf8.AppendRune(dst, folded)
		i += size
		last = part
	}
	return dst, true
}
