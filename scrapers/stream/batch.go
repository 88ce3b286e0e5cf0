package stream

import (
	"unsafe"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/term"
)

// Batch is what is delivered at once, while it is filled. Its memory is used again for
// later ones.
type Batch struct {
	// Items is how many items of the input were read, those that gave no record included.
	Items int
	// Rejected are the items that could not be understood.
	Rejected []scrapers.Reject
	// Mark is where the input goes on after all this, in the source's own numbers: what its
	// cursor is made of. 0: nowhere yet.
	Mark int64
	// Hold says that more has to come before Mark can tell of what is here: the batch waits for it, unless it
	// is full or the connection ends.
	Hold bool
	// Buf is where the strings of the records are. A source appends to it and makes the
	// strings with [Batch.Keep]; they are valid until the batch has been delivered.
	Buf []byte

	records []term.Record // all that were ever used, for the room in them
	used    int
}

// mostBuf is how large Buf may grow before the batch is full, in bytes, and how much of it is kept for the
// next time.
const mostBuf = 4 << 20

// Next returns an empty record at the end of the batch. Its slices have room, no more.
func (b *Batch) Next() *term.Record {
	if b.used == len(b.records) {
		b.records = append(b.records, term.Record{})
	}
	rec := &b.records[b.used]
	b.used++
	*rec = term.Record{Tags: rec.Tags[:0], Links: rec.Links[:0], Metrics: rec.Metrics[:0]}
	return rec
}

// Drop takes the record of the last call of Next back.
func (b *Batch) Drop() { b.used-- }

// Records returns the records so far, until the batch is changed.
func (b *Batch) Records() []term.Record { return b.records[:b.used] }

// Keep returns a string with the bytes of s that lives as long as the batch.
func (b *Batch) Keep(s []byte) string {
	from := len(b.Buf)
	b.Buf = append(b.Buf, s...)
	return b.Since(from)
}

// Since returns what was appended to Buf from an offset on, as a string. Those bytes may not be
// changed any more.
func (b *Batch) Since(from int) string {
	own := b.Buf[from:]
	return unsafe.String(unsafe.SliceData(own), len(own))
}

// Reject notes an item that could not be understood.
func (b *Batch) Reject(where string, why error) {
	b.Rejected = append(b.Rejected, scrapers.Reject{Where: where, Why: why})
}

func (b *Batch) empty() bool { return b.Items == 0 && len(b.Rejected) == 0 && b.used == 0 }

func (b *Batch) full(items int) bool {
	return b.Items >= items || b.used >= items || len(b.Rejected) >= items || len(b.Buf) >= mostBuf
}

// Reset empties the batch and keeps its memory: what it held is not valid any more.
func (b *Batch) Reset() {
	b.Items, b.Rejected, b.Mark, b.Hold, b.used = 0, nil, 0, false, 0
	if b.Buf = b.Buf[:0]; cap(b.Buf) > mostBuf {
		b.Buf = nil
	}
}
