package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/dgraph-io/badger/v4"
)

// OpenUntouched opens the store in dir for reading, whatever state its last writer
// left it in, and changes not a byte of it. It holds what the next [Open] would find
// once it has repaired what it can. Other readers may have it open, a writer not,
// and none can open it until [Store.Close].
//
// The database repairs as it opens. So it is given another directory to open: one
// in the folder for temporary files, in which tables are symbolic links, which it
// opens for reading alone, and in which what it would repair is a copy: the list of
// tables, the logs as far as they are whole, a table with damaged blocks. That takes
// as much space as the logs, less than 50 MiB, and the damaged tables.
//
// Errors: [ErrLocked], [ErrNoStore], [ErrNewerFormat], [ErrForeign], [ErrDamaged].
func OpenUntouched(dir string, opts Options) (*Store, error) {
	s, _, err := openUntouched(dir, opts)
	return s, err
}

// openUntouched also returns what it found on the way, with an error, too.
func openUntouched(dir string, opts Options) (*Store, []Finding, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot open store: %w", err)
	}
	a := &aside{from: dir}
	s, err := a.open(opts)
	if err != nil {
		return nil, a.found.all, errors.Join(fmt.Errorf("cannot open store %s: %w", dir, err), a.close())
	}
	return s, a.found.all, nil
}

// aside is the directory that stands in for a store's own.
type aside struct {
	from   string // the store's
	to     string // empty until it is made
	unlock func() error
	found  findings
}

func (a *aside) open(opts Options) (*Store, error) {
	own := &Store{dir: a.from, readOnly: true, opts: opts.withDefaults()}
	if _, err := own.files(); err != nil {
		return nil, err
	}
	unlock, err := lockDir(a.from, true)
	switch {
	case errors.Is(err, ErrLocked):
		return nil, own.explain(err, true)
	case err != nil:
		return nil, fmt.Errorf("cannot lock it: %w", err)
	}
	a.unlock = unlock
	if a.to, err = os.MkdirTemp("", "swell-store-"); err != nil {
		return nil, err
	}
	if err := a.fill(); err != nil {
		return nil, err
	}
	s := &Store{dir: a.to, readOnly: true, opts: opts.withDefaults(), aside: a}
	s.losses.Store(&[]*loss{})
	if err := s.open(); err != nil {
		return nil, err
	}
	s.dir = a.from
	return s, a.newLosses(*s.losses.Load())
}

// close removes the directory and lets writers open the store again. Closing again
// does nothing.
func (a *aside) close() error {
	var err error
	if a.to != "" {
		err = os.RemoveAll(a.to)
	}
	if a.unlock != nil {
		err = errors.Join(err, a.unlock())
	}
	a.to, a.unlock = "", nil
	return err
}

// fill puts into the directory what the database needs to open.
func (a *aside) fill() error {
	entries, err := os.ReadDir(a.from)
	if err != nil {
		return err
	}
	logs := 0
	for _, e := range entries {
		name := e.Name()
		from, to := filepath.Join(a.from, name), filepath.Join(a.to, name)
		switch ext := filepath.Ext(name); {
		case ext == ".sst":
			err = os.Symlink(from, to)
		case name == badger.ManifestFilename, name == badger.KeyRegistryFileName, name == unflushedName, ext == lossExt:
			err = copyHead(to, from, -1)
		case ext == ".mem":
			logs++
			err = a.log(to, from)
		case ext == ".vlog":
			err = a.header(from) // holds no value: nothing is read from it
		case ext == tempExt:
			a.found.add("unfinished", Finding{Severity: Repairable, Where: name, What: "a file that was being written",
				Means: "it stands beside the one it was to replace, which counts", Out: outNextStart})
		}
		if err != nil {
			return err
		}
	}
	if logs > 0 {
		a.found.add("unclean", Finding{Severity: Repairable, Where: "store", What: "the last process did not close it",
			Means: "it was killed, or lost power; what it had kept is here", Out: outNextStart})
	}
	if err := a.undo(); err != nil {
		return err
	}
	return a.unlisted()
}

// undo takes back what the next start will take back.
func (a *aside) undo() error {
	u, err := findUndo(a.to)
	if err != nil || len(u.tables) == 0 {
		return err
	}
	a.found.add("undone", Finding{Severity: Repairable, Where: badger.ManifestFilename, What: fmt.Sprintf("tables %v are named and are not there", u.tables),
		Means: "they were not finished when the disk failed; what was in them is elsewhere, too", Out: outNextStart})
	return os.WriteFile(filepath.Join(a.to, badger.ManifestFilename), u.manifest, 0o600)
}

// log copies a log as far as it is whole.
func (a *aside) log(to, from string) error {
	name := filepath.Base(from)
	end, torn, err := logEnd(from)
	if err != nil {
		return err
	}
	if end < logHeaderLen {
		a.found.add("empty log", Finding{Severity: Repairable, Where: name, What: "a log without a header",
			Means: "the process ended as it began the file; nothing was in it", Out: outNextStart})
		return nil
	}
	if err := a.header(from); err != nil {
		return err
	}
	if torn {
		a.found.add("torn log", Finding{Severity: Repairable, Where: name, What: fmt.Sprintf("behind byte %d it was not written to its end", end),
			Means: "what a killed process had not yet kept; a run goes on from before it", Out: outNextStart})
	}
	if end == logHeaderLen {
		return nil // the database would delete it
	}
	return copyHead(to, from, end)
}

// header refuses a log that the database would refuse.
func (a *aside) header(path string) error {
	key, err := logKey(path)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	if err == nil && key != 0 {
		return fmt.Errorf("%w: %s: its header is not a log's; %s", ErrDamaged, filepath.Base(path), wayOut)
	}
	return err
}

// unlisted leaves out tables that the database does not list: it would delete them.
func (a *aside) unlisted() error {
	f, err := os.Open(filepath.Join(a.to, badger.ManifestFilename))
	if err != nil {
		return err
	}
	defer f.Close()
	list, _, err := badger.ReplayManifestFile(f, 0, badger.DefaultOptions(""))
	if err != nil {
		return nil // opening says what is the matter
	}
	tables, err := filepath.Glob(filepath.Join(a.to, "*.sst"))
	if err != nil {
		return err
	}
	for _, path := range tables {
		id, err := strconv.ParseUint(strings.TrimSuffix(filepath.Base(path), ".sst"), 10, 63)
		if _, listed := list.Tables[id]; err == nil && listed {
			continue
		}
		a.found.add("unlisted table", Finding{Severity: Repairable, Where: filepath.Base(path), What: "a table that the database does not list",
			Means: "it was written or replaced when the process ended; what it holds is elsewhere, too", Out: outNextStart})
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// newLosses tells what the opening found to be lost.
func (a *aside) newLosses(all []*loss) error {
	for _, l := range all {
		name := filepath.Base((&Store{}).lossPath(l.table))
		before, err := os.ReadFile(filepath.Join(a.from, name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		after, err := os.ReadFile(filepath.Join(a.to, name))
		if err != nil {
			return err
		}
		f := Finding{Severity: Lost, Where: l.table, What: "damaged blocks of " + fmt.Sprint(l.size) + " bytes in all", Means: l.means(), Out: outBackup}
		if slices.Equal(before, after) {
			f.Where, f.What = name, fmt.Sprintf("%d bytes were lost earlier", l.size)
		}
		a.found.add("loss", f)
	}
	return nil
}

// copyHead copies the first n bytes of a file, or all of it if n is negative, and
// leaves the holes in it holes.
func copyHead(to, from string, n int64) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	var r io.Reader = in
	if n >= 0 {
		r = io.LimitReader(in, n)
	}
	buf, zeros := make([]byte, 1<<16), make([]byte, 1<<16)
	size := int64(0)
	for {
		k, err := io.ReadFull(r, buf)
		if k > 0 && !bytes.Equal(buf[:k], zeros[:k]) {
			if _, err := out.WriteAt(buf[:k], size); err != nil {
				return err
			}
		}
		size += int64(k)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return out.Truncate(size)
		case err != nil:
			return err
		}
	}
}
