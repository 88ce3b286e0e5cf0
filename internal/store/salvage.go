package store

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/dgraph-io/badger/v4/options"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"
)

// salvage verifies the database's tables before it opens. A table with damaged
// blocks is built again from the others, and what was lost is written down
// beside it first. The database could also be told to open as it is, but then
// its compactions spread the damage: they drop or misplace what follows it.
func (s *Store) salvage() error {
	unlock, err := lockDir(s.dir, s.readOnly)
	switch {
	case err == nil:
		defer unlock()
	case errors.Is(err, ErrLocked):
		return s.explain(err, true)
	}
	locked := err == nil
	if locked && !s.readOnly {
		if err := s.removeUnfinished(); err != nil {
			return err
		}
	}
	if locked {
		if err := s.undo(); err != nil {
			return err
		}
	}
	var all []tableFile // without bodies, unless damaged
	read := func() error {
		all = all[:0]
		return s.readTables(func(t *tableFile) {
			if !t.damaged() {
				t.blocks = []tableBlock{{first: t.blocks[0].first, body: []byte{}}}
			}
			all = append(all, *t)
		})
	}
	if err = read(); err != nil && !locked {
		// A running writer deletes tables, which it cuts to nothing first.
		err = read()
	}
	if err != nil {
		return err
	}
	for i := range all {
		t := &all[i]
		if !t.damaged() {
			continue
		}
		name := filepath.Base(table.NewFilename(t.id, s.dir))
		switch {
		case s.readOnly && s.aside == nil:
			return fmt.Errorf("%w: table %s has damaged blocks; start swell on it once, which saves the others", ErrDamaged, name)
		case !locked:
			return fmt.Errorf("%w: table %s has damaged blocks; %s", ErrDamaged, name, wayOut)
		}
		if err := s.rebuild(t, t.lost(all)); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	return nil
}

func (t *tableFile) damaged() bool {
	return slices.ContainsFunc(t.blocks, func(b tableBlock) bool { return b.body == nil })
}

// lost returns the keys that may be missing or out of date: from the first one
// of each damaged block to the first one of what follows. That is the next
// table of the level, or anything on level 0, whose tables overlap.
func (t *tableFile) lost(all []tableFile) *loss {
	l := &loss{table: filepath.Base(table.NewFilename(t.id, ""))}
	for i, b := range t.blocks {
		if b.body != nil {
			continue
		}
		r := keyRange{from: y.ParseKey(b.first)}
		if i+1 < len(t.blocks) {
			r.to = y.ParseKey(t.blocks[i+1].first)
		} else if t.level > 0 {
			for _, other := range all {
				first := y.ParseKey(other.blocks[0].first)
				if other.level == t.level && slices.Compare(first, r.from) > 0 && (r.to == nil || slices.Compare(first, r.to) < 0) {
					r.to = first
				}
			}
		}
		l.ranges = append(l.ranges, r)
		l.size += uint64(b.size)
	}
	slices.SortFunc(l.ranges, func(a, b keyRange) int { return slices.Compare(a.from, b.from) })
	return l
}

// rebuild writes down what is lost and puts a table of the whole blocks in the
// place of the damaged one. It can be cut off anywhere and repeated.
func (s *Store) rebuild(t *tableFile, lost *loss) error {
	if lost.touches(formatKey(), formatKey()) {
		return fmt.Errorf("%w: the format record is lost; %s", ErrDamaged, wayOut)
	}
	opts := s.opts.badger(s.dir, false)
	size := 0
	for _, b := range t.blocks {
		size += b.size
	}
	builder := table.NewTableBuilder(table.Options{
		TableSize:          uint64(size),
		BlockSize:          opts.BlockSize,
		BloomFalsePositive: opts.BloomFalsePositive,
		Compression:        options.None,
	})
	defer builder.Close()
	for _, b := range t.blocks {
		if b.body == nil {
			continue
		}
		if err := b.entries(func(key []byte, v y.ValueStruct) { builder.Add(key, v, 0) }); err != nil {
			return fmt.Errorf("%w: %v; %s", ErrDamaged, err, wayOut)
		}
	}
	if builder.Empty() {
		return fmt.Errorf("%w: no block of it is whole; %s", ErrDamaged, wayOut)
	}
	if err := s.addLoss(lost); err != nil {
		return err
	}
	s.opts.Logger.Error("a table of the store was damaged and is built again without what was lost",
		"dir", s.dir, "table", lost.table, "bytes", lost.size, "keys", lost.String())
	return replaceFile(table.NewFilename(t.id, s.dir), builder.Finish())
}

// removeUnfinished removes the files that replaceFile was writing when the
// process died.
func (s *Store) removeUnfinished() error {
	left, err := filepath.Glob(filepath.Join(s.dir, "*"+tempExt))
	for _, path := range left {
		err = cmp.Or(err, os.Remove(path))
	}
	return err
}

// replaceFile puts data in the place of a file, whole or not at all.
func replaceFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*"+tempExt)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err = cmp.Or(err, f.Sync()); err != nil {
		return errors.Join(err, f.Close())
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// tempExt ends the names of files that are being written.
const tempExt = ".part"
