package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/swell-radar/swell/internal/store"
)

// Fsck checks a data directory and changes nothing in it. One that a process uses
// is refused: what it found would be a file as it was half an instant ago.
func Fsck(ctx context.Context, dir string, log *slog.Logger) (Kept, error) {
	report, err := store.Fsck(ctx, filepath.Join(dir, storeName), store.Options{Logger: log})
	switch {
	case errors.Is(err, store.ErrNoStore):
		return Kept{}, noData(dir)
	case errors.Is(err, store.ErrLocked):
		return Kept{}, fmt.Errorf("cannot check the data directory %s while it is in use: %w; or check a backup of it: swell backup --data %s FILE, then swell fsck FILE", dir, err, dir)
	case ctx.Err() != nil:
		return Kept{}, ErrInterrupted
	case err != nil:
		return Kept{}, fmt.Errorf("cannot check the data directory %s: %w", dir, err)
	}
	kept := Kept{Report: report}
	info, err := os.Stat(filepath.Join(dir, deadLetterName))
	if err == nil {
		kept.DeadLetters = info.Size()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return Kept{}, err
	}
	return kept, kept.checkJournal(ctx, dir)
}

// Damaged reports whether something is lost or cannot be read.
func (k *Kept) Damaged() bool { return k.Worst() >= store.Lost }

// AsOf returns the event time, in Unix seconds, of the snapshot that a run would go
// on from; 0 if there is none.
func (k *Kept) AsOf() int64 {
	snap, _ := k.Contents.Newest()
	return snap.Watermark / 1e6
}
