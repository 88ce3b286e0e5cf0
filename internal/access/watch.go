package access

import (
	"io/fs"
	"log/slog"
	"os"
	"time"
)

// lookEvery is how often files are looked at again, at most.
const lookEvery = time.Second

// watch notices when files are replaced or changed. It is for one goroutine at a time.
type watch struct {
	now   func() time.Time
	log   *slog.Logger
	paths []string

	looked time.Time
	states []fs.FileInfo // nil: no such file
}

// changed reports whether a file is another one than at the last look; it is true at the
// first.
func (w *watch) changed() bool {
	now := w.now()
	first := w.states == nil
	// A clock that was set back must not end the looking.
	if since := now.Sub(w.looked); !first && since >= 0 && since < lookEvery {
		return false
	}
	w.looked = now
	changed := first
	if first {
		w.states = make([]fs.FileInfo, len(w.paths))
	}
	for i, path := range w.paths {
		state, err := os.Stat(path)
		if err != nil {
			state = nil
		}
		if !same(w.states[i], state) {
			w.states[i], changed = state, true
		}
	}
	return changed
}

func same(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size() && a.Mode() == b.Mode()
}
