package export

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"os"
	"path/filepath"

	"github.com/swell-radar/swell/internal/rows"
	"github.com/swell-radar/swell/internal/store"
)

// settle brings the directory to where it has the file, verified.
func (e *Exports) settle(k Kind) error {
	e.mu.Lock()
	held := e.mu.files[k]
	done := held != nil && !held.verified.IsZero()
	e.mu.Unlock()
	path := filepath.Join(e.opt.Dir, k.name())
	if done {
		return nil // by who came before
	}
	if held != nil {
		info, statErr := os.Stat(path)
		ok, err := held.note.vouches(path)
		if ok && err == nil && statErr == nil {
			e.mu.Lock()
			held.verified = info.ModTime()
			e.mu.Unlock()
			return nil
		}
		e.opt.Log.Warn("an exported file was damaged or removed, and is made again", "file", path, "err", errors.Join(err, statErr))
		e.mu.Lock()
		dropped := e.drop(k)
		e.mu.Unlock()
		if !dropped {
			return fmt.Errorf("cannot make %s again: the damaged one cannot be removed", path)
		}
	}
	n, err := e.make(k, path)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.mu.growth = 0
	if err != nil {
		_ = os.Remove(path + partialEnding) // the next start would
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	e.mu.files[k] = &kept{note: n, used: e.opt.Now(), verified: info.ModTime()}
	return nil
}

// make writes a file aside, and puts it in place with its note when it is whole.
func (e *Exports) make(k Kind, path string) (note, error) {
	hours, terms, err := e.opt.Source.DayPoints(k.Day)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return note{}, ErrNotKept
	case err != nil:
		return note{}, fmt.Errorf("cannot read %s: %w", Date(k.Day), err)
	}
	f, err := os.OpenFile(path+partialEnding, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return note{}, err
	}
	defer f.Close() // again, after an error
	out := &growing{exports: e, day: k.Day, file: f, hash: sha256.New()}
	t := &table{kind: k, hours: hours}
	if t.out, err = rows.NewWriter(out, k.Layout.rowType(), rows.Options{Format: k.Format, Raw: k.Raw, Notes: t.notes()}); err != nil {
		return note{}, err
	}
	for d, err := range terms {
		if err == nil {
			err = e.ctx.Err()
		}
		if err == nil {
			err = t.add(&d)
		}
		if err != nil {
			return note{}, fmt.Errorf("cannot export %s: %w", Date(k.Day), err)
		}
	}
	if err := errors.Join(t.out.Close(), f.Close()); err != nil {
		return note{}, fmt.Errorf("cannot export %s: %w", Date(k.Day), err)
	}
	n := note{Bytes: out.bytes, SHA256: hex.EncodeToString(out.hash.Sum(nil)), Rows: t.n, Hours: hours}
	// The note first: without a file it is nothing, and a file that it does not
	// vouch for is none.
	if err := writeNote(e.opt.Dir, k.name(), n); err != nil {
		return note{}, fmt.Errorf("cannot export %s: %w", Date(k.Day), err)
	}
	return n, os.Rename(path+partialEnding, path)
}

// growStep is for how many bytes at a time room is made.
const growStep = 4 << 20

// growing is the file that is being made.
type growing struct {
	exports *Exports
	day     int64
	file    *os.File
	hash    hash.Hash
	bytes   int64
	room    int64 // bytes for which there is room
}

// Write implements [io.Writer].
func (g *growing) Write(b []byte) (int, error) {
	if need := g.bytes + int64(len(b)) - g.room; need > 0 {
		step := max(need, min(growStep, g.exports.opt.MaxBytes/4))
		if err := g.exports.grow(g.day, step); err != nil {
			return 0, err
		}
		g.room += step
	}
	n, err := g.file.Write(b)
	g.hash.Write(b[:n])
	g.bytes += int64(n)
	return n, err
}
