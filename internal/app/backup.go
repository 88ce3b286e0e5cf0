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
	"time"

	"github.com/swell-radar/swell/internal/backup"
	"github.com/swell-radar/swell/internal/store"
)

// BackupOptions say what to back up and where to. All are required.
type BackupOptions struct {
	Data    string // data directory
	File    string // "-" is Stdout
	Version string
	Now     func() time.Time
	Log     *slog.Logger
	Stdout  io.Writer
}

// BackupSummary says what was backed up.
type BackupSummary struct {
	Kept
	Size   uint64 // bytes of the backup
	Online bool   // the process that has the directory open made it
}

// Backup writes a backup of a data directory, which does not change by it. A process
// that serves it makes the backup, at one moment of its run; otherwise it is read
// as it lies there, however its last process ended. What was written is verified as
// it passes. A file is put in place when it is whole and on the disk; until then one
// of the same name stays.
func Backup(ctx context.Context, o BackupOptions) (BackupSummary, error) {
	if o.File == stdoutName {
		return o.write(ctx, o.Stdout)
	}
	var sum BackupSummary
	err := writeWhole(o.File, func(w io.Writer) (err error) {
		sum, err = o.write(ctx, w)
		return err
	})
	if err != nil {
		return BackupSummary{}, err
	}
	return sum, nil
}

// stdoutName is standard output or input in place of a file.
const stdoutName = "-"

// write makes the backup and checks it on its way to w.
func (o *BackupOptions) write(ctx context.Context, w io.Writer) (BackupSummary, error) {
	sum := BackupSummary{}
	source, err := o.source(&sum)
	if err != nil {
		return sum, err
	}
	pr, pw := io.Pipe()
	checked := startCheck(pr)
	counted := &counter{w: io.MultiWriter(w, pw)}
	err = source(ctx, counted)
	pw.CloseWithError(err)
	kept, cerr := checked()
	switch {
	case ctx.Err() != nil:
		return sum, ErrInterrupted
	case err != nil:
		return sum, fmt.Errorf("cannot back up the data directory %s: %w", o.Data, err)
	case cerr != nil:
		return sum, fmt.Errorf("the backup of the data directory %s is not whole: %w", o.Data, cerr)
	}
	sum.Kept, sum.Size = kept, counted.n
	return sum, nil
}

// source returns what makes the backup: the process that has the directory open, or
// this one.
func (o *BackupOptions) source(sum *BackupSummary) (func(context.Context, io.Writer) error, error) {
	if _, err := os.Stat(filepath.Join(o.Data, storeName)); errors.Is(err, fs.ErrNotExist) {
		return nil, noData(o.Data)
	}
	st, err := store.OpenUntouched(filepath.Join(o.Data, storeName), store.Options{Logger: o.Log})
	switch {
	case errors.Is(err, store.ErrLocked):
		sum.Online = true
		c, cerr := readControl(o.Data)
		if errors.Is(cerr, fs.ErrNotExist) {
			return nil, fmt.Errorf("cannot back up the data directory %s: %w, and it serves nothing; run it with --serve, or stop it first", o.Data, err)
		}
		return c.fetch, cerr
	case errors.Is(err, store.ErrNoStore):
		return nil, noData(o.Data)
	case err != nil:
		return nil, fmt.Errorf("cannot back up the data directory %s: %w", o.Data, err)
	}
	return func(ctx context.Context, w io.Writer) error {
		d := &dataDir{path: o.Data, store: st, read: true}
		return errors.Join(d.backup(ctx, w, o.Version, o.Now()), st.Close())
	}, nil
}

// Names of the members of a backup that are not the store's.
const (
	aboutMember = "about"
	deadMember  = deadLetterName
)

// aboutBackup is the first member of a backup.
type aboutBackup struct {
	Swell   string `json:"swell"`   // version that made it
	Created string `json:"created"` // RFC 3339
}

// backup writes the data directory as it is now. A writer of the store waits for a
// moment; from then on it goes on.
func (d *dataDir) backup(ctx context.Context, to io.Writer, version string, now time.Time) error {
	w, err := backup.NewWriter(to)
	if err != nil {
		return err
	}
	if err := d.members(ctx, w, version, now); err != nil {
		// If the reason cannot be written, the backup has no end, which tells enough.
		_ = w.GiveUp(err.Error())
		return err
	}
	return w.Close()
}

func (d *dataDir) members(ctx context.Context, w *backup.Writer, version string, now time.Time) error {
	about, err := json.Marshal(aboutBackup{Swell: version, Created: now.UTC().Format(time.RFC3339)})
	if err != nil {
		return fmt.Errorf("cannot encode what the backup is about: %w", err)
	}
	if err := member(w, aboutMember, about); err != nil {
		return err
	}
	// The journal comes after the store: it has to reach as far as a snapshot does.
	// What the older snapshot has not counted must still be there then.
	d.backingUp.Lock()
	defer d.backingUp.Unlock()
	if err := d.store.Backup(ctx, w); err != nil {
		return err
	}
	if err := d.deadLetters(w); err != nil {
		return err
	}
	return d.saveJournal(ctx, w)
}

func member(w *backup.Writer, name string, content []byte) error {
	to, err := w.Member(name)
	if err != nil {
		return err
	}
	_, err = to.Write(content)
	return err
}

// deadLetters takes the file of bad lines along, after the store: it must not be
// shorter than a snapshot says.
func (d *dataDir) deadLetters(w *backup.Writer) error {
	f, err := os.Open(filepath.Join(d.path, deadLetterName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	to, err := w.Member(deadMember)
	if err != nil {
		return err
	}
	// It may grow meanwhile.
	if _, err := io.Copy(to, io.LimitReader(f, info.Size())); err != nil {
		return fmt.Errorf("cannot back up %s: %w", deadLetterName, err)
	}
	return nil
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n uint64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += uint64(n)
	return n, err
}

// writeWhole puts a new file at path, for its owner alone, once it is whole and on
// the disk, or leaves what is there.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	part := fmt.Sprintf("%s.%d.part", path, os.Getpid())
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(part))
		}
	}()
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
