package journal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// entryFormat is the format of entries that this version writes; it reads those before as
// well. Format 1 knew no heartbeats, format 2 no names of batches, format 3 no watch
// lists that posts mention.
const entryFormat = 4

// The parts of an entry around its frames: format, number, ingest time, number of
// frames; and the checksum behind them.
const (
	entryHead = 1 + 8 + 8 + 4
	entryTail = 4
)

// appendEntry appends the entry with the given number and ingest time that holds
// the frames.
func appendEntry(dst []byte, number uint64, ingest int64, frames ...[]byte) []byte {
	start := len(dst)
	dst = append(dst, entryFormat)
	dst = binary.LittleEndian.AppendUint64(dst, number)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(ingest))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(frames)))
	for _, frame := range frames {
		dst = append(dst, frame...)
	}
	return binary.LittleEndian.AppendUint32(dst, checksum(dst[start:]))
}

func checksum(body []byte) uint32 { return crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)) }

// Entry is what was stored at once: one batch, or several that were waiting
// together. It belongs to its [Reader] and is valid until the Reader's next call.
type Entry struct {
	// Number counts entries from 1 (an imported journal: from its first) without gaps.
	Number uint64

	// Ingest is when the entry was accepted, in microseconds since 1970, UTC.
	Ingest int64

	raw    []byte
	format byte
	frames reader // those not returned yet
	count  int
	next   int
	dec    *decoder
}

// open makes e the entry with the given number that raw holds, and verifies it.
func (e *Entry) open(number uint64, raw []byte, dec *decoder) error {
	*e = Entry{Number: number, raw: raw, dec: dec}
	if len(raw) < entryHead+entryTail {
		return damaged(number, "%d bytes, an entry has at least %d", len(raw), entryHead+entryTail)
	}
	// Every format ends with this checksum: a damaged format byte is no newer format.
	body, sum := raw[:len(raw)-entryTail], binary.LittleEndian.Uint32(raw[len(raw)-entryTail:])
	if got := checksum(body); got != sum {
		return damaged(number, "its checksum is %08x, that of its bytes %08x", sum, got)
	}
	if format := body[0]; format > entryFormat {
		return fmt.Errorf("%w: entry %d has format %d, this version of swell reads %d; use the version that wrote it",
			ErrNewerFormat, number, format, entryFormat)
	} else if format == 0 {
		return damaged(number, "format %d", format)
	}
	e.format = body[0]
	head := reader{buf: body[1:]}
	if own := head.uint64(); own != number {
		return damaged(number, "entry %d stands in its place", own)
	}
	e.Ingest = int64(head.uint64())
	e.count = int(head.uint32())
	e.frames = head
	return nil
}

// Len returns the number of batches in the entry.
func (e *Entry) Len() int { return e.count }

// Place returns where the batch stands that Next returns next.
func (e *Entry) Place() Place { return Place{Entry: e.Number, Batch: e.next} }

// Raw returns the bytes of the entry as they are stored, for [Import].
func (e *Entry) Raw() []byte { return e.raw }

// Next decodes the next batch, or returns [io.EOF] behind the last one. The batch
// and all that it refers to are valid until the next call; its strings are parts
// of the entry and of a buffer of the Reader. It allocates nothing once batches
// as large have been met.
func (e *Entry) Next() (*Batch, error) {
	body, err := e.frame()
	if err != nil {
		return nil, err
	}
	b, err := e.dec.frame(e.format, body)
	if err != nil {
		return nil, damaged(e.Number, "batch %d: %v", e.next-1, err)
	}
	b.Ingest = e.Ingest
	return b, nil
}

// Skip passes over n batches without decoding them, or to the end.
func (e *Entry) Skip(n int) error {
	for range n {
		if _, err := e.frame(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// frame returns the body of the next frame.
func (e *Entry) frame() ([]byte, error) {
	if e.next >= e.count {
		if err := e.frames.end(); err != nil {
			return nil, damaged(e.Number, "%v", err)
		}
		return nil, io.EOF
	}
	body := e.frames.take(uint64(e.frames.uint32()))
	if e.frames.err != nil {
		return nil, damaged(e.Number, "batch %d: %v", e.next, e.frames.err)
	}
	e.next++
	return body, nil
}
