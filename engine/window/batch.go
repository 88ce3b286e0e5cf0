package window

import (
	"math"
	"unsafe"

	"github.com/zeebo/xxh3"

	"github.com/swell-radar/swell/term"
)

// Observation is one use of a term in one post: the unit that the core counts.
type Observation struct {
	ID       term.ID
	Pane     int64
	Author   uint64 // hash of the author, of which 47 bits count; zero means unknown and adds no evidence
	Repost   bool   // counts fully as a post, half as a fresh author
	Thin     bool   // of a post that is thin: see [NewcomerHours]
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
	batchEntries  = 1024     // (term, pane) pairs a batch can fold
	batchAuthors  = 2048     // authors it can carry
	batchText     = 24 << 10 // bytes of keys and displays
	batchesPerWay = 4        // batches circulating between a producer and a shard
	maxText       = 255      // bytes of a key or a display that are kept
	halfAuthor    = uint8(1) // evidence of a repost
	wholeAuthor   = uint8(2) // evidence of an original

	batchBytes = int(unsafe.Sizeof(Batch{})) + batchEntries*int(unsafe.Sizeof(entry{})) + batchAuthors*8 + batchText
)

// entry is what a batch folded for one term in one pane.
type entry struct {
	id         term.ID
	pane       int32
	posts      uint32
	text       uint32 // offset of the key in Batch.text; the display follows it
	authored   uint16 // of the posts, how many have an author in Batch.authors
	thin       uint16 // of the posts, how many are thin
	shown      uint16 // hash of the display; zero: it is the key
	platform   uint16
	keyLen     uint8
	displayLen uint8 // zero: the display is the key
	kind       term.Kind
}

// authorRef is one author of an entry: 47 bits of hash, 15 bits of entry number,
// 2 bits of weight in halves.
type authorRef uint64

func newAuthorRef(author uint64, entry int, halves uint8) authorRef {
	return authorRef(author&^(1<<useWhoShift-1) | uint64(entry)<<2 | uint64(halves))
}

func (a authorRef) who() uint64   { return uint64(a) >> useWhoShift }
func (a authorRef) entry() int    { return int(a>>2) & (1<<15 - 1) }
func (a authorRef) halves() uint8 { return uint8(a & 3) }

// Batch carries folded observations from a producer to a shard. It belongs to
// the producer while it fills, to the shard until it is applied, and then goes
// back. It is its own front table: index finds the entry of a (term, pane).
type Batch struct {
	entries []entry
	authors []authorRef
	text    []byte
	mark    *Mark
	index   [2 * batchEntries]uint32 // half of the pair's hash above the entry number + 1; zero is empty
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
	hash := uint64(o.ID) ^ uint64(o.Pane)*0x9E3779B97F4A7C15
	mark := uint32(hash) << 16
	at := hash >> 20 % uint64(len(b.index))
	for {
		c := b.index[at]
		if c == 0 {
			break
		}
		if c&^0xffff == mark {
			n := int(c&0xffff) - 1
			if e := &b.entries[n]; e.id == o.ID && e.pane == int32(o.Pane) {
				if e.thin == math.MaxUint16 {
					return false
				}
				e.posts++
				b.author(o, e, n)
				return true
			}
		}
		at = (at + 1) % uint64(len(b.index))
	}
	n := len(b.entries)
	if n == cap(b.entries) || !b.open(o) {
		return false
	}
	b.index[at] = mark | uint32(n+1)
	b.author(o, &b.entries[n], n)
	return true
}

// open begins the entry of an observation, or reports false if its name does not
// fit in.
func (b *Batch) open(o *Observation) bool {
	key, display := clip(o.Key), clip(o.Display)
	shown := uint16(0)
	if display == key {
		display = ""
	} else {
		shown = uint16(xxh3.HashString(display)) | 1
	}
	if len(b.text)+len(key)+len(display) > cap(b.text) {
		return false
	}
	b.entries = append(b.entries, entry{
		id: o.ID, pane: int32(o.Pane), posts: 1, shown: shown,
		text: uint32(len(b.text)), keyLen: uint8(len(key)), displayLen: uint8(len(display)),
		platform: o.Platform, kind: o.Kind,
	})
	b.text = append(append(b.text, key...), display...)
	return true
}

// author takes down what an observation says of who made it.
func (b *Batch) author(o *Observation, e *entry, n int) {
	if o.Thin {
		e.thin++
	}
	if o.Author == 0 {
		return
	}
	halves := wholeAuthor
	if o.Repost {
		halves = halfAuthor
	}
	e.authored++
	b.authors = append(b.authors, newAuthorRef(o.Author, n, halves))
}

// name returns the key of an entry, and its display behind it.
func (b *Batch) name(e *entry) []byte {
	return b.text[e.text:][:int(e.keyLen)+int(e.displayLen)]
}

func (b *Batch) reset() {
	b.entries, b.authors, b.text, b.mark = b.entries[:0], b.authors[:0], b.text[:0], nil
	clear(b.index[:])
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
