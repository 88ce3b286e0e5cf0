package term

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxPhrases is how many phrases a [Phrases] may have.
const MaxPhrases = 40_000

// Phrases finds words and phrases in texts: names of brands, say, that somebody wants to
// have counted wherever they are used.
//
// Text and phrases are compared as keys are ([AppendKey]), and letters without the marks that
// [AppendGroupKey] passes over: case, width, accents and white space do not matter. A phrase
// is found between the borders of words: "art" is not in "start". Where words are written
// without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) every character is a border,
// and Korean particles may follow a phrase.
//
// Apostrophes are one, and so are hyphens, dashes and the minus sign. A hyphen between words
// is as good as a space. A phrase of several words that are joined by hyphens or underscores is
// found written apart and together as well ("coca-cola" in "Coca Cola" and "cocacola"); one
// whose words are apart is found together in hashtags alone ("new york" in "#NewYork", but "a
// live" not in "alive").
//
// Of http and https URLs in a text the host is searched, but not what follows it.
//
// A Phrases keeps buffers and belongs to one goroutine at a time; [Phrases.Clone] gives
// another goroutine its own at little cost.
type Phrases struct {
	phrases []string   // as they were given, the first spelling of each
	places  []int32    // by phrase: where the first spelling of it stood
	ways    []spelling // in which they are written
	first   []uint32   // by key of the trie: its first way; one more at the end
	trie    *trie      // never changes, as all of the above

	read  []byte   // a text without the paths of its URLs
	text  []byte   // the last text, as it is searched
	met   []uint64 // bits of phrases found in it; clear between texts
	found []int32
}

// spelling is a way to write a phrase.
type spelling struct {
	phrase uint32
	size   uint16 // in bytes
	tagged bool   // counts behind a '#' alone
}

// NewPhrases returns a Phrases for the phrases, at most [MaxPhrases]. Spellings of one
// key are one: the first counts. A phrase that holds nothing to look for, or more than fits
// into a key, is an error that wraps [ErrPhrases] and names it.
func NewPhrases(phrases []string) (*Phrases, error) {
	if len(phrases) > MaxPhrases {
		return nil, fmt.Errorf("%w: %d phrases; at most %d are possible", ErrPhrases, len(phrases), MaxPhrases)
	}
	p := &Phrases{}
	met := make(map[string]bool, len(phrases))
	ways := make(map[string][]spelling, 2*len(phrases))
	var keys []string // in the order met, so that equal phrases give equal tries
	for i, phrase := range phrases {
		key, err := PhraseKey(phrase)
		if err != nil {
			return nil, fmt.Errorf("%w: phrase %d, %s, %w", ErrPhrases, i+1, quote(phrase), err)
		}
		if met[key] {
			continue
		}
		met[key] = true
		n := uint32(len(p.phrases))
		p.phrases, p.places = append(p.phrases, strings.Clone(phrase)), append(p.places, int32(i))
		form := string(appendSearched(nil, key))
		spellings(form, joined(key), func(written string, tagged bool) {
			if ways[written] == nil {
				keys = append(keys, written)
			}
			ways[written] = append(ways[written], spelling{n, uint16(len(written)), tagged})
		})
	}
	for _, key := range keys {
		p.first = append(p.first, uint32(len(p.ways)))
		p.ways = append(p.ways, ways[key]...)
	}
	p.first = append(p.first, uint32(len(p.ways)))
	p.trie = newTrie(keys)
	p.met = make([]uint64, (len(p.phrases)+63)/64)
	return p, nil
}

// PhraseKey returns the key of a phrase, under which it is counted as a keyword. The error
// says what is wrong with it.
func PhraseKey(phrase string) (string, error) {
	key := KeyOf(Keyword, phrase)
	switch {
	case key == "":
		return "", errNoPhrase
	case key != string(appendNormal(nil, phrase)):
		return "", errLongPhrase
	}
	return key, nil
}

// Clone returns a Phrases for the same phrases, which shares what never changes.
func (p *Phrases) Clone() *Phrases {
	c := *p
	c.read, c.text, c.found, c.met = nil, nil, nil, make([]uint64, len(p.met))
	return &c
}

// Len returns the number of phrases, each counted once.
func (p *Phrases) Len() int { return len(p.phrases) }

// Append appends to dst the phrases that the text holds, each once and as it was given
// to [NewPhrases], in the order in which they end in the text, and of those that end
// together the longest first. Time is linear in the text and in what is found. Nothing is
// allocated while dst has room, but for text that has to be normalised beyond case.
func (p *Phrases) Append(dst []string, text string) []string {
	for _, n := range p.search(text) {
		dst = append(dst, p.phrases[n])
	}
	return dst
}

// Find returns the phrases that the text holds, as [Phrases.Append] does, by their places
// in what [NewPhrases] was given. The slice is valid until the next call.
func (p *Phrases) Find(text string) []int32 {
	found := p.search(text)
	for i, n := range found {
		found[i] = p.places[n]
	}
	return found
}

// keptText is the most bytes of a searched text for which memory is kept.
const keptText = MaxTextBytes

// search returns the numbers of the phrases in the text.
func (p *Phrases) search(text string) []int32 {
	p.found = p.found[:0]
	if len(p.phrases) == 0 || text == "" {
		return nil
	}
	text, p.read = withoutPaths(p.read, text)
	p.text = appendSearched(p.text[:0], text)
	p.find()
	for _, n := range p.found {
		p.met[n/64] = 0
	}
	if cap(p.text) > keptText {
		p.text = nil
	}
	if cap(p.read) > keptText {
		p.read = nil
	}
	return p.found
}

func (p *Phrases) find() {
	at := uint32(0)
	for i := 0; i < len(p.text); i++ {
		if at == 0 {
			if i = p.trie.start(p.text, i); i == len(p.text) {
				return
			}
		}
		before := byte(0)
		if i > 0 {
			before = p.text[i-1]
		}
		at = p.trie.step(at, before, p.text[i])
		for node := p.trie.ending(at); node != 0; node = p.trie.suffix[node] {
			key := p.trie.phrase[node] - 1
			ways := p.ways[p.first[key]:p.first[key+1]]
			from := i + 1 - int(ways[0].size)
			if !bordered(p.text, from, i+1) {
				continue
			}
			for _, w := range ways {
				if n := w.phrase; p.met[n/64]>>(n%64)&1 == 0 && (!w.tagged || from > 0 && p.text[from-1] == '#') {
					p.met[n/64] |= 1 << (n % 64)
					p.found = append(p.found, int32(n))
				}
			}
		}
	}
}

// bordered reports whether text[from:to] begins and ends on borders of words.
func bordered(text []byte, from, to int) bool {
	if from > 0 {
		before, _ := utf8.DecodeLastRune(text[:from])
		if first, _ := utf8.DecodeRune(text[from:]); inWord(before, first) {
			return false
		}
	}
	if to < len(text) {
		after, _ := utf8.DecodeRune(text[to:])
		if last, _ := utf8.DecodeLastRune(text[:to]); inWord(last, after) && !(hangul(last) && hangul(after)) {
			return false
		}
	}
	return true
}
