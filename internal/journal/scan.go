package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/minio/highwayhash"
)

// Report is what [Verify] found in an embedded journal.
type Report struct {
	First   uint64 `json:"first"`   // number of the first entry that is there
	Next    uint64 `json:"next"`    // number that the next entry would get
	Batches uint64 `json:"batches"` // in all entries
	Records uint64 `json:"records"` // in all batches
	Bytes   int64  `json:"bytes"`   // of all entries

	// Torn is how many bytes of an entry that was not finished stand at the end.
	// Nobody was told that it was accepted; the next opening cuts it off.
	Torn int64 `json:"torn,omitzero"`
}

// Verify reads all of the embedded journal in dir, with the given stream (empty:
// the default), and changes nothing. It decodes every batch. It returns an
// [ErrDamaged] that names file and place, or a [GapError], at the first fault, with
// what it found before; and [ErrLocked] while the journal is open. Entries that a
// trim left in a file are found, too.
func Verify(ctx context.Context, dir, stream string) (Report, error) {
	if _, err := os.Stat(dir); err != nil {
		return Report{}, fmt.Errorf("cannot verify the journal: %w", err)
	}
	unlock, err := lockDir(dir, true)
	if err != nil {
		return Report{}, err
	}
	s := newScan(dir, orElse(stream, defaultStream))
	s.decode = true
	err = s.run(ctx)
	return s.report, errors.Join(err, unlock())
}

// Entries calls each with every entry of the embedded journal in dir, in order, as
// [Entry.Raw] gives it, and changes nothing; raw is valid until each returns. It
// returns what [Verify] does, without counting batches, or the error of each.
func Entries(ctx context.Context, dir, stream string, each func(number uint64, raw []byte) error) (Report, error) {
	unlock, err := lockDir(dir, true)
	if err != nil {
		return Report{}, err
	}
	s := newScan(dir, orElse(stream, defaultStream))
	s.each = each
	err = s.run(ctx)
	return s.report, errors.Join(err, unlock())
}

// scan reads the block files of an embedded server without the server. Recovering,
// the server cuts off everything behind a record that does not verify, and goes
// on as if it had never been; so what it finds has to be looked at before.
//
// A block is records, one behind the other, little-endian:
//
//	u32 length of the record, highest bit: it has headers
//	u64 sequence, two highest bits: erased, tombstone
//	u64 time  u16 length of the subject  subject  [u32 length of headers  headers]
//	message  u64 HighwayHash of all from the sequence on but lengths
type scan struct {
	dir    string
	stream string
	decode bool                                  // every batch
	each   func(number uint64, raw []byte) error // nil: nothing is done with entries
	report Report

	last uint64 // the newest number seen, of an entry or of a mark that one is gone
	dec  decoder
}

const (
	recordHead = 22
	recordSum  = 8

	headersBit   = 1 << 31
	erasedBit    = 1 << 63
	tombstoneBit = 1 << 62
)

func newScan(dir, stream string) *scan {
	return &scan{dir: blocksDir(dir, stream), stream: stream}
}

// run reads all files. A directory without any is an empty journal.
func (s *scan) run(ctx context.Context) error {
	s.report.Next = 1
	names, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot read the journal: %w", err)
	}
	var blocks []int
	for _, name := range names {
		if n := blockNumber(name.Name()); n > 0 {
			blocks = append(blocks, n)
		}
	}
	slices.Sort(blocks)
	var torn error
	for _, n := range blocks {
		if err := ctx.Err(); err != nil {
			return err
		}
		path := filepath.Join(s.dir, strconv.Itoa(n)+blockSuffix)
		buf, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("cannot read the journal: %w", err)
		}
		if torn != nil && len(buf) > 0 {
			return torn
		}
		sum, err := blockHash(s.stream, n)
		if err != nil {
			return err
		}
		at, fault := s.block(buf, sum)
		if fault == nil {
			continue
		}
		fault = fmt.Errorf("%s, byte %d: %w; restore the journal from a backup, or begin anew with an empty data directory", path, at, fault)
		var gap *GapError
		if errors.As(fault, &gap) || errors.Is(fault, ErrNewerFormat) || s.entryAfter(buf[at:], sum) {
			return fault
		}
		// Behind it there is nothing whole: an entry that was not finished, if
		// there is no file behind this one either.
		torn, s.report.Torn = fault, int64(len(buf)-at)
	}
	if s.last >= s.report.Next {
		return &GapError{From: s.report.Next, To: s.last}
	}
	return nil
}

// blockHash returns the hash that the server verifies the records of a block with.
func blockHash(stream string, block int) (hash.Hash64, error) {
	key := sha256.Sum256([]byte(stream + "-" + strconv.Itoa(block)))
	return highwayhash.NewDigest64(key[:])
}

// block reads the records of a block; at is where the one begins that is at fault.
func (s *scan) block(buf []byte, sum hash.Hash64) (at int, fault error) {
	for at < len(buf) {
		rec, err := parseRecord(buf[at:], sum)
		if err == nil {
			err = s.record(rec)
		}
		if err != nil {
			return at, err
		}
		at += rec.size
	}
	return at, nil
}

// blockRecord is a record of a block.
type blockRecord struct {
	size    int
	seq     uint64
	subject []byte
	message []byte
}

func parseRecord(buf []byte, sum hash.Hash64) (rec blockRecord, err error) {
	if len(buf) < recordHead+recordSum {
		return rec, fmt.Errorf("%w: %d bytes, a record has at least %d", ErrDamaged, len(buf), recordHead+recordSum)
	}
	le := binary.LittleEndian
	length := le.Uint32(buf)
	rec.size, rec.seq = int(length&^headersBit), le.Uint64(buf[4:])
	if rec.size < recordHead+recordSum || rec.size > len(buf) {
		return rec, fmt.Errorf("%w: a record of %d bytes where %d are left", ErrDamaged, rec.size, len(buf))
	}
	body := reader{buf: buf[recordHead : rec.size-recordSum]}
	rec.subject = body.take(uint64(le.Uint16(buf[20:])))
	var headers []byte
	if length&headersBit != 0 {
		headers = body.take(uint64(body.uint32()))
	}
	rec.message = body.buf
	if body.err != nil {
		return rec, fmt.Errorf("%w: the parts of a record are longer than it", ErrDamaged)
	}
	sum.Reset()
	for _, part := range [...][]byte{buf[4:20], rec.subject, headers, rec.message} {
		_, _ = sum.Write(part) // a hash takes everything
	}
	// The server writes the bytes of the digest as they come, which is little-endian.
	if want := le.Uint64(buf[rec.size-recordSum:]); sum.Sum64() != want {
		return rec, fmt.Errorf("%w: the checksum of record %d is %016x, that of its bytes %016x", ErrDamaged, rec.seq, want, sum.Sum64())
	}
	return rec, nil
}

// record takes in a record that the server would take.
func (s *scan) record(rec blockRecord) error {
	if rec.seq&(erasedBit|tombstoneBit) != 0 {
		s.last = max(s.last, rec.seq&^(erasedBit|tombstoneBit))
		if s.report.First == 0 {
			s.report.Next = s.last + 1 // a journal that did not begin with 1
		}
		return nil
	}
	switch r := &s.report; {
	case rec.seq < r.Next && r.First > 0:
		return nil // a block that was written anew while it was left
	case r.First == 0:
		r.First = rec.seq
	case rec.seq > r.Next:
		return &GapError{From: r.Next, To: rec.seq - 1}
	}
	var e Entry
	if err := e.open(rec.seq, rec.message, &s.dec); err != nil {
		return err
	}
	s.report.Bytes += int64(len(rec.message))
	s.report.Batches += uint64(e.Len())
	if err := s.batches(&e); err != nil {
		return err
	}
	s.report.Next, s.last = rec.seq+1, max(s.last, rec.seq)
	if s.each != nil {
		return s.each(rec.seq, rec.message)
	}
	return nil
}

func (s *scan) batches(e *Entry) error {
	for range e.Len() {
		if !s.decode {
			return nil
		}
		b, err := e.Next()
		if err != nil {
			return err
		}
		s.report.Records += uint64(len(b.Records))
	}
	return nil
}

// entryAfter says whether a whole entry stands anywhere behind the beginning of buf.
func (s *scan) entryAfter(buf []byte, sum hash.Hash64) bool {
	name := []byte(subject(s.stream))
	for from := 1; ; {
		i := bytes.Index(buf[min(from, len(buf)):], name)
		if i < 0 {
			return false
		}
		at := from + i - recordHead
		from += i + 1
		if at < 1 {
			continue
		}
		if rec, err := parseRecord(buf[at:], sum); err == nil && bytes.Equal(rec.subject, name) {
			return true
		}
	}
}
