package app

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/scrapers/push"
)

// ErrConfig says that a data directory was made with settings that this run does
// not have, so that its counts cannot be gone on from.
var ErrConfig = errors.New("made with other settings")

// dataDir is an open data directory:
//
//	DIR/store/              the database
//	DIR/dead-letter.ndjson  lines that could not be read
type dataDir struct {
	path  string
	store *store.Store
	temp  bool // made for this run, removed after it
	read  bool // opened for reading only
}

func openDataDir(path string, opt store.Options, log *slog.Logger) (*dataDir, error) {
	d := &dataDir{path: path}
	if path == "" {
		tmp, err := os.MkdirTemp("", "swell-")
		if err != nil {
			return nil, fmt.Errorf("cannot make a temporary data directory: %w; name one with --data", err)
		}
		d.path, d.temp = tmp, true
	}
	if err := os.MkdirAll(d.path, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the data directory: %w", err)
	}
	opt.Logger = log
	st, err := store.Open(filepath.Join(d.path, "store"), opt)
	if err != nil {
		d.remove()
		return nil, fmt.Errorf("cannot open the data directory %s: %w", d.path, err)
	}
	d.store = st
	return d, nil
}

// openToRead opens a data directory that somebody filled before, without changing
// it.
func openToRead(path string, log *slog.Logger) (*dataDir, error) {
	st, err := store.OpenReadOnly(filepath.Join(path, "store"), store.Options{Logger: log})
	if errors.Is(err, store.ErrNoStore) {
		return nil, noData(path)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the data directory %s: %w", path, err)
	}
	return &dataDir{path: path, store: st, read: true}, nil
}

// ErrNoData says that a data directory holds nothing to go on from.
var ErrNoData = errors.New("holds no counts yet")

func noData(path string) error {
	return fmt.Errorf("the data directory %s %w: replay an archive into it first, as in swell replay FILE --data %s", path, ErrNoData, path)
}

func (d *dataDir) deadLetter() (*push.DeadLetter, error) {
	return push.OpenDeadLetter(filepath.Join(d.path, "dead-letter.ndjson"), 0)
}

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

// note is what a snapshot carries for the application.
type note struct {
	Cursors []push.Cursor  `json:"cursors"` // one per input, in the order they were named
	Engine  engine.Options `json:"engine"`  // that the state was made with
}

// restored is an engine and how it came to be.
type restored struct {
	engine     *engine.Engine
	note       note
	resumed    bool
	asOf       int64
	detections uint64 // lines of the detections log that belong to the state
}

// restore makes an engine from the newest snapshot of the store that is whole.
// Without options it takes those that the snapshot was made with, and having no
// snapshot is [ErrNoData]; with options, having none gives a new engine. Snapshots
// that were passed over are logged with the reason.
func restore(d *dataDir, opt *engine.Options, log *slog.Logger) (restored, error) {
	snap, problems, err := d.store.LoadSnapshot()
	for _, p := range problems {
		log.Warn("a snapshot cannot be used", "snapshot", p.Seq, "reason", p.Err)
	}
	switch {
	case errors.Is(err, store.ErrNoSnapshot) && len(problems) > 0:
		return restored{}, fmt.Errorf("none of the %d snapshots in %s can be used, the newest because: %w; move the directory away to start anew", len(problems), d.path, problems[0].Err)
	case errors.Is(err, store.ErrNoSnapshot) && opt == nil:
		return restored{}, noData(d.path)
	case errors.Is(err, store.ErrNoSnapshot):
		return begin(d, *opt)
	case err != nil:
		return restored{}, fmt.Errorf("cannot load a snapshot from %s: %w", d.path, err)
	}
	r, err := resume(d, snap, opt)
	if err == nil && len(problems) > 0 {
		log.Warn("going on from an older snapshot", "snapshot", snap.Seq)
	}
	return r, err
}

// begin makes a new engine. What a run that never came to its first snapshot
// left of detections is dropped.
func begin(d *dataDir, opt engine.Options) (restored, error) {
	if err := d.store.TruncateDetections(0); err != nil {
		return restored{}, fmt.Errorf("cannot begin in %s: %w", d.path, err)
	}
	eng, err := engine.New(opt)
	return restored{engine: eng}, err
}

func resume(d *dataDir, snap store.Snapshot, opt *engine.Options) (restored, error) {
	r := restored{resumed: true, asOf: snap.Watermark / 1e6, detections: snap.Detections}
	if err := json.Unmarshal(snap.App, &r.note); err != nil {
		return restored{}, fmt.Errorf("cannot read snapshot %d in %s: %w", snap.Seq, d.path, err)
	}
	if opt == nil {
		opt = &r.note.Engine
	}
	if configHash(*opt) != snap.ConfigHash {
		return restored{}, fmt.Errorf("the data directory %s was %w (memory, lateness or detector); use those, or another --data", d.path, ErrConfig)
	}
	var parts []engine.Part
	for p, err := range snap.Parts() {
		if err != nil {
			return restored{}, fmt.Errorf("cannot read snapshot %d in %s: %w", snap.Seq, d.path, err)
		}
		parts = append(parts, engine.Part(p))
	}
	if !d.read {
		if err := d.store.TruncateDetections(snap.Detections); err != nil {
			return restored{}, fmt.Errorf("cannot cut the detections in %s back to the snapshot: %w", d.path, err)
		}
	}
	var err error
	if r.engine, err = engine.Restore(*opt, parts); err != nil {
		return restored{}, fmt.Errorf("snapshot %d in %s: %w", snap.Seq, d.path, err)
	}
	return r, nil
}

// configHash identifies the settings that shape an engine's state.
func configHash(opt engine.Options) string {
	opt.Window = opt.Window.WithDefaults()
	enc, err := json.Marshal(opt)
	if err != nil {
		// Options are numbers and strings; they always encode.
		return "unencodable"
	}
	sum := sha256.Sum256(enc)
	return hex.EncodeToString(sum[:16])
}
