package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// takeOver learns what is in the directory. What no note tells of is dropped, as is what
// was half done or made by another version; foreign files are left alone.
func (e *Exports) takeOver() error {
	entries, err := os.ReadDir(e.opt.Dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		base := strings.TrimSuffix(strings.TrimSuffix(name, partialEnding), noteEnding)
		if _, dated := ParseDate(base[:min(len(base), len(time.DateOnly))]); !dated || entry.IsDir() {
			continue
		}
		k, ok := parseName(base)
		if name != base && ok && !strings.HasSuffix(name, partialEnding) {
			if _, err := os.Stat(filepath.Join(e.opt.Dir, base)); err == nil {
				continue // the note of a file
			}
		}
		if ok && name == base {
			if n, ok := readNote(e.opt.Dir, base); ok {
				e.mu.files[k] = &kept{note: n, used: usedAt(e.opt.Dir, base)}
				continue
			}
		}
		if err := os.Remove(filepath.Join(e.opt.Dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for e.total() > e.opt.MaxBytes && e.evict() {
	}
	return nil
}

// usedAt returns when a file was last used: its note has that time.
func usedAt(dir, name string) time.Time {
	info, err := os.Stat(filepath.Join(dir, name+noteEnding))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// useEvery is how often it is noted on the disk that a file is in use.
const useEvery = time.Minute

// use notes that a file is in use. The caller holds the lock.
func (e *Exports) use(k Kind, held *kept) {
	now := e.opt.Now()
	if now.Sub(held.used) >= useEvery {
		// If it cannot be noted the next run may drop the file sooner.
		_ = os.Chtimes(filepath.Join(e.opt.Dir, k.name()+noteEnding), now, now)
	}
	held.used = now
}

// drop removes a file. The caller holds the lock.
func (e *Exports) drop(k Kind) bool {
	path := filepath.Join(e.opt.Dir, k.name())
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		e.opt.Log.Warn("cannot remove an exported file", "file", path, "err", err)
		return false
	}
	delete(e.mu.files, k)
	if err := os.Remove(path + noteEnding); err != nil && !errors.Is(err, fs.ErrNotExist) {
		e.opt.Log.Warn("cannot remove the note of an exported file", "file", path, "err", err)
	}
	return true
}

// total returns the bytes of all files, that being made included. The caller holds the lock.
func (e *Exports) total() int64 {
	sum := e.mu.growth
	for _, f := range e.mu.files {
		sum += f.note.Bytes
	}
	return sum
}

// evict drops the file that was not used for longest; of several the one that comes first
// by name. It reports false if none can be dropped. The caller holds the lock.
func (e *Exports) evict() bool {
	tried := map[Kind]bool{}
	for {
		var oldest Kind
		var held *kept
		for k, f := range e.mu.files {
			if tried[k] {
				continue
			}
			if held == nil || f.used.Before(held.used) || f.used.Equal(held.used) && k.name() < oldest.name() {
				oldest, held = k, f
			}
		}
		if held == nil {
			return false
		}
		if e.drop(oldest) {
			return true
		}
		tried[oldest] = true // open, on a system that does not let go of such files
	}
}

// grow makes room for more bytes of the file that is being made.
func (e *Exports) grow(day, bytes int64) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.mu.growth += bytes
	for e.total() > e.opt.MaxBytes {
		if !e.evict() {
			return fmt.Errorf("%w: that of %s alone takes more than the %d MiB that all may take; ask for another format or layout, as Parquet", ErrNoRoom, Date(day), e.opt.MaxBytes>>20)
		}
	}
	for e.opt.Spare != nil && e.opt.Spare() < bytes {
		if !e.evict() {
			return fmt.Errorf("%w: the volume of %s is nearly full; free space there", ErrNoRoom, e.opt.Dir)
		}
	}
	return nil
}
