package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/store"
)

// ServeOptions say what to serve. All but Announce are required.
type ServeOptions struct {
	Data    string // data directory
	Listen  string
	Hosts   []string // further names that it may be asked under, as by a proxy
	Version string
	Now     func() time.Time
	Log     *slog.Logger
	// Announce is called once the endpoint answers.
	Announce func(*engine.View, string) error
}

// Serve answers from a data directory, as of its last snapshot, until ctx ends.
func Serve(ctx context.Context, o ServeOptions) error {
	if _, err := os.Stat(filepath.Join(o.Data, storeName)); errors.Is(err, fs.ErrNotExist) {
		return noData(o.Data)
	}
	// Not read-only: what a killed run left has to be repaired before it can be
	// read, and the directory is this process's own while it serves.
	data, err := openDataDir(o.Data, store.Options{}, o.Log)
	if err != nil {
		return err
	}
	err = serveData(ctx, data, o)
	if cerr := data.close(); err == nil && cerr != nil {
		err = fmt.Errorf("cannot close the data directory: %w", cerr)
	}
	return err
}

func serveData(ctx context.Context, data *dataDir, o ServeOptions) error {
	state, err := restore(data, nil, o.Log)
	if err != nil {
		return err
	}
	defer state.engine.Close()
	s, err := startServing(o.Listen, o.Hosts, state.engine, data, o.Version, o.Now, o.Log, nil)
	if err != nil {
		return err
	}
	defer s.close()
	if o.Announce != nil {
		if err := o.Announce(state.engine.View(), s.address); err != nil {
			return err
		}
	}
	return s.wait(ctx)
}

// View returns the last view that a data directory holds, without serving it.
func View(path string, log *slog.Logger) (*engine.View, error) {
	data, err := openToRead(path, log)
	if err != nil {
		return nil, err
	}
	defer data.close()
	state, err := restore(data, nil, log)
	if err != nil {
		return nil, err
	}
	defer state.engine.Close()
	return state.engine.View(), nil
}
