package words

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"github.com/swell-radar/swell/term"
)

const (
	maxText    = 16 << 10 // bytes of a text that are looked at
	maxPerPost = 128      // words of one post
	minLetters = 3        // of a word
	maxLetters = 30
	maxBytes   = 64 // of a word
)

// splitter finds the words of texts. It keeps buffers: one goroutine at a time.
type splitter struct {
	spans  []term.Span
	keys   []byte // of the words, one behind the other
	ends   []int  // of the words in keys
	hashes []uint64
	room   []byte
}

// split finds the distinct words of a text, at most maxPerPost, in the order first met: runs of letters outside of
// hashtags, mentions and links, as keys. Runs of Chinese characters and kana are taken apart into pairs of
// neighbours, since nobody writes there where words end; Thai, Lao, Khmer and Burmese are left out.
func (s *splitter) split(text string) {
	s.keys, s.ends, s.hashes = s.keys[:0], s.ends[:0], s.hashes[:0]
	if len(text) > maxText {
		cut := maxText
		for cut > maxText-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut]
	}
	s.spans = term.AppendHashtags(s.spans[:0], text)
	s.spans = term.AppendMentions(s.spans, text)
	s.spans = term.AppendLinks(s.spans, text)
	slices.SortFunc(s.spans, func(a, b term.Span) int { return cmp.Compare(a.Start, b.Start) })
	at := 0
	for _, x := range s.spans {
		if x.Start > at {
			s.gap(text[at:x.Start])
		}
		at = max(at, x.End)
	}
	s.gap(text[at:])
}

// n returns how many words were found, and word one of them, which is valid until the next split.
func (s *splitter) n() int { return len(s.ends) }

func (s *splitter) word(i int) []byte {
	if i == 0 {
		return s.keys[:s.ends[0]]
	}
	return s.keys[s.ends[i-1]:s.ends[i]]
}

// gap finds the words of a part without hashtags, mentions and links.
func (s *splitter) gap(text string) {
	checked := 0 // up to here there is no address
	for i := 0; i < len(text) && len(s.ends) < maxPerPost; {
		if i >= checked && visible(text[i]) {
			end := i
			for end < len(text) && visible(text[end]) {
				end++
			}
			if address(text[i:end]) {
				i = end
				continue
			}
			checked = end
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) {
			i += size
			continue
		}
		how, end := writingOf(r), i+size
		for end < len(text) {
			r, size = utf8.DecodeRuneInString(text[end:])
			if !unicode.IsMark(r) && (!unicode.IsLetter(r) || writingOf(r) != how) {
				break
			}
			end += size
		}
		s.run(how, text[i:end])
		i = end
	}
}

// visible reports the ASCII characters that are seen.
func visible(c byte) bool { return '!' <= c && c <= '~' }

// address reports whether a part without spaces looks like a host, a path or a mail address, of which the words
// are none that anybody said.
func address(part string) bool {
	for i := 1; i < len(part)-1; i++ {
		if c := part[i]; (c == '.' || c == '@') && alnum(part[i-1]) && alnum(part[i+1]) {
			return true
		}
	}
	return false
}

func alnum(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' }

// writing is how words are told apart in a script.
type writing uint8

const (
	spaced   writing = iota // by spaces
	blocks                  // by spaces, and in two characters there is what others need three for
	unspaced                // not at all, and two characters are much of a word
	unknown                 // not at all
)

func writingOf(r rune) writing {
	switch {
	case r < 0x0E00:
		return spaced
	case r == 'ー', unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return unspaced
	case unicode.Is(unicode.Hangul, r):
		return blocks
	case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return unknown
	}
	return spaced
}

// run adds the word or the words of a run of letters.
func (s *splitter) run(how writing, text string) {
	switch how {
	case unspaced:
		s.room = term.AppendKey(s.room[:0], text)
		for i, before := 0, -1; i < len(s.room); {
			_, size := utf8.DecodeRune(s.room[i:])
			if before >= 0 {
				s.add(s.room[before : i+size])
			}
			before, i = i, i+size
		}
	case spaced, blocks:
		if len(text) > 4*maxBytes {
			return
		}
		s.room = term.AppendKey(s.room[:0], text)
		least := minLetters
		if how == blocks {
			least = 2
		}
		if n := utf8.RuneCount(s.room); n >= least && n <= maxLetters {
			s.add(s.room)
		}
	}
}

// add adds a word that the post did not have yet.
func (s *splitter) add(word []byte) {
	if len(word) > maxBytes || len(s.ends) == maxPerPost || slices.Contains(word, ' ') {
		return
	}
	h := xxh3.Hash(word)
	if slices.Contains(s.hashes, h) {
		return
	}
	s.hashes = append(s.hashes, h)
	s.keys = append(s.keys, word...)
	s.ends = append(s.ends, len(s.keys))
}
