package app

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/export"
	"github.com/swell-radar/swell/internal/outbox"
	"github.com/swell-radar/swell/internal/serve"
	"github.com/swell-radar/swell/internal/store"
)

// Local answers from a data directory in this process as a server of it would, by the same
// handlers, without changing the directory. It is an [http.RoundTripper] for any number of
// goroutines until it is closed.
type Local struct {
	inProcess
	data   *dataDir
	engine *engine.Engine
	made   string // folder of the files that were made to be given out
}

// localNonce begins the IDs of requests that are answered in this process.
const localNonce = "local"

// OpenLocal opens the directory as its last process left it: a killed one did not store
// what it counted last. A directory that is in use wraps [store.ErrLocked] and names whom
// to ask.
func OpenLocal(path, version string, now func() time.Time, log *slog.Logger) (*Local, error) {
	data, err := openAnyhow(path, log)
	if err != nil {
		return nil, err
	}
	state, err := restore(data, asStored(data), log)
	if err != nil {
		return nil, errors.Join(err, data.close())
	}
	l := &Local{data: data, engine: state.engine}
	if err := l.open(version, now, log); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// open makes the handler. The files that it makes stand in for those of a server, which
// are a part of the directory.
func (l *Local) open(version string, now func() time.Time, log *slog.Logger) error {
	var err error
	if l.made, err = os.MkdirTemp("", "swell-exports-"); err != nil {
		return fmt.Errorf("cannot make a temporary directory: %w", err)
	}
	exports, err := export.Open(export.Options{Dir: l.made, Source: l.data.store, Now: now, Log: log})
	if err != nil {
		return err
	}
	desk, err := openDesk(l.data.store, log)
	if err != nil {
		return err
	}
	notes, err := openNotes(l.data.store, log)
	if err != nil {
		return err
	}
	// What there is and was is shown; no sink is known, and nothing is sent.
	box, err := outbox.Open(outbox.Options{Drawer: l.data.store, Now: now, Jitter: jitter, Log: log})
	if err != nil {
		return err
	}
	l.handler, err = serve.New(serve.Options{
		Alerts: desk, Outbox: box, Notes: notes,
		Source: l.engine, History: l.data.store, Shelf: l.data.store, Exports: exports, Nonce: localNonce, Version: version, Clock: now, Logger: log,
	})
	return err
}

// openAnyhow opens a data directory for reading, if need be by what stands in for a store
// that nobody closed.
func openAnyhow(path string, log *slog.Logger) (*dataDir, error) {
	data, err := openToRead(path, log)
	switch {
	case errors.Is(err, store.ErrLocked):
		return nil, inUse(path, err)
	case !errors.Is(err, store.ErrNeedsRecovery):
		return data, err
	}
	st, err := store.OpenUntouched(filepath.Join(path, storeName), store.Options{Logger: log})
	if err != nil {
		return nil, fmt.Errorf("cannot read the data directory %s: %w", path, err)
	}
	return &dataDir{path: path, store: st, read: true}, nil
}

// inUse names the process that has a directory open, if it can be asked.
func inUse(path string, err error) error {
	c, cerr := readControl(path)
	switch {
	case errors.Is(cerr, fs.ErrNotExist):
		return err // it serves nothing
	case cerr != nil:
		return errors.Join(err, cerr)
	}
	return fmt.Errorf("%w: process %d has the data directory %s open and serves it: ask that one with --server %s in place of --data", store.ErrLocked, c.PID, path, c.Address)
}

// Close lets others open the directory, once the answers that are under way have been read
// or closed.
func (l *Local) Close() error {
	l.running.Wait()
	l.engine.Close()
	err := l.data.close()
	if l.made != "" {
		err = errors.Join(err, os.RemoveAll(l.made))
	}
	return err
}

var _ http.RoundTripper = (*Local)(nil)
