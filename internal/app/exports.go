package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/swell-radar/swell/internal/export"
)

// exportsName is the folder of the files of closed days. It is in no backup: what is in it
// is made again from the store.
const exportsName = "exports"

// openExports opens the files of the days that the store has.
func (d *dataDir) openExports(now func() time.Time, log *slog.Logger) (*export.Exports, error) {
	return export.Open(export.Options{
		Dir: filepath.Join(d.path, exportsName), Source: d.store, Spare: d.store.Spare, Now: now, Log: log,
	})
}

// dropExports removes the files of days that another run counted.
func (d *dataDir) dropExports() error { return os.RemoveAll(filepath.Join(d.path, exportsName)) }
