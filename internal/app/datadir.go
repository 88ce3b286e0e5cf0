package app

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/journal"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/scrapers/push"
)

// dataDir is an open data directory:
//
//	DIR/store/              the database
//	DIR/journal/            records that were accepted and are not in it yet
//	DIR/exports/            files of days that are over, to be had again from the database
//	DIR/dead-letter.ndjson  lines that could not be read
//	DIR/control.json        how to ask the process that serves it
type dataDir struct {
	path  string
	store *store.Store
	temp  bool // made for this run, removed after it
	read  bool // opened for reading only

	// journal returns the journal in the directory that this process has open, or nil.
	journal func() *journal.Journal
	// backingUp is held as long as nothing may be trimmed from the journal.
	backingUp sync.Mutex
}

func openDataDir(path string, opt store.Options, log *slog.Logger) (*dataDir, error) {
	d := &dataDir{path: path}
	if path == "" {
		tmp, err := os.MkdirTemp("", "swell-")
		if err != nil {
			return nil, fmt.Errorf("cannot make a temporary data directory: %w; name one with --data", err)
		}
		d.path, d.temp = tmp, true
		if opt.MinFree == 0 {
			opt.MinFree = temporaryFree
		}
	}
	if err := os.MkdirAll(d.path, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the data directory: %w", err)
	}
	opt.Logger = log
	st, err := store.Open(filepath.Join(d.path, storeName), opt)
	if err != nil {
		d.remove()
		return nil, fmt.Errorf("cannot open the data directory %s: %w", d.path, err)
	}
	d.store = st
	if err := forgetRestore(d.path); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open the data directory %s: %w", d.path, err), d.close())
	}
	// The store is this process's alone: whoever left that file was killed, and another
	// process may have its number or its address by now.
	if err := os.Remove(filepath.Join(d.path, controlName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("cannot open the data directory %s: %w", d.path, err), d.close())
	}
	return d, nil
}

// temporaryFree is the floor of free space under a temporary directory: memory
// often serves as its disk, and what is kept there is small.
const temporaryFree = 32 << 20

// HoldsData reports whether something was ever kept in a data directory. Of one that cannot be looked into it
// says so too: whoever opens it will say why it cannot be.
func HoldsData(path string) bool {
	_, err := os.Stat(filepath.Join(path, storeName))
	return !errors.Is(err, fs.ErrNotExist)
}

// openToRead opens a data directory that somebody filled before, without changing
// it.
func openToRead(path string, log *slog.Logger) (*dataDir, error) {
	st, err := store.OpenReadOnly(filepath.Join(path, storeName), store.Options{Logger: log})
	if errors.Is(err, store.ErrNoStore) {
		return nil, noData(path)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the data directory %s: %w", path, err)
	}
	return &dataDir{path: path, store: st, read: true}, nil
}

// onlyArchives refuses a directory that records are sent to: an archive that is read
// into it would be late.
func (d *dataDir) onlyArchives() error {
	if _, err := os.Stat(journalDir(d.path)); err == nil {
		return fmt.Errorf("%w: the data directory %s takes in records as they come (swell serve); replay archives into another --data", ErrInput, d.path)
	}
	return nil
}

func noData(path string) error {
	return fmt.Errorf("the data directory %s %w: replay an archive into it first, as in swell replay FILE --data %s", path, ErrNoData, path)
}

// deadLetter opens the file of bad lines, cut back to the given size: lines
// behind it will be met again.
func (d *dataDir) deadLetter(size int64) (*push.DeadLetter, error) {
	dead, err := push.OpenDeadLetter(filepath.Join(d.path, deadLetterName), 0)
	if err != nil {
		return nil, err
	}
	if err := dead.Truncate(size); err != nil {
		dead.Close()
		return nil, err
	}
	return dead, nil
}

const (
	storeName      = "store"
	deadLetterName = "dead-letter.ndjson"
)

func (d *dataDir) close() error {
	err := d.store.Close()
	d.remove()
	return err
}

func (d *dataDir) remove() {
	if d.temp {
		// What remains of a temporary directory is for the system to clear.
		_ = os.RemoveAll(d.path)
	}
}

// stateVersion is that of a snapshot's parts as a whole: it rises with that of
// any of them, and when memory is split in other shares. It is asked before the
// settings, whose own shape may change with it, and before the parts.
const stateVersion = 7 // 1 had no mark of its own, and rings for every term; 2 nothing of thin posts; 3 scores in place of marks; 4 was written whole; 5 knew no heartbeats; 6 not what was missing

// oldestVersion is the oldest that can still be gone on from.
const oldestVersion = 4

// note is what a snapshot carries for the application.
type note struct {
	Version     int            `json:"version"`      // stateVersion
	ID          string         `json:"id,omitzero"`  // of the data directory, which its journal has as well; empty before it was served
	Cursors     []push.Cursor  `json:"cursors"`      // one per input, in the order they were named
	Finished    []push.Cursor  `json:"finished"`     // of inputs of earlier runs that came to their end
	DeadLetters int64          `json:"dead_letters"` // size of the dead-letter file
	From        string         `json:"from"`         // bounds of the records that count
	Until       string         `json:"until"`
	Engine      engine.Options `json:"engine"` // that the state was made with
	// Unaligned is how many bytes of the journal were counted since batches were last
	// made to end between two records.
	Unaligned int64 `json:"unaligned,omitzero"`
}

// restored is an engine and how it came to be.
type restored struct {
	engine     *engine.Engine
	options    engine.Options
	ledger     *journal.Ledger // what of a journal is counted
	note       note
	resumed    bool
	asOf       int64
	detections uint64 // lines of the detections log that belong to the state
}

// restore makes an engine from the newest snapshot of the store that can be used.
// The settler decides on its settings. Snapshots that were passed over are logged
// with the reason.
func restore(d *dataDir, settle settler, log *slog.Logger) (restored, error) {
	snap, problems, err := d.store.LoadSnapshot()
	for err == nil {
		var r restored
		if r, err = resume(d, snap, settle); err == nil {
			report(log, problems)
			if len(problems) > 0 {
				log.Warn("going on from an older snapshot", "snapshot", snap.Seq)
			}
			return r, nil
		}
		if !errors.Is(err, engine.ErrRestore) && !errors.Is(err, push.ErrCursor) && !errors.Is(err, ErrVersion) {
			return restored{}, err
		}
		problems = append(problems, store.Problem{Seq: snap.Seq, Err: err})
		var more []store.Problem
		snap, more, err = d.store.LoadSnapshotBefore(snap.Seq)
		problems = append(problems, more...)
	}
	report(log, problems)
	switch {
	case !errors.Is(err, store.ErrNoSnapshot):
		return restored{}, fmt.Errorf("cannot load a snapshot from %s: %w", d.path, err)
	case len(problems) > 0 && errors.Is(problems[0].Err, ErrVersion):
		return restored{}, fmt.Errorf("cannot go on from the data directory %s: %w; move it away and replay its archives into a new one, or use that version", d.path, problems[0].Err)
	case len(problems) > 0:
		return restored{}, fmt.Errorf("none of the %d snapshots in %s can be used, the newest because: %w; move the directory away to start anew", len(problems), d.path, problems[0].Err)
	}
	opt, err := settle(nil)
	if err != nil {
		return restored{}, err
	}
	return begin(d, *opt)
}

// settler returns the settings to count with, given those that a state was made
// with; nil: there is no state yet.
type settler func(stored *engine.Options) (*engine.Options, error)

// given is for those who know what they count with.
func given(opt *engine.Options) settler {
	return func(*engine.Options) (*engine.Options, error) { return opt, nil }
}

// asStored is for those who count nothing: the settings are those of the state.
func asStored(d *dataDir) settler {
	return func(stored *engine.Options) (*engine.Options, error) {
		if stored == nil {
			return nil, noData(d.path)
		}
		return stored, nil
	}
}

func report(log *slog.Logger, problems []store.Problem) {
	for _, p := range problems {
		log.Warn("a snapshot cannot be used", "snapshot", p.Seq, "reason", p.Err)
	}
}

// begin makes a new engine. What a run that never came to its first snapshot
// left behind is dropped.
func begin(d *dataDir, opt engine.Options) (restored, error) {
	if err := errors.Join(d.dropExports(), d.store.Reset()); err != nil {
		return restored{}, fmt.Errorf("cannot begin in %s: %w", d.path, err)
	}
	eng, err := engine.New(opt)
	return restored{engine: eng, options: opt, ledger: newLedger()}, err
}

// newLedger returns the ledger of a state that has counted nothing of a journal.
func newLedger() *journal.Ledger {
	l := journal.NewLedger()
	l.SetNext(journal.Place{Entry: 1})
	return l
}

// readLedger reads what of a journal is counted in a snapshot; that of an archive
// has none.
func (r *restored) readLedger(snap store.Snapshot) error {
	data, err := snap.Part(partLedger)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := r.ledger.UnmarshalBinary(data); err != nil {
		return fmt.Errorf("%s: %w", partLedger, err)
	}
	return nil
}

func resume(d *dataDir, snap store.Snapshot, settle settler) (restored, error) {
	r := restored{resumed: true, ledger: newLedger(), asOf: snap.Watermark / 1e6, detections: snap.Detections}
	if err := json.Unmarshal(snap.App, &r.note); err != nil {
		return restored{}, fmt.Errorf("cannot read snapshot %d in %s: %w", snap.Seq, d.path, err)
	}
	if v := max(r.note.Version, 1); v > stateVersion || v < oldestVersion {
		age := "a later"
		if v < stateVersion {
			age = "an earlier"
		}
		return restored{}, fmt.Errorf("snapshot %d was %w, %s one (its counts have format %d, this program reads %d)", snap.Seq, ErrVersion, age, v, stateVersion)
	}
	opt, err := settle(&r.note.Engine)
	if err != nil {
		return restored{}, err
	}
	r.options = *opt
	// Where nothing will be counted, the key of the authors is not needed.
	if !d.read && configHash(*opt) != snap.ConfigHash {
		return restored{}, fmt.Errorf("the data directory %s was %w (memory, lateness, detector or key of the authors); use those, or another --data", d.path, ErrConfig)
	}
	if err := r.readLedger(snap); err != nil {
		return restored{}, fmt.Errorf("snapshot %d in %s: %w: %w", snap.Seq, d.path, engine.ErrRestore, err)
	}
	if r.engine, err = engine.Restore(*opt, snap); err != nil {
		return restored{}, fmt.Errorf("snapshot %d in %s: %w", snap.Seq, d.path, err)
	}
	return r, nil
}

// rewind cuts what was found back to what the state found: the rest is found again.
// It is for when nothing refuses to go on any more.
func (d *dataDir) rewind(r restored) error {
	if !r.resumed {
		return nil
	}
	if err := d.store.TruncateDetections(r.detections); err != nil {
		return fmt.Errorf("cannot cut the detections in %s back to the snapshot: %w", d.path, err)
	}
	if err := forget(d.store, r.asOf); err != nil {
		return fmt.Errorf("cannot cut the history in %s back to the snapshot: %w", d.path, err)
	}
	return nil
}

// configHash identifies the settings that shape an engine's state.
func configHash(opt engine.Options) string {
	opt.Window = opt.Window.WithDefaults()
	enc, err := json.Marshal(opt)
	if err != nil {
		// Options are numbers and strings; they always encode.
		return "unencodable"
	}
	key := sha256.Sum256(opt.AuthorKey[:]) // secret, and therefore not in enc
	sum := sha256.Sum256(append(enc, key[:]...))
	return hex.EncodeToString(sum[:16])
}
