package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
)

// manifestFileHead is what the database's MANIFEST begins with: its magic and versions.
const manifestFileHead = 8

// entryHead is what each of its entries begins with: length and CRC-32C, big-endian.
const entryHead = 8

// checkManifestFile refuses a directory of tables whose MANIFEST is gone, and a MANIFEST in
// which the length of an entry is damaged. The
// database takes an entry that is longer than what is left for one that a crash cut
// off: it forgets it and all behind it, and deletes the tables that they name.
//
// Of an entry that a crash cut off, no beginning has the checksum of the whole.
func (s *Store) checkManifestFile() error {
	data, err := os.ReadFile(filepath.Join(s.dir, badger.ManifestFilename))
	if errors.Is(err, fs.ErrNotExist) {
		return s.checkListed(badger.Manifest{}, true)
	}
	if err != nil {
		return err
	}
	for at := manifestFileHead; len(data)-at >= entryHead; {
		length := int64(binary.BigEndian.Uint32(data[at:]))
		sum := binary.BigEndian.Uint32(data[at+4:])
		body := data[at+entryHead:]
		if length <= int64(len(body)) {
			at += entryHead + int(length) // the database verifies its checksum
			continue
		}
		if n := lengthWith(body, sum); n > 0 {
			return fmt.Errorf("%w: %s: the entry at byte %d says that it has %d bytes, and has %d; %s",
				ErrDamaged, badger.ManifestFilename, at, length, n, wayOut)
		}
		return nil
	}
	return nil
}

// lengthWith returns the length of the shortest beginning with that checksum, or 0.
func lengthWith(body []byte, sum uint32) int {
	got := uint32(0)
	for i := range body {
		if got = crc32.Update(got, castagnoli, body[i:i+1]); got == sum {
			return i + 1
		}
	}
	return 0
}

// checkListed refuses a MANIFEST that is gone or whose end is, where that shows: tables
// lie there and it names none, and no log is left that they could be made from. The
// database would delete them.
func (s *Store) checkListed(list badger.Manifest, gone bool) error {
	tables, err := filepath.Glob(filepath.Join(s.dir, "*.sst"))
	if err != nil {
		return err
	}
	logs, err := filepath.Glob(filepath.Join(s.dir, "*.mem"))
	if err != nil || len(logs) > 0 && !gone {
		return err
	}
	if len(tables) > 0 && len(list.Tables) == 0 {
		return fmt.Errorf("%w: %s: it is gone, or its end is, for it names none of the %d tables; %s",
			ErrDamaged, badger.ManifestFilename, len(tables), wayOut)
	}
	return nil
}
