package journal

import (
	"cmp"

	"github.com/swell-radar/swell/term"
)

// Batch is what a producer delivers at once: accepted whole or not at all.
type Batch struct {
	// Producer says who delivers; empty: nobody, and repeats are not told apart.
	Producer string

	// Epoch and Seq are the producer's numbering: Seq counts from 1 within an
	// Epoch, and a higher Epoch begins anew.
	Epoch, Seq uint64

	// Once tells a batch apart that its sender does not number. One with a Producer has none.
	Once Once

	// Source and Cursor say where a source goes on after this batch. An empty
	// Cursor says nothing.
	Source string
	Cursor []byte

	// Ingest is when the batch was accepted, in microseconds since 1970, UTC. It
	// is stamped by [Journal.Append] and never falls from one entry to the next.
	Ingest int64

	Records []term.Record
}

// Once is the name of a batch that may come again, from a sender that gives each its own.
// The zero value is no name.
type Once struct {
	Key   [16]byte // the name, hashed by who accepts it; all zero: none
	Body  [16]byte // a hash of what was sent under it
	Clock int64    // what it was read by: the newest event time that was taken, in microseconds since 1970
}

// Named reports whether there is a name.
func (o *Once) Named() bool { return o.Key != [16]byte{} }

// The limits of one batch. Beyond them it is refused with [ErrTooLarge].
const (
	MaxRecords     = 1 << 17  // records of a batch
	MaxRecordBytes = 16 << 20 // all records, encoded, before compression
	MaxNameBytes   = 256      // Producer, Source
	MaxCursorBytes = 16 << 10 // Cursor

	// maxItems bounds the strings in lists, the metrics and the readings of a
	// batch, each: what a decoder makes room for.
	maxItems = 1 << 21
)

// check fails for a batch that cannot be encoded, whatever is in its records.
func (b *Batch) check() error {
	switch {
	case len(b.Records) > MaxRecords:
		return tooLarge("%d records, at most %d are taken at once; send them in parts", len(b.Records), MaxRecords)
	case len(b.Producer) > MaxNameBytes:
		return invalid("the producer's name has %d bytes, at most %d are possible", len(b.Producer), MaxNameBytes)
	case len(b.Source) > MaxNameBytes:
		return invalid("the source's name has %d bytes, at most %d are possible", len(b.Source), MaxNameBytes)
	case len(b.Cursor) > MaxCursorBytes:
		return invalid("the cursor has %d bytes, at most %d are possible", len(b.Cursor), MaxCursorBytes)
	case b.Producer != "" && b.Seq == 0:
		return invalid("producer %q sent no sequence number; they count from 1", b.Producer)
	case b.Producer != "" && b.Once.Named():
		return invalid("producer %q numbers a batch that has a name; leave one of them out", b.Producer)
	case b.Source == "" && len(b.Cursor) > 0:
		return invalid("a cursor of no source")
	}
	return nil
}

// Place is where counting goes on: an entry, a batch in it, a record in that
// batch, each from 0 but entries, which are numbered from 1. The zero Place is
// before everything. Places are comparable with == and ordered by [Place.Compare].
type Place struct {
	Entry  uint64 `json:"entry"`
	Batch  int    `json:"batch,omitzero"`
	Record int    `json:"record,omitzero"`
}

// Compare returns a number below, equal to or above 0 as p is before, at or after q.
func (p Place) Compare(q Place) int {
	return cmp.Or(cmp.Compare(p.Entry, q.Entry), cmp.Compare(p.Batch, q.Batch), cmp.Compare(p.Record, q.Record))
}
