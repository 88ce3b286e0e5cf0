package export

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/swell-radar/swell/internal/store"
)

// Source is what was counted: a [store.Store]. Any goroutine may call it.
type Source interface {
	// DayPoints yields what was counted in a closed day, or [store.ErrNotFound].
	DayPoints(day int64) (hours uint32, terms iter.Seq2[store.TermDay, error], err error)
	// ClosedDays returns the days that are closed and kept, since 1970, rising.
	ClosedDays() ([]int64, error)
}

// Options are the settings of [Exports]. Dir, Source and Now are required.
type Options struct {
	Dir    string // made if there is none
	Source Source
	Now    func() time.Time // tells which files were used last, in the next run too

	// MaxBytes is the size of all files together. Default: 2 GiB.
	MaxBytes int64
	// Spare tells how many more bytes the volume may be given. Nil: any number.
	Spare func() int64
	// Log is told of files that had to be made again. Nil: nothing is told.
	Log *slog.Logger
}

const (
	defaultMaxBytes = 2 << 30
	// maxWaiting is how many files may wait to be made.
	maxWaiting = 16
)

// Exports are the files of closed days. Make them with [Open].
type Exports struct {
	opt    Options
	ctx    context.Context // ends when they are closed
	cancel context.CancelFunc
	making chan struct{} // held by who makes a file
	wait   sync.WaitGroup

	mu struct {
		sync.Mutex
		closed bool
		files  map[Kind]*kept
		works  map[Kind]*work
		growth int64 // bytes of the file that is being made
	}
}

// kept is a file of the directory.
type kept struct {
	note note
	used time.Time
	// verified is the time that the file had when the note was seen to vouch for it; zero: that
	// was not looked at yet.
	verified time.Time
}

// work is a file that is being verified or made.
type work struct {
	done chan struct{}
	err  error // when done is closed
}

// Open takes over the directory and drops what a run that was killed left half done.
func Open(o Options) (*Exports, error) {
	if o.Dir == "" || o.Source == nil || o.Now == nil {
		return nil, fmt.Errorf("%w: Dir, Source and Now are required", ErrOptions)
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the directory of exports: %w", err)
	}
	e := &Exports{opt: o, making: make(chan struct{}, 1)}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	e.mu.files, e.mu.works = map[Kind]*kept{}, map[Kind]*work{}
	if err := e.takeOver(); err != nil {
		return nil, fmt.Errorf("cannot read the directory of exports: %w", err)
	}
	return e, nil
}

// Close ends what is being made and waits for that. Files that are open can still be read.
func (e *Exports) Close() {
	e.mu.Lock()
	e.mu.closed = true
	e.mu.Unlock()
	e.cancel()
	e.wait.Wait()
}

// File is an open file.
type File struct {
	*os.File
	Kind  Kind
	Bytes int64
	Rows  int64
	Hours uint32 // that were counted, by bit
	Hash  string // SHA-256 of the content, in hexadecimal
}

// Start returns when the day began.
func (f *File) Start() time.Time { return time.Unix(f.Kind.Day*daySeconds, 0).UTC() }

// End returns when the day ended: nothing of it has changed since.
func (f *File) End() time.Time { return f.Start().AddDate(0, 0, 1) }

// Get returns the file of that kind, made if there is none. The caller closes it. If ctx ends
// first it returns its error, and the file is made all the same. Errors: [ErrNotKept],
// [ErrNoRoom], [ErrBusy], [ErrClosed], those of the source and of the disk.
func (e *Exports) Get(ctx context.Context, k Kind) (*File, error) {
	days, err := e.days()
	if err != nil {
		return nil, err
	}
	if _, ok := slices.BinarySearch(days, k.Day); !ok {
		return nil, ErrNotKept
	}
	// A file may be dropped for another one between being made and being opened.
	const tries = 3
	for range tries {
		if f, err := e.open(k); f != nil || err != nil {
			return f, err
		}
		if err := e.ensure(ctx, k); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w: other files took the place of that of %s as soon as it was made; ask again, or raise the bound", ErrNoRoom, Date(k.Day))
}

// Made is a file that is there already.
type Made struct {
	Kind  Kind
	Bytes int64
}

// Day is a day of which there are exports.
type Day struct {
	Day   int64  // since 1970, UTC
	Files []Made // those that were made already
}

// Days returns the days of which files may be had, rising.
func (e *Exports) Days() ([]Day, error) {
	days, err := e.days()
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]Day, len(days))
	for i, day := range days {
		out[i].Day = day
		for _, k := range kinds(day) {
			if f := e.mu.files[k]; f != nil {
				out[i].Files = append(out[i].Files, Made{Kind: k, Bytes: f.note.Bytes})
			}
		}
	}
	return out, nil
}

// days returns the closed days, and drops the files of all others.
func (e *Exports) days() ([]int64, error) {
	days, err := e.opt.Source.ClosedDays()
	if err != nil {
		return nil, fmt.Errorf("cannot tell which days are kept: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for k := range e.mu.files {
		if _, ok := slices.BinarySearch(days, k.Day); !ok {
			e.drop(k)
		}
	}
	return days, nil
}

// open opens a file that is known to be whole; nil: it has to be verified or made.
func (e *Exports) open(k Kind) (*File, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.mu.closed {
		return nil, ErrClosed
	}
	held := e.mu.files[k]
	if held == nil || held.verified.IsZero() {
		return nil, nil
	}
	f, err := os.Open(filepath.Join(e.opt.Dir, k.name()))
	if err != nil {
		held.verified = time.Time{}
		return nil, nil
	}
	info, err := f.Stat()
	if err != nil || info.Size() != held.note.Bytes || !info.ModTime().Equal(held.verified) {
		held.verified = time.Time{}
		return nil, f.Close()
	}
	e.use(k, held)
	return &File{File: f, Kind: k, Bytes: held.note.Bytes, Rows: held.note.Rows, Hours: held.note.Hours, Hash: held.note.SHA256}, nil
}

// ensure waits until the file is verified or made.
func (e *Exports) ensure(ctx context.Context, k Kind) error {
	e.mu.Lock()
	w := e.mu.works[k]
	switch {
	case e.mu.closed:
		e.mu.Unlock()
		return ErrClosed
	case w == nil && len(e.mu.works) >= maxWaiting:
		e.mu.Unlock()
		return ErrBusy
	case w == nil:
		w = &work{done: make(chan struct{})}
		e.mu.works[k] = w
		e.wait.Add(1)
		go e.do(k, w)
	}
	e.mu.Unlock()
	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// do verifies or makes a file, one at a time.
func (e *Exports) do(k Kind, w *work) {
	defer e.wait.Done()
	select {
	case e.making <- struct{}{}:
		w.err = e.settle(k)
		<-e.making
	case <-e.ctx.Done():
		w.err = ErrClosed
	}
	if w.err != nil && e.ctx.Err() != nil && !errors.Is(w.err, ErrNotKept) {
		w.err = ErrClosed
	}
	e.mu.Lock()
	delete(e.mu.works, k)
	e.mu.Unlock()
	close(w.done)
}
