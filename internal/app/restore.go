package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/swell-radar/swell/internal/backup"
	"github.com/swell-radar/swell/internal/fault"
	"github.com/swell-radar/swell/internal/store"
)

// RestoreOptions say what to restore and where to. File and Log are required, and
// Data unless Check is set.
type RestoreOptions struct {
	File  string // "-" is Stdin
	Data  string // data directory to make
	Check bool   // verify the backup, and write nothing
	Log   *slog.Logger
	Stdin io.Reader
}

// Kept is what a backup holds, or a data directory.
type Kept struct {
	Swell       string `json:"swell,omitempty"`   // version that made the backup
	Created     string `json:"created,omitempty"` // when, RFC 3339
	DeadLetters int64  `json:"dead_letters"`      // bytes of lines that could not be read
	Entries     uint64 `json:"journal_entries"`   // of the journal
	store.Report
}

// partialExt ends the name of a directory that is being restored, and restoringName
// is a file in it that tells it from others of that name.
const (
	partialExt    = ".partial"
	restoringName = "restoring"
)

// Restore makes a data directory from a backup. A file is verified to be what was
// written, as a whole, before anything else is; what is in it is verified as it is
// read, from standard input that alone. The directory is made beside its place, under a name that
// ends in .partial, and renamed once it is whole and on the disk. So it can be neither
// where a volume is mounted, nor the working directory.
func Restore(ctx context.Context, o RestoreOptions) (Kept, error) {
	if o.Check {
		return o.read(ctx, "")
	}
	path, err := filepath.Abs(o.Data)
	if err != nil {
		return Kept{}, fmt.Errorf("cannot restore to %s: %w", o.Data, err)
	}
	o.Data = path
	if err := vacant(o.Data); err != nil {
		return Kept{}, err
	}
	if err := replaceable(o.Data); err != nil {
		return Kept{}, err
	}
	if err := o.verify(ctx); err != nil {
		return Kept{}, err
	}
	part := o.Data + partialExt
	if err := makePartial(part); err != nil {
		return Kept{}, err
	}
	kept, err := o.into(ctx, part)
	if err != nil {
		return Kept{}, errors.Join(err, os.RemoveAll(part))
	}
	return kept, nil
}

func (o *RestoreOptions) into(ctx context.Context, part string) (kept Kept, err error) {
	if kept, err = o.read(ctx, part); err != nil {
		return Kept{}, err
	}
	if err := syncTree(part); err != nil {
		return Kept{}, err
	}
	fault.Point("restore.rename")
	// An empty directory would be in the way.
	if err := os.Remove(o.Data); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Kept{}, fmt.Errorf("cannot put what was restored in the place of %s: %w; name a directory that does not exist", o.Data, err)
	}
	if err := os.Rename(part, o.Data); err != nil {
		return Kept{}, err
	}
	if err := syncDir(filepath.Dir(o.Data)); err != nil {
		return Kept{}, err
	}
	return kept, forgetRestore(o.Data)
}

// verify reads a file from its beginning to its trailer.
func (o *RestoreOptions) verify(ctx context.Context) error {
	if o.File == stdoutName {
		return nil
	}
	return o.open(ctx, func(from io.Reader) error {
		r, err := backup.NewReader(from)
		for err == nil {
			_, _, err = r.Next()
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return err
	})
}

// read reads the backup into dir, or only reads it if that is empty.
func (o *RestoreOptions) read(ctx context.Context, dir string) (kept Kept, err error) {
	err = o.open(ctx, func(from io.Reader) error {
		kept, err = readBackup(ctx, from, dir, o.Log)
		return err
	})
	return kept, err
}

func (o *RestoreOptions) open(ctx context.Context, read func(io.Reader) error) error {
	if o.File == stdoutName {
		return read(stopping{ctx, o.Stdin})
	}
	f, err := os.Open(o.File)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := read(stopping{ctx, f}); err != nil {
		return fmt.Errorf("cannot use the backup %s: %w", o.File, err)
	}
	return nil
}

// vacant fails unless nothing is at path, or an empty directory.
func vacant(path string) error {
	files, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("cannot restore to %s: %w", path, err)
	case len(files) > 0:
		return fmt.Errorf("cannot restore to %s: it holds files, %q for one; name a directory that does not exist, or move this one away", path, files[0].Name())
	}
	return nil
}

// replaceable fails if the directory at path, if there is one, cannot be replaced by
// another: by a rename, which stays within a volume, and under nobody's feet.
func replaceable(path string) error {
	dir, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot restore to %s: %w", path, err)
	}
	if here, err := os.Stat("."); err == nil && os.SameFile(dir, here) {
		return fmt.Errorf("cannot restore to %s: it is the working directory, which would be replaced; go to another one, or name a directory within it", path)
	}
	parent, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("cannot restore to %s: %w", path, err)
	}
	if !sameVolume(dir, parent) {
		return fmt.Errorf("cannot restore to %s: a volume is mounted there; name a directory within it that does not exist", path)
	}
	return nil
}

// makePartial makes the directory to restore to, in place of one that an earlier run
// left.
func makePartial(path string) error {
	_, err := os.Stat(path)
	if err == nil {
		if _, err := os.Stat(filepath.Join(path, restoringName)); err != nil {
			return fmt.Errorf("cannot restore by way of %s: it is there, and no restore left it; move it away", path)
		}
		err = os.RemoveAll(path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(path, restoringName), nil, 0o600)
}

// forgetRestore removes what marks a directory as one that is being restored. A crash
// before that leaves the mark in a whole directory, where it means nothing.
func forgetRestore(dir string) error {
	err := os.Remove(filepath.Join(dir, restoringName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// startCheck verifies a backup that is read from r, on a goroutine of its own, to
// its end. What it returns waits for that.
func startCheck(r *io.PipeReader) func() (Kept, error) {
	type result struct {
		kept Kept
		err  error
	}
	done := make(chan result, 1)
	go func() {
		kept, err := readBackup(context.Background(), r, "", slog.New(slog.DiscardHandler))
		// The writer is not to wait for a reader that has seen enough.
		_, derr := io.Copy(io.Discard, r)
		if err == nil {
			err = derr
		}
		done <- result{kept, err}
	}()
	return func() (Kept, error) {
		r := <-done
		return r.kept, r.err
	}
}

// readBackup verifies a backup and, if dir is not empty, makes a data directory of it
// there.
func readBackup(ctx context.Context, from io.Reader, dir string, log *slog.Logger) (kept Kept, err error) {
	r, err := backup.NewReader(from)
	if err != nil {
		return Kept{}, err
	}
	storeDir := ""
	if dir != "" {
		storeDir = filepath.Join(dir, storeName)
	}
	st, err := store.NewRestorer(storeDir, store.Options{Logger: log})
	if err != nil {
		return Kept{}, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	met := map[string]bool{}
	for {
		name, content, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && met[name] {
			err = fmt.Errorf("%w at byte %d: member %q comes twice", backup.ErrDamaged, r.Offset(), name)
		}
		if err == nil {
			met[name] = true
			err = readMember(ctx, &kept, log, st, name, content, dir)
		}
		if err != nil {
			return Kept{}, err
		}
	}
	kept.Report, err = st.Finish()
	return kept, err
}

func readMember(ctx context.Context, kept *Kept, log *slog.Logger, st *store.Restorer, name string, content io.Reader, dir string) error {
	switch name {
	case aboutMember:
		var about aboutBackup
		enc, err := io.ReadAll(io.LimitReader(content, 64<<10))
		if err != nil {
			return err
		}
		if err := json.Unmarshal(enc, &about); err != nil {
			return fmt.Errorf("%w: member %q: %w", backup.ErrDamaged, name, err)
		}
		kept.Swell, kept.Created = about.Swell, about.Created
		return nil
	case journalMember:
		n, err := readJournal(ctx, content, dir, log)
		kept.Entries = n
		return err
	case deadMember:
		n, err := readFile(content, dir, deadLetterName)
		kept.DeadLetters = n
		return err
	}
	known, err := st.Member(name, content)
	if err == nil && !known {
		err = fmt.Errorf("%w: it has a member %q; use the version of swell that wrote it", backup.ErrNewer, name)
	}
	return err
}

// readFile writes a file of the data directory, unless dir is empty.
func readFile(content io.Reader, dir, name string) (int64, error) {
	if dir == "" {
		return io.Copy(io.Discard, content)
	}
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(f, content)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return n, err
}

// stopping reads until ctx ends.
type stopping struct {
	ctx context.Context
	r   io.Reader
}

func (s stopping) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, ErrInterrupted
	}
	return s.r.Read(p)
}
