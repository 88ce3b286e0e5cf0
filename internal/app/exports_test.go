package app

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/store"
)

// TestExportsAreThoseOfTheStore holds that a run which begins anew drops the files of the
// days that another one counted, and that it can make its own.
func TestExportsAreThoseOfTheStore(t *testing.T) {
	data, err := openDataDir(t.TempDir(), store.Options{MinFree: -1}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer data.close()
	old := filepath.Join(data.path, exportsName, "2026-02-16.long.v1-1.csv")
	if err := errors.Join(os.MkdirAll(filepath.Dir(old), 0o700), os.WriteFile(old, []byte("of another run"), 0o600)); err != nil {
		t.Fatal(err)
	}
	opt := engine.DefaultOptions()
	opt.Window.Memory = 8 << 20
	begun, err := begin(data, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer begun.engine.Close()
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file of another run: %v", err)
	}
	exports, err := data.openExports(time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer exports.Close()
	if days, err := exports.Days(); err != nil || len(days) != 0 {
		t.Errorf("days of an empty store: %+v, %v", days, err)
	}
}
