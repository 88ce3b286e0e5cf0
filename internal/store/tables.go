package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"
)

// checkTables looks at the ends of the table files that the database lists.
// The database verifies the checksums in them when it opens, but a file that
// was cut short makes it crash in a goroutine of its own.
//
// The directory is not locked yet. A running writer deletes tables, which it
// cuts to nothing first: so what looks damaged is looked at once more.
func (s *Store) checkTables() error {
	if s.checkTablesOnce() == nil {
		return nil
	}
	return s.checkTablesOnce()
}

func (s *Store) checkTablesOnce() error {
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
	for id := range list.Tables {
		if err := checkTable(table.NewFilename(id, s.dir)); err != nil {
			return s.explain(err, false)
		}
	}
	return nil
}

// checkTable fails if the file cannot end as a table does: index, its length,
// a checksum of a few bytes, its length.
func checkTable(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil // the database tells, unless the table was deleted meanwhile
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	at := info.Size()
	length := func() int64 {
		var b [4]byte
		if at -= int64(len(b)); at < 0 {
			return 0
		}
		if _, err := f.ReadAt(b[:], at); err != nil {
			return 0
		}
		return int64(binary.BigEndian.Uint32(b[:]))
	}
	const longestChecksum = 64
	sum := length()
	if at -= sum; sum == 0 || sum > longestChecksum || at < 0 {
		return fmt.Errorf("table %s of %d bytes: %s", filepath.Base(path), info.Size(), cutShort)
	}
	if index := length(); index == 0 || index > at {
		return fmt.Errorf("table %s of %d bytes: %s", filepath.Base(path), info.Size(), cutShort)
	}
	return nil
}

const cutShort = "its end is missing"
