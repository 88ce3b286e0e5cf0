package scrapers

import (
	"errors"
	"sync"
	"time"
)

// Walls remembers of the parts of a source's input when each is tried again. What a server
// said of that outlives a restart: starting the program anew is no way around it. Safe for concurrent
// use.
type Walls struct {
	name  string // on the shelf
	shelf Shelf
	now   func() time.Time

	mu  sync.Mutex
	all map[string]wall // by part
}

// wall is a trouble of a part and when it is over.
type wall struct {
	state       State
	why         string
	told, until time.Time
	failures    int
	ours        bool
}

// longestWall is for how long a part can have itself be left alone.
const longestWall = 7 * 24 * time.Hour

// NewWalls returns the walls of a source as they are on the shelf; nil is no shelf. Where they cannot be
// read, it returns an error and walls that begin anew.
func NewWalls(source string, shelf Shelf, now func() time.Time) (*Walls, error) {
	w := &Walls{name: "walls/" + source, shelf: shelf, now: now, all: map[string]wall{}}
	return w, w.restore()
}

// Note takes what was reported of a part: an error with [Trouble.After] is a wall from now on,
// anything else is none. It returns an error where that could not be kept over a restart.
func (w *Walls) Note(part string, err error) error {
	now := w.now().UTC()
	w.mu.Lock()
	defer w.mu.Unlock()
	old, had := w.all[part]
	stood := had && old.keeps(now)
	var t *Trouble
	if !errors.As(err, &t) || t.After <= 0 {
		if delete(w.all, part); !stood {
			return nil
		}
		return w.save(now)
	}
	if !had && len(w.all) >= mostParts {
		return nil
	}
	next := wall{
		state: t.State, why: reason(t), told: now, until: now.Add(min(t.After, longestWall)), failures: t.Failures, ours: t.Ours,
	}
	w.all[part] = next
	if !stood && !next.keeps(now) {
		return nil
	}
	return w.save(now)
}

// Of returns the wall of a part, with what is left of it as its After; nil where there is none, or
// it is over.
func (w *Walls) Of(part string) *Trouble {
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	k, ok := w.all[part]
	if !ok || k.left(now) <= 0 {
		return nil
	}
	return &Trouble{State: k.state, Why: k.why, After: k.left(now), Failures: k.failures, Ours: k.ours}
}

// show adds to how parts are doing when each is tried again.
func (w *Walls) show(parts []PartHealth) {
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range parts {
		if k, ok := w.all[parts[i].Name]; ok && parts[i].State != OK && k.left(now) > 0 {
			parts[i].Until = now.Add(k.left(now)).UTC()
		}
	}
}

// left returns for how long the wall still stands. A clock that was set back does not make it longer.
func (k *wall) left(now time.Time) time.Duration {
	return min(k.until.Sub(now), k.until.Sub(k.told), longestWall)
}

// keeps reports whether the wall is kept over a restart: it stands, and was told by somebody else. A
// spent budget remembers itself, and may be larger after a restart.
func (k *wall) keeps(now time.Time) bool {
	return outlives(k.state) && !k.ours && k.left(now) > 0
}

func outlives(s State) bool { return s == Throttled || s == Blocked || s == LoginWall }
