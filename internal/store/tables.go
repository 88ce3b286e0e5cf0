package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/options"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"
)

// tableFile is a table of the database, taken apart: blocks of entries in the
// order of keys, and an index with the first key of each.
type tableFile struct {
	id     uint64
	level  uint8
	blocks []tableBlock
}

type tableBlock struct {
	first []byte // key of its first entry, with its version
	size  int    // bytes in the file
	body  []byte // entries, their offsets, their number; nil if it is damaged
}

const cutShort = "its end is missing"

// readTables reads every table that the database lists and verifies all of it.
// The database does so too if told, but ends the process on some of what it
// may find, and then opens nothing at all.
func (s *Store) readTables(each func(t *tableFile)) error {
	f, err := os.Open(filepath.Join(s.dir, badger.ManifestFilename))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	list, _, err := badger.ReplayManifestFile(f, 0, s.opts.badger(s.dir, s.readOnly))
	if err != nil {
		return s.explain(err, false)
	}
	if err := s.checkListed(list, false); err != nil {
		return err
	}
	for id, entry := range list.Tables {
		if entry.Compression != options.None || entry.KeyID != 0 {
			continue // another program's, which checkFormat refuses
		}
		path := table.NewFilename(id, s.dir)
		data, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue // the database tells
		}
		if err != nil {
			return err
		}
		t := &tableFile{id: id, level: entry.Level}
		if t.blocks, err = parseTable(data); err != nil {
			return fmt.Errorf("%w: table %s of %d bytes: %v; %s", ErrDamaged, filepath.Base(path), len(data), err, wayOut)
		}
		each(t)
	}
	return nil
}

// parseTable takes a table apart. Blocks that do not verify have no body; the
// error says that the index does not.
func parseTable(data []byte) (blocks []tableBlock, err error) {
	// The index is of a kind that is read without checks. It verifies first, so
	// this takes a damage that the checksum misses.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("its index makes no sense: %v", p)
		}
	}()
	rest, sum, ok := cutChecksum(data)
	index, short := cutTail(rest)
	if !ok || short || len(index) == 0 {
		return nil, errors.New(cutShort)
	}
	if crc32.Checksum(index, castagnoli) != sum {
		return nil, errors.New("its index has another checksum")
	}
	root := fb.GetRootAsTableIndex(index, 0)
	for i := range root.OffsetsLength() {
		var o fb.BlockOffset
		if !root.Offsets(&o, i) || uint64(o.Offset())+uint64(o.Len()) > uint64(len(data)) {
			return nil, errors.New("its index makes no sense")
		}
		b := tableBlock{first: bytes.Clone(o.KeyBytes()), size: int(o.Len())}
		body, sum, ok := cutChecksum(data[o.Offset() : o.Offset()+o.Len()])
		if ok && crc32.Checksum(body, castagnoli) == sum {
			b.body = body
		}
		blocks = append(blocks, b)
	}
	if len(blocks) == 0 {
		return nil, errors.New("its index is empty")
	}
	return blocks, nil
}

// cutTail returns the piece whose length the last four bytes say.
func cutTail(data []byte) (piece []byte, short bool) {
	if len(data) < 4 {
		return nil, true
	}
	rest := data[:len(data)-4]
	n := uint64(binary.BigEndian.Uint32(data[len(rest):]))
	if n > uint64(len(rest)) {
		return nil, true
	}
	return rest[uint64(len(rest))-n:], false
}

// cutChecksum takes the checksum record off the end of data: a protocol buffer
// with the kind in field 1, absent for CRC-32C, and the sum in field 2.
func cutChecksum(data []byte) (rest []byte, sum uint32, ok bool) {
	record, short := cutTail(data)
	if short {
		return nil, 0, false
	}
	rest = data[:len(data)-4-len(record)]
	if len(record) == 0 {
		return rest, 0, true // a sum of zero is left out
	}
	v, n := binary.Uvarint(record[1:])
	return rest, uint32(v), record[0] == 2<<3 && n > 0 && n == len(record)-1 && v < 1<<32
}

// entries calls fn with every entry of a whole block, in order.
func (b tableBlock) entries(fn func(key []byte, v y.ValueStruct)) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a block that verifies makes no sense: %v", p)
		}
	}()
	end := len(b.body) - 4
	n := int(binary.BigEndian.Uint32(b.body[end:]))
	end -= 4 * n
	offset := func(i int) int {
		if i == n {
			return end
		}
		return int(binary.NativeEndian.Uint32(b.body[end+4*i:]))
	}
	const head = 4 // how much of the first key is shared, and what is not: 16 bits each
	for i := range n {
		e := b.body[offset(i):offset(i+1)]
		shared, own := binary.NativeEndian.Uint16(e), int(binary.NativeEndian.Uint16(e[2:]))
		var v y.ValueStruct
		v.Decode(e[head+own:])
		fn(append(bytes.Clone(b.first[:shared]), e[head:head+own]...), v)
	}
	return nil
}
