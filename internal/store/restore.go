package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/swell-radar/swell/internal/fault"
)

// Restorer makes a store from the members of a backup, or checks them alone. It
// marks the store as unfinished and keeps the format record for the end, so that
// what is left when it does not come there is refused. It is for one goroutine.
type Restorer struct {
	check  *checker
	store  *Store // nil: checks alone
	bulk   *bulk  // nil once it is finished
	marked bool   // the mark is among what was put
	format []byte // the format record's body, once it was read
	since  int    // bytes written since the last look at the free space
}

// NewRestorer begins a store in dir, which must not exist or be empty. With an empty
// dir it makes none.
//
// The caller ends it with [Restorer.Finish] or [Restorer.Close].
func NewRestorer(dir string, opts Options) (*Restorer, error) {
	check, err := newChecker()
	if err != nil {
		return nil, fmt.Errorf("cannot begin to restore: %w", err)
	}
	r := &Restorer{check: check}
	if dir == "" {
		return r, nil
	}
	if dir, err = filepath.Abs(dir); err == nil {
		r.store = &Store{dir: dir, opts: opts.withDefaults(), tableSize: bulkTables}
		r.store.losses.Store(&[]*loss{})
		err = r.begin()
	}
	if err != nil {
		check.close()
		return nil, fmt.Errorf("cannot restore store %s: %w", dir, err)
	}
	return r, nil
}

func (r *Restorer) begin() error {
	files, err := os.ReadDir(r.store.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(files) > 0 {
		return fmt.Errorf("%w: it holds files, %q for one; give an empty directory", ErrForeign, files[0].Name())
	}
	if err := r.store.openEmpty(); err != nil {
		return err
	}
	if r.bulk, err = r.store.bulk(); err != nil {
		return errors.Join(err, r.store.release())
	}
	return nil
}

const unfinishedFormat = 1

// Member takes a member of a backup and reports whether it is a store's. Others are
// not read. Every value is verified before it is written.
//
// Errors: [ErrDamaged], [ErrNewerFormat], [ErrForeign], [ErrDiskFull], those of content.
func (r *Restorer) Member(name string, content io.Reader) (known bool, err error) {
	switch {
	case name == entriesMember:
		err = r.entries(content)
	case strings.HasPrefix(name, lossPrefix):
		err = r.loss(strings.TrimPrefix(name, lossPrefix), content)
	default:
		return false, nil
	}
	if err != nil {
		return true, fmt.Errorf("member %s: %w", name, err)
	}
	return true, nil
}

func (r *Restorer) entries(content io.Reader) error {
	if r.format != nil {
		return fmt.Errorf("%w: it comes twice", ErrDamaged)
	}
	entries := newEntryReader(content)
	for {
		err := entries.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, known := tables[entries.key[0]]; known && !r.check.otherFamily(entries.key) {
			if err := wantKeyLen(entries.key); err != nil {
				return err
			}
		}
		if err := r.check.entry(entries.key, entries.value); err != nil {
			return err
		}
		if err := r.put(entries.key, entries.value); err != nil {
			return err
		}
	}
}

// roomEvery is how many bytes are written between two looks at the free space.
const roomEvery = 8 << 20

func (r *Restorer) put(key, value []byte) error {
	switch order := bytes.Compare(key, unfinishedKey()); {
	case bytes.Equal(key, formatKey()):
		r.format = bytes.Clone(value[:len(value)-sealLen])
		return nil
	case order == 0:
		return damaged(key, "no store that is whole has it")
	case r.store == nil:
		return nil
	case order > 0 && !r.marked:
		if err := r.mark(); err != nil {
			return err
		}
	}
	if r.since -= len(value); r.since <= 0 {
		r.since = roomEvery
		if err := r.store.room(); err != nil {
			return err
		}
	}
	return r.bulk.put(key, value)
}

func (r *Restorer) mark() error {
	r.marked = true
	return r.bulk.put(unfinishedKey(), seal(unfinishedKey(), []byte{unfinishedFormat}))
}

var lossName = regexp.MustCompile(`^[0-9]{1,20}\` + lossExt + `$`)

// maxLoss is the most bytes that are read of what tells a loss.
const maxLoss = 1 << 20

func (r *Restorer) loss(name string, content io.Reader) error {
	if !lossName.MatchString(name) {
		return fmt.Errorf("%w: no loss is told in a file of that name", ErrDamaged)
	}
	value, err := io.ReadAll(io.LimitReader(content, maxLoss+1))
	if err != nil {
		return err
	}
	if len(value) > maxLoss {
		return fmt.Errorf("%w: it has more than %d bytes", ErrDamaged, maxLoss)
	}
	body, why := unsealed([]byte(name), value)
	if why != "" {
		return fmt.Errorf("%w: %s", ErrDamaged, why)
	}
	l, err := decodeLoss(body)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	r.check.add("loss", Finding{Severity: Lost, Where: name, What: fmt.Sprintf("%d bytes were lost before the backup was made", l.size), Means: l.means(), Out: outBackup})
	if r.store == nil {
		return nil
	}
	return replaceFile(filepath.Join(r.store.dir, name), value)
}

// Finish ends the store, once the backup it comes from was found to be whole, and
// says what it holds. What it returns is on the disk.
func (r *Restorer) Finish() (Report, error) {
	report, err := r.finish()
	if err = errors.Join(err, r.Close()); err != nil {
		return Report{}, fmt.Errorf("cannot restore store: %w", err)
	}
	return report, nil
}

func (r *Restorer) finish() (Report, error) {
	if r.format == nil {
		return Report{}, fmt.Errorf("%w: the backup holds no store", ErrDamaged)
	}
	if r.store != nil {
		if err := r.settle(); err != nil {
			return Report{}, err
		}
	}
	r.check.finish()
	return Report{Contents: r.check.contents, Findings: r.check.all}, nil
}

// settle makes what was put a store.
func (r *Restorer) settle() error {
	if !r.marked {
		if err := r.mark(); err != nil {
			return err
		}
	}
	bulk := r.bulk
	r.bulk = nil
	if err := bulk.finish(); err != nil {
		return err
	}
	if err := r.store.sync(); err != nil {
		return err
	}
	fault.Point("restore.store")
	b := r.store.batch()
	defer b.cancel()
	if err := errors.Join(b.delete(unfinishedKey()), b.set(formatKey(), r.format)); err != nil {
		return err
	}
	if err := b.commit(); err != nil {
		return err
	}
	return r.store.sync()
}

// Close gives the store up, unless it is finished. Closing again does nothing.
func (r *Restorer) Close() error {
	if r.check == nil {
		return nil
	}
	r.check.close()
	r.check = nil
	if r.store == nil {
		return nil
	}
	var err error
	if r.bulk != nil {
		err = r.bulk.cancel()
	}
	return errors.Join(err, r.store.release())
}
