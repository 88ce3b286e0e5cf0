package store

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// In a backup the store is its keys and values, in the order of keys, as they are
// stored: each value ends in its checksum.
//
//	uvarint length | key | uvarint length | value

const (
	maxKey        = 65_000 // the database's limit
	maxSealed     = maxValue + sealLen
	lossPrefix    = "store/"
	entriesMember = "store"
)

func appendEntry(dst, key, value []byte) []byte {
	dst = append(binary.AppendUvarint(dst, uint64(len(key))), key...)
	return append(binary.AppendUvarint(dst, uint64(len(value))), value...)
}

// entryReader reads what appendEntry wrote, and verifies it.
type entryReader struct {
	r          *bufio.Reader
	from       *source
	key, value []byte // of the entry at hand; valid until the next
	last       []byte // key before
	n          uint64 // entries read
}

func newEntryReader(r io.Reader) *entryReader {
	from := &source{r: r}
	return &entryReader{r: bufio.NewReaderSize(from, 1<<16), from: from}
}

// source keeps why no more could be read, which is not the fault of what was.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// next reads an entry. It returns [io.EOF] at the end, and [ErrDamaged] for an entry
// whose key is not above the one before or whose value does not verify. Errors of
// what it reads from come as they are.
func (e *entryReader) next() error {
	e.last = append(e.last[:0], e.key...)
	n, err := binary.ReadUvarint(e.r)
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	if err != nil {
		return e.broken(err)
	}
	if e.key, err = e.bytes(e.key, n, 1, maxKey); err != nil {
		return e.broken(err)
	}
	if n, err = binary.ReadUvarint(e.r); err != nil {
		return e.broken(err)
	}
	if e.value, err = e.bytes(e.value, n, sealLen+1, maxSealed); err != nil {
		return e.broken(err)
	}
	if e.n > 0 && bytes.Compare(e.key, e.last) <= 0 {
		return damaged(e.key, "it stands behind %s", keyString(e.last))
	}
	e.n++
	_, err = unseal(e.key, e.value)
	return err
}

// bytes reads n bytes into buf.
func (e *entryReader) bytes(buf []byte, n uint64, least, most int) ([]byte, error) {
	if n < uint64(least) || n > uint64(most) {
		return buf[:0], fmt.Errorf("%d bytes, expected %d to %d", n, least, most)
	}
	if uint64(cap(buf)) < n {
		buf = make([]byte, n, min(2*n, uint64(most)))
	}
	_, err := io.ReadFull(e.r, buf[:n])
	return buf[:n], err
}

func (e *entryReader) broken(err error) error {
	if e.from.err != nil {
		return e.from.err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errShort
	}
	return fmt.Errorf("%w: entry %d: %w", ErrDamaged, e.n, err)
}
