package term

import (
	"unsafe"

	"github.com/zeebo/xxh3"
)

// Extractor finds the terms of occurrences. The zero value is ready to use and
// scans texts for hashtags only. It keeps buffers: one goroutine at a time.
type Extractor struct {
	ScanMentions bool // scan texts for mentions too
	ScanLinks    bool // scan texts for links too

	terms   []Term
	keys    []byte // backs the keys of terms
	spans   []Span
	dropped int

	// seen is an open hash table of the terms found so far: their index plus
	// one, 0 where free. It is at most half full.
	seen [2 * MaxTerms]uint8
}

// Terms returns the distinct terms of an occurrence in the order first met:
// tags, hashtags in the text, keywords, mentions, links, the sound. Two terms
// are the same when kind and key are; the display is the first spelling met.
// The text's own mentions and links come after those the record lists.
//
// At most [MaxTerms] are returned; dropped says how many further mentions of
// terms were left out, repeats of left out terms included. A gauge has none.
//
// The slice and the keys in it are valid until the next call, which overwrites
// them; use [strings.Clone] for what must live longer. Displays are parts of the
// record. Nothing is allocated for ASCII records once the buffers have grown,
// save for the display of a sound.
func (x *Extractor) Terms(rec *Record) (terms []Term, dropped int) {
	x.terms, x.keys, x.dropped = x.terms[:0], x.keys[:0], 0
	clear(x.seen[:])
	if rec.Gauge != nil {
		return x.terms, 0
	}
	x.addAll(Hashtag, rec.Tags)
	x.spans = AppendHashtags(x.spans[:0], rec.Text)
	x.addSpans(Hashtag, rec.Text)
	x.addAll(Keyword, rec.Keywords)
	x.addAll(Mention, rec.Mentions)
	if x.ScanMentions {
		x.spans = AppendMentions(x.spans[:0], rec.Text)
		x.addSpans(Mention, rec.Text)
	}
	x.addAll(Link, rec.Links)
	if x.ScanLinks {
		x.spans = AppendLinks(x.spans[:0], rec.Text)
		x.addSpans(Link, rec.Text)
	}
	if rec.Sound != nil {
		x.addSound(rec)
	}
	return x.terms, x.dropped
}

func (x *Extractor) addAll(kind Kind, list []string) {
	for _, s := range list {
		x.add(kind, s)
	}
}

func (x *Extractor) addSpans(kind Kind, text string) {
	for _, s := range x.spans {
		x.add(kind, s.In(text))
	}
}

func (x *Extractor) add(kind Kind, text string) {
	start := len(x.keys)
	x.keys = AppendKeyOf(x.keys, kind, text)
	if x.admit(kind, start) {
		x.terms[len(x.terms)-1].Display = display(kind, text)
	}
}

func (x *Extractor) addSound(rec *Record) {
	start := len(x.keys)
	key, ok := appendSoundTerm(x.keys, rec.Platform, rec.Sound)
	if !ok {
		return
	}
	x.keys = key
	if x.admit(Sound, start) {
		t := &x.terms[len(x.terms)-1]
		end := len(x.keys)
		x.keys = appendSoundDisplay(x.keys, rec.Sound, t.Key)
		t.Display = alias(x.keys[end:])
	}
}

// admit adds the term whose key is keys[start:], unless there is no key, it was
// met before or there is no room. Whatever is not added is cut off keys.
func (x *Extractor) admit(kind Kind, start int) bool {
	b := x.keys[start:]
	if len(b) == 0 {
		return false
	}
	// Safe: keys is only appended to until the next call of Terms, and when it
	// moves, the strings keep the old array alive.
	key := unsafe.String(unsafe.SliceData(b), len(b))
	const mask = 2*MaxTerms - 1
	slot := (xxh3.HashString(key) + uint64(kind)) & mask
	for ; x.seen[slot] != 0; slot = (slot + 1) & mask {
		if t := &x.terms[x.seen[slot]-1]; t.Kind == kind && t.Key == key {
			x.keys = x.keys[:start]
			return false
		}
	}
	if len(x.terms) == MaxTerms {
		x.keys = x.keys[:start]
		x.dropped++
		return false
	}
	x.terms = append(x.terms, Term{Kind: kind, Key: key})
	x.seen[slot] = uint8(len(x.terms))
	return true
}
