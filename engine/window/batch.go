package window

import "github.com/swell-radar/swell/term"

// Observation is one use of a term in one post: the unit that the core counts.
type Observation struct {
	ID       term.ID
	Pane     int64
	Author   uint64 // hash of the author; zero means unknown and adds no evidence
	Repost   bool   // counts fully as a post, half as a fresh author
	Kind     term.Kind
	Platform uint16 // the engine's number of the platform
	Key      string // read during the call only, like Display
	Display  string
}

// Mark is a barrier in the stream: everything delivered before it has been
// counted when a shard sees it.
type Mark struct {
	Pane int64 // the pane that is now closed
	Note any   // passed through to the shards' owners, who only read it
}

const (
	batchEntries  = 2048     // (term, pane) pairs a batch can fold
	batchAuthors  = 4096     // authors it can carry
	batchText     = 48 << 10 // bytes of keys and displays
	batchesPerWay = 4        // batches circulating between a producer and a shard
	maxText       = 256      // bytes of a key or a display that are kept
	halfAuthor    = uint8(1) // evidence of a repost
	wholeAuthor   = uint8(2) // evidence of an original
)

// entry is what a batch folded for one term in one pane.
type entry struct {
	id         term.ID
	pane       int64
	posts      uint32
	text       uint32 // offset of the key in Batch.text; the display follows it
	keyLen     uint16
	displayLen uint16
	platform   uint16
	kind       term.Kind
}

type authorRef struct {
	author uint64
	entry  uint16
	halves uint8
}

// Batch carries folded observations from a producer to a shard. It belongs to
// the producer while it fills, to the shard until it is applied, and then goes
// back. It is its own front table: index finds the entry of a (term, pane).
type Batch struct {
	entries []entry
	authors []authorRef
	text    []byte
	mark    *Mark
	index   [2 * batchEntries]uint16 // entry number + 1; zero is empty
}

func newBatch() *Batch {
	return &Batch{
		entries: make([]entry, 0, batchEntries),
		authors: make([]authorRef, 0, batchAuthors),
		text:    make([]byte, 0, batchText),
	}
}

// add folds an observation in, or reports false when the batch is full.
func (b *Batch) add(o *Observation) bool {
	if len(b.authors) == cap(b.authors) {
		return false
	}
	at := (uint64(o.ID) ^ uint64(o.Pane)*0x9E3779B97F4A7C15) >> 20 % uint64(len(b.index))
	for {
		n := b.index[at]
		if n == 0 {
			break
		}
		if e := &b.entries[n-1]; e.id == o.ID && e.pane == o.Pane {
			e.posts++
			b.author(o, n-1)
			return true
		}
		at = (at + 1) % uint64(len(b.index))
	}
	key, display := clip(o.Key), clip(o.Display)
	if len(b.entries) == cap(b.entries) || len(b.text)+len(key)+len(display) > cap(b.text) {
		return false
	}
	b.entries = append(b.entries, entry{
		id: o.ID, pane: o.Pane, posts: 1,
		text: uint32(len(b.text)), keyLen: uint16(len(key)), displayLen: uint16(len(display)),
		platform: o.Platform, kind: o.Kind,
	})
	b.text = append(append(b.text, key...), display...)
	n := uint16(len(b.entries))
	b.index[at] = n
	b.author(o, n-1)
	return true
}

func (b *Batch) author(o *Observation, entry uint16) {
	if o.Author == 0 {
		return
	}
	halves := wholeAuthor
	if o.Repost {
		halves = halfAuthor
	}
	b.authors = append(b.authors, authorRef{author: o.Author, entry: entry, halves: halves})
}

func (b *Batch) reset() {
	b.entries, b.authors, b.text, b.mark = b.entries[:0], b.authors[:0], b.text[:0], nil
	clear(b.index[:])
}

func (b *Batch) key(e *entry) []byte { return b.text[e.text:][:e.keyLen] }

func (b *Batch) display(e *entry) []byte {
	return b.text[e.text+uint32(e.keyLen):][:e.displayLen]
}

// clip shortens s to maxText bytes without splitting a rune.
func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	n := maxText
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
