package store

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/table"
	"google.golang.org/protobuf/proto"
)

// The database writes new tables, names them in MANIFEST, syncs that, and then deletes
// what they replace: tables that were compacted, or the log of a memtable. Where the sync
// fails it deletes the new tables and keeps the old, but the entry stays in
// MANIFEST. That names tables then that are gone, and no longer those that are there.
//
// Such an entry is taken back where what it replaced is whole: of a compaction all old
// tables lie there, of a flush the store wrote down, in the file UNFLUSHED, that the log
// was kept. A table that is gone for another reason has neither.

// unflushedName is the file that names the tables of flushes that failed.
const unflushedName = "UNFLUSHED"

// changeSet is an entry of MANIFEST: what one flush or compaction made and deleted.
type changeSet struct {
	entry   []byte // as it stands in the file, with its head
	changes []*pb.ManifestChange
}

// changeSets takes a MANIFEST apart, up to an entry that a crash cut off. It fails
// on what the database refuses.
func changeSets(data []byte) ([]changeSet, error) {
	if len(data) < manifestFileHead {
		return nil, errors.New("no head")
	}
	var sets []changeSet
	for at := manifestFileHead; len(data)-at >= entryHead; {
		length := uint64(binary.BigEndian.Uint32(data[at:]))
		if length > uint64(len(data)-at-entryHead) {
			break
		}
		end := at + entryHead + int(length)
		body := data[at+entryHead : end]
		if crc32.Checksum(body, castagnoli) != binary.BigEndian.Uint32(data[at+4:]) {
			return nil, fmt.Errorf("the entry at byte %d has another checksum", at)
		}
		var set pb.ManifestChangeSet
		if err := proto.Unmarshal(body, &set); err != nil {
			return nil, fmt.Errorf("the entry at byte %d: %w", at, err)
		}
		sets = append(sets, changeSet{data[at:end], set.Changes})
		at = end
	}
	return sets, nil
}

// listed returns the tables that there are after all changes.
func listed(sets []changeSet) map[uint64]bool {
	tables := make(map[uint64]bool)
	for _, set := range sets {
		for _, c := range set.changes {
			if c.Op == pb.ManifestChange_CREATE {
				tables[c.Id] = true
			} else {
				delete(tables, c.Id)
			}
		}
	}
	return tables
}

// goneTables returns those of the tables that do not lie in dir. The database cuts a
// table to nothing before it removes it.
func goneTables(dir string, tables map[uint64]bool) (map[uint64]bool, error) {
	gone := make(map[uint64]bool)
	for id := range tables {
		info, err := os.Stat(table.NewFilename(id, dir))
		switch {
		case err == nil && info.Size() > 0:
		case err == nil, errors.Is(err, fs.ErrNotExist):
			gone[id] = true
		default:
			return nil, err
		}
	}
	return gone, nil
}

// makes tells whether the set makes one of the tables.
func (c changeSet) makes(tables map[uint64]bool) bool {
	return slices.ContainsFunc(c.changes, func(c *pb.ManifestChange) bool { return c.Op == pb.ManifestChange_CREATE && tables[c.Id] })
}

// deletes tells whether it is a compaction's.
func (c changeSet) deletes() bool {
	return slices.ContainsFunc(c.changes, func(c *pb.ManifestChange) bool { return c.Op == pb.ManifestChange_DELETE })
}

// undo is what has to be done to the MANIFEST of a directory before it is opened.
type undo struct {
	manifest []byte   // in its place; nil if there is none, or it cannot be read
	tables   []uint64 // that it names no more, rising
}

// findUndo reads the MANIFEST in dir and takes back what can be taken back. Where
// that is not enough, nothing is taken back, and opening says what is the matter.
func findUndo(dir string) (undo, error) {
	data, err := os.ReadFile(filepath.Join(dir, badger.ManifestFilename))
	if errors.Is(err, fs.ErrNotExist) {
		return undo{}, nil
	}
	if err != nil {
		return undo{}, err
	}
	sets, err := changeSets(data)
	if err != nil {
		return undo{}, nil
	}
	gone, err := goneTables(dir, listed(sets))
	if err != nil {
		return undo{}, err
	}
	unflushed, err := readUnflushed(dir)
	if err != nil {
		return undo{}, err
	}
	kept := slices.DeleteFunc(slices.Clone(sets), func(set changeSet) bool {
		return set.makes(gone) && (set.deletes() || len(set.changes) == 1 && unflushed[set.changes[0].Id])
	})
	still, err := goneTables(dir, listed(kept))
	if err != nil {
		return undo{}, err
	}
	u := undo{tables: slices.Sorted(maps.Keys(gone))}
	if len(still) > 0 {
		u.tables, kept = nil, sets
	}
	u.manifest = slices.Clone(data[:manifestFileHead])
	for _, set := range kept {
		u.manifest = append(u.manifest, set.entry...)
	}
	return u, nil
}

// undo makes MANIFEST name the tables that there are. Where the last process was not
// closed it is also written anew: if it was a sync of it that failed, it can be read, but is
// not on the disk, and no further sync would bring it there.
func (s *Store) undo() error {
	u, err := findUndo(s.dir)
	if err != nil {
		return err
	}
	if s.readOnly {
		if len(u.tables) > 0 && s.aside == nil {
			return s.needsRecovery(fmt.Sprintf("%d tables were named before the disk failed", len(u.tables)))
		}
		return nil
	}
	logs, err := filepath.Glob(filepath.Join(s.dir, "*.mem"))
	if err != nil {
		return err
	}
	if u.manifest != nil && (len(logs) > 0 || len(u.tables) > 0) {
		if err := replaceFile(filepath.Join(s.dir, badger.ManifestFilename), u.manifest); err != nil {
			return err
		}
	}
	if len(u.tables) > 0 {
		s.opts.Logger.Warn("tables that were not finished when the disk failed are taken back; what was in them is elsewhere, too", "dir", s.dir, "tables", u.tables)
	}
	// From here on their numbers are given again.
	if err := os.Remove(filepath.Join(s.dir, unflushedName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// noteUnflushed writes down which tables MANIFEST names in vain, while the logs of what
// they held are known to be there: only one flush is under way, and its log is deleted
// behind it. Tables of a compaction are no flush's; they do no harm here.
func noteUnflushed(dir string) error {
	data, err := os.ReadFile(filepath.Join(dir, badger.ManifestFilename))
	if err != nil {
		return err
	}
	sets, err := changeSets(data)
	if err != nil {
		return err
	}
	gone, err := goneTables(dir, listed(sets))
	if err != nil || len(gone) == 0 {
		return err
	}
	body := binary.AppendUvarint([]byte{unflushedFormat}, uint64(len(gone)))
	for _, id := range slices.Sorted(maps.Keys(gone)) {
		body = binary.AppendUvarint(body, id)
	}
	// Its own sync may fail, too. The file can be read all the same, as MANIFEST can.
	f, err := os.Create(filepath.Join(dir, unflushedName))
	if err != nil {
		return err
	}
	_, err = f.Write(seal([]byte(unflushedName), body))
	return cmp.Or(err, f.Sync(), f.Close(), syncDir(dir))
}

const unflushedFormat = 1

// readUnflushed returns the tables that flushes left. A note that was not written to its
// end says nothing.
func readUnflushed(dir string) (map[uint64]bool, error) {
	value, err := os.ReadFile(filepath.Join(dir, unflushedName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	body, why := unsealed([]byte(unflushedName), value)
	if why != "" {
		return nil, nil
	}
	r := reader{buf: body}
	r.format(unflushedFormat)
	tables := make(map[uint64]bool)
	for range r.count(1) {
		tables[r.uvarint()] = true
	}
	if r.end() != nil {
		return nil, nil
	}
	return tables, nil
}
