package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dgraph-io/badger/v4"
	"github.com/klauspost/compress/zstd"
)

// FormatVersion is the format that this package writes and reads. It rises
// when a store that is written now can no longer be read by what was before.
const FormatVersion = 3

// formatMagic opens the value of the format record.
const formatMagic = "swell store"

// Open opens the store in dir for writing and creates it if there is none. dir
// must hold nothing else. What a killed process left is repaired.
//
// Errors: [ErrLocked], [ErrNewerFormat], [ErrForeign], [ErrDamaged].
func Open(dir string, opts Options) (*Store, error) { return open(dir, opts, false) }

// OpenReadOnly opens the store in dir for reading. Several processes may do so
// at once, but none while a writer has it open: that one is asked over HTTP.
//
// Errors: [ErrLocked], [ErrNoStore], [ErrNewerFormat], [ErrForeign],
// [ErrDamaged]; [ErrNeedsRecovery] if the last writer was killed.
func OpenReadOnly(dir string, opts Options) (*Store, error) { return open(dir, opts, true) }

func open(dir string, opts Options, readOnly bool) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open store: %w", err)
	}
	s := &Store{dir: dir, readOnly: readOnly, opts: opts.withDefaults()}
	s.losses.Store(&[]*loss{})
	if err := s.open(); err != nil {
		return nil, fmt.Errorf("cannot open store %s: %w", dir, err)
	}
	return s, nil
}

func (s *Store) open() error {
	if err := s.openEmpty(); err != nil {
		return err
	}
	for _, load := range []func() error{
		s.checkFormat,
		s.loadSnapshots,
		s.loadDictionary,
		s.loadGauges,
		s.loadHistory,
		s.loadFacets,
		s.loadDetections,
		s.loadLosses,
		s.sweep,
	} {
		if err := load(); err != nil {
			return errors.Join(err, s.release())
		}
	}
	return nil
}

// openEmpty opens the database and looks at nothing in it.
func (s *Store) openEmpty() error {
	var err error
	if s.db, err = s.openDB(); err != nil {
		return err
	}
	if s.enc, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(chunkSize), zstd.WithEncoderCRC(false)); err != nil {
		return errors.Join(err, s.db.Close())
	}
	if s.dec, err = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxRanking), zstd.WithDecodeAllCapLimit(true)); err != nil {
		return errors.Join(err, s.db.Close())
	}
	s.minFree = s.opts.freeFloor(s.dir)
	return nil
}

// sweep deletes what a crash left unfinished.
func (s *Store) sweep() error {
	if s.readOnly {
		return nil
	}
	return errors.Join(s.sweepChunks(), s.deleteRange([]byte{tabDetection}, detectionKey(s.detectionsFrom.Load())), s.pruneActivity(), s.counts.sweep(), s.panes.sweep(), s.values.sweep())
}

// checkFormat refuses a store of a newer format or another program's database,
// and marks a new one as one of this. One of an older format is marked with the first
// write to it: from then on values are written as this format has them.
func (s *Store) checkFormat() error {
	var format uint64
	empty := false
	err := s.view(func(tx *badger.Txn) error {
		body, err := get(tx, formatKey())
		if err != nil {
			return err
		}
		if body == nil {
			empty = true
			return scan(tx, nil, func(key []byte) error {
				if bytes.Equal(key, unfinishedKey()) {
					return fmt.Errorf("%w: it is what a restore left that did not come to its end; delete it and restore again", ErrForeign)
				}
				return fmt.Errorf("%w: it holds another program's database; choose another directory", ErrForeign)
			})
		}
		format, err = decodeFormat(body)
		return decodeError(formatKey(), err)
	})
	switch {
	case err != nil:
		return err
	case format > FormatVersion:
		return newerFormat(format)
	case !empty:
		s.older = format < FormatVersion
		s.indexed.Store(format >= indexFrom)
		return nil
	case s.readOnly:
		return fmt.Errorf("%w: it is empty; give the directory of a finished swell", ErrNoStore)
	}
	s.indexed.Store(true)
	return s.markFormat()
}

// markFormat marks the store as one of this format, on the disk.
func (s *Store) markFormat() error {
	b := s.batch()
	defer b.cancel()
	if err := b.set(formatKey(), encodeFormat(FormatVersion)); err != nil {
		return err
	}
	if err := b.commit(); err != nil {
		return err
	}
	return s.sync()
}

func newerFormat(format uint64) error {
	return fmt.Errorf("%w: the store has format %d, this version of swell knows %d; use the version that wrote it, or another directory",
		ErrNewerFormat, format, FormatVersion)
}

func encodeFormat(version uint64) []byte {
	return binary.AppendUvarint([]byte(formatMagic), version)
}

// decodeFormat reads the version alone: a newer format may say more after it.
func decodeFormat(body []byte) (uint64, error) {
	r := reader{buf: body}
	if magic := r.take(uint64(len(formatMagic))); string(magic) != formatMagic {
		return 0, errors.New("not a format record")
	}
	version := r.uvarint()
	if r.err == nil && version == 0 {
		r.fail(errors.New("format 0 does not exist"))
	}
	return version, r.err
}

// openDB opens the database and says in our words what may be wrong.
func (s *Store) openDB() (*badger.DB, error) {
	files, err := s.files()
	if err != nil {
		return nil, err
	}
	if err := s.roomToOpen(); err != nil {
		return nil, err
	}
	if err := s.checkManifestFile(); err != nil {
		return nil, err
	}
	if err := s.salvage(); err != nil {
		return nil, err
	}
	// A crash between the creation of a log file and its first byte leaves it
	// empty. Each such file fails one opening, which also repairs it. Removing
	// them here instead could take one from a running writer.
	tries := 1
	if !s.readOnly {
		tries += len(files.empty)
	} else if len(files.empty) > 0 {
		return nil, s.needsRecovery(fmt.Sprintf("%s is empty", files.empty[0]))
	}
	for {
		opts := s.opts.badger(s.dir, s.readOnly)
		opts.Logger = dbLogger{to: s.opts.Logger, failed: s.backgroundError}
		if s.tableSize != 0 {
			opts.BaseTableSize = s.tableSize
		}
		db, err := openBadger(opts)
		if err == nil {
			return db, nil
		}
		locked := strings.Contains(err.Error(), "Another process is using this Badger database")
		if tries--; tries == 0 || locked {
			return nil, s.explain(err, locked)
		}
	}
}

// openBadger opens the database. On some damaged files it panics.
func openBadger(opts badger.Options) (db *badger.DB, err error) {
	defer func() {
		if p := recover(); p != nil {
			db, err = nil, fmt.Errorf("%s: %v", openPanic, p)
		}
	}()
	return badger.Open(opts)
}

const openPanic = "the database cannot make sense of its files"

// explain puts an error of the database into words. It does not wrap its causes,
// so there is only its text to go by.
func (s *Store) explain(err error, locked bool) error {
	text := err.Error()
	switch {
	case locked:
		by := "a process that reads it"
		if pid, err := os.ReadFile(filepath.Join(s.dir, "LOCK")); err == nil {
			by = "process " + strings.TrimSpace(string(pid))
		}
		if s.readOnly {
			return fmt.Errorf("%w: another swell (%s) is using it; ask that one over HTTP, or stop it first", ErrLocked, by)
		}
		return fmt.Errorf("%w: another swell (%s) is using it; stop that one first, or give another directory", ErrLocked, by)
	case errors.Is(err, badger.ErrWindowsNotSupported), errors.Is(err, badger.ErrPlan9NotSupported):
		return fmt.Errorf("a store cannot be read without writing on this operating system; ask a running swell over HTTP: %w", err)
	case s.readOnly && strings.Contains(text, badger.ErrTruncateNeeded.Error()):
		return s.needsRecovery(text)
	}
	if damage := s.explainDamage(text); damage != nil {
		return damage
	}
	return err
}

func (s *Store) needsRecovery(why string) error {
	return fmt.Errorf("%w: %s; start swell on it once, which repairs it", ErrNeedsRecovery, why)
}

// dbFiles is what a look at the directory found.
type dbFiles struct {
	empty []string // log files without a byte
}

// files looks at the directory before the database may write to it.
func (s *Store) files() (dbFiles, error) {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, os.ErrNotExist) && !s.readOnly {
		if err := os.MkdirAll(s.dir, 0o700); err != nil {
			return dbFiles{}, err
		}
		return dbFiles{}, syncDir(filepath.Dir(s.dir))
	}
	if errors.Is(err, os.ErrNotExist) {
		return dbFiles{}, fmt.Errorf("%w: there is no such directory", ErrNoStore)
	}
	if err != nil {
		return dbFiles{}, err
	}
	var found dbFiles
	manifest, foreign := false, ""
	for _, e := range entries {
		name := e.Name()
		switch ext := filepath.Ext(name); {
		case name == badger.ManifestFilename:
			manifest = true
		case ext == ".mem", ext == ".vlog":
			if info, err := e.Info(); err == nil && info.Size() == 0 {
				found.empty = append(found.empty, name)
			}
		case ext == ".sst", ext == lossExt, ext == tempExt, name == unflushedName, name == "LOCK", name == "KEYREGISTRY", name == "DISCARD", strings.HasSuffix(name, "-REWRITE"), name == "REWRITE-KEYREGISTRY":
		default:
			foreign = name
		}
	}
	switch {
	case manifest:
		return found, nil
	case foreign != "":
		return found, fmt.Errorf("%w: it holds other files, %q for one; give an empty directory", ErrForeign, foreign)
	case s.readOnly:
		return found, fmt.Errorf("%w: give the directory of a finished swell", ErrNoStore)
	}
	return found, nil
}
