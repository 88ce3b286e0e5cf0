package term

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxPhrases is how many phrases a [Phrases] may have.
const MaxPhrases = 10_000

// Phrases finds words and phrases in texts: names of brands, say, that somebody wants to
// have counted wherever they are used. What it finds is meant for [Record.Keywords].
//
// Text and phrases are compared as keys are ([AppendKey]): case, width, spelling of
// accents and white space do not matter. A phrase is found between the borders of words: "art" is
// not in "start". Where words are written without spaces (Chinese, Japanese, Thai,
// Lao, Khmer, Burmese) every character is a border, and Korean particles may follow a
// phrase.
//
// A Phrases keeps buffers and belongs to one goroutine at a time; [Phrases.Clone] gives
// another goroutine its own at little cost.
type Phrases struct {
	phrases []string // as they were given, the first spelling of each
	sizes   []int    // bytes of their keys
	trie    *trie    // never changes

	text []byte   // the last text, normalised
	met  []uint64 // bits of phrases found in it; clear between texts
}

// NewPhrases returns a Phrases for the phrases, at most [MaxPhrases]. Spellings of one
// phrase are one: the first counts. A phrase that holds nothing to look for, or more than fits
// into a key, is an error that wraps [ErrPhrases] and names it.
func NewPhrases(phrases []string) (*Phrases, error) {
	if len(phrases) > MaxPhrases {
		return nil, fmt.Errorf("%w: %d phrases; at most %d are possible", ErrPhrases, len(phrases), MaxPhrases)
	}
	p := &Phrases{}
	var keys []string
	numbers := make(map[string]bool, len(phrases))
	for i, phrase := range phrases {
		key := KeyOf(Keyword, phrase)
		switch {
		case key == "":
			return nil, fmt.Errorf("%w: phrase %d, %s, holds nothing to look for", ErrPhrases, i+1, quote(phrase))
		case key != string(appendNormal(nil, phrase)):
			return nil, fmt.Errorf("%w: phrase %d, %s, is too long; at most %d characters and %d bytes are possible",
				ErrPhrases, i+1, quote(phrase), MaxKeyGraphemes, MaxKeyBytes)
		case numbers[key]:
			continue
		}
		numbers[key] = true
		keys = append(keys, key)
		p.phrases = append(p.phrases, strings.Clone(phrase))
		p.sizes = append(p.sizes, len(key))
	}
	p.trie = newTrie(keys)
	p.met = make([]uint64, (len(keys)+63)/64)
	return p, nil
}

// Clone returns a Phrases for the same phrases, which shares what never changes.
func (p *Phrases) Clone() *Phrases {
	return &Phrases{phrases: p.phrases, sizes: p.sizes, trie: p.trie, met: make([]uint64, len(p.met))}
}

// Len returns the number of phrases, each counted once.
func (p *Phrases) Len() int { return len(p.phrases) }

// Append appends to dst the phrases that the text holds, each once and as it was given
// to [NewPhrases], in the order in which they end in the text, and of those that end
// together the longest first. Time is linear in the text and in what is found. Nothing is
// allocated while dst has room, but for text that has to be normalised beyond case.
func (p *Phrases) Append(dst []string, text string) []string {
	if len(p.phrases) == 0 || text == "" {
		return dst
	}
	p.text = appendPhrased(p.text[:0], text)
	before := len(dst)
	dst = p.find(dst)
	if len(dst) > before {
		clear(p.met)
	}
	if cap(p.text) > keptText {
		p.text = nil
	}
	return dst
}

// keptText is the most bytes of a normalised text for which memory is kept.
const keptText = MaxTextBytes

func (p *Phrases) find(dst []string) []string {
	at := uint32(0)
	for i, c := range p.text {
		at = p.trie.step(at, c)
		for node := p.trie.ending(at); node != 0; node = p.trie.suffix[node] {
			n := p.trie.phrase[node] - 1
			if p.met[n/64]>>(n%64)&1 == 0 && bordered(p.text, i+1-p.sizes[n], i+1) {
				p.met[n/64] |= 1 << (n % 64)
				dst = append(dst, p.phrases[n])
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

// appendPhrased appends what [AppendKey] would make of a text of any length.
func appendPhrased(dst []byte, text string) []byte {
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
