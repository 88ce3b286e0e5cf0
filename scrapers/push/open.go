package push

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
)

// Stdin is the path that stands for standard input.
const Stdin = "-"

// DefaultMaxLine is the longest line accepted by default, in bytes: four times
// the longest text a record may have.
const DefaultMaxLine = 1 << 20

// Options say how an input is read. The zero value is a good start.
type Options struct {
	// Resume is the cursor to go on from; nil is the beginning. Opening cuts
	// the dead-letter file back to where it was at that cursor.
	Resume *Cursor
	// MaxLine is the longest line accepted, in bytes; 0 is [DefaultMaxLine].
	// Longer lines are passed over without being held in memory.
	MaxLine int
	// MaxDecoded ends reading with [ErrTooLarge] after so many decoded bytes;
	// 0 is no limit, which costs time but not memory.
	MaxDecoded int64
	// DeadLetter keeps bad lines; nil keeps none. Readers may share one if the
	// cursors they are resumed from were all taken at the same moment, by
	// [Reader.Cursor] or [Merged.Cursors].
	DeadLetter *DeadLetter
	// OnBad, if not nil, is called for each bad line on the goroutine that
	// calls Next. Whoever prints lines should limit their rate.
	OnBad func(BadLine)
	// Stop, when closed, makes a Next that waits for input return [ErrStopped].
	// Nil: it waits for as long as it takes.
	Stop <-chan struct{}
	// Workers is how many goroutines decode; 0 is one less than the processors,
	// at least 1 and at most 4. It does not change what is delivered.
	Workers int

	readSize int // room offered to one read; tests make it small
}

func (o Options) withDefaults() Options {
	if o.MaxLine <= 0 {
		o.MaxLine = DefaultMaxLine
	}
	if o.Workers <= 0 {
		o.Workers = min(max(runtime.GOMAXPROCS(0)-1, 1), 4)
	}
	if o.readSize <= 0 {
		o.readSize = defaultReadSize
	}
	return o
}

// Open opens a file of records, plain or compressed, for reading; the path "-"
// is standard input. Named pipes and other things that are no regular files are
// read as streams, which cannot be resumed.
//
// The error says what cannot be read and why; [ErrFormat], [ErrOtherFile] and
// [ErrNoResume] are wrapped where they apply. An empty file is no error: it has
// no records.
func Open(path string, opts Options) (*Reader, error) {
	if path == Stdin {
		return NewReader(Stdin, os.Stdin, opts)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, cannotReplay(path, err)
	}
	r, err := openFile(path, f, opts)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

// NewReader reads records from a stream under the given name. The stream is not
// closed. A cursor in opts is refused with [ErrNoResume].
func NewReader(name string, stream io.Reader, opts Options) (*Reader, error) {
	if opts.Resume != nil {
		shown := name
		if name == Stdin {
			shown = "standard input"
		}
		return nil, faultf(ErrNoResume, "cannot resume %s: what was read from a stream is gone; write it to a file and replay that, or start with an empty data directory", shown)
	}
	r := &Reader{name: name, opts: opts.withDefaults(), stream: true, at: Cursor{Path: name}}
	r.start(input{raw: stream})
	return r, nil
}

func openFile(path string, f *os.File, opts Options) (*Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, cannotReplay(path, err)
	}
	if info.IsDir() {
		return nil, faultf(ErrFormat, "cannot replay %s: it is a directory; name a file, or - for standard input", path)
	}
	if !info.Mode().IsRegular() {
		r, err := NewReader(path, f, opts)
		if err == nil {
			r.release = f.Close
		}
		return r, err
	}

	head := make([]byte, min(info.Size(), fingerprintBytes))
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, cannotReplay(path, err)
	}
	head = head[:n]
	format, err := sniff(head)
	if err != nil {
		return nil, cannotReplay(path, err)
	}
	r := &Reader{
		name:    path,
		opts:    opts.withDefaults(),
		total:   info.Size(),
		release: f.Close,
		at:      Cursor{Path: path, Fingerprint: fingerprintOf(head)},
	}
	in := input{raw: f, sniffed: true, format: format}
	if opts.Resume != nil {
		if err := r.resume(f, head, &in); err != nil {
			return nil, err
		}
	}
	r.start(in)
	return r, nil
}

// resume moves the reader and its input to the cursor in the options.
func (r *Reader) resume(f *os.File, head []byte, in *input) error {
	c := *r.opts.Resume
	if c != (Cursor{}) {
		switch {
		case c.Path == Stdin || c.Fingerprint == (Fingerprint{}):
			return faultf(ErrNoResume, "cannot resume %s: the data directory was fed from a stream, %q", r.name, c.Path)
		case !c.Fingerprint.Matches(head):
			return faultf(ErrOtherFile, "cannot resume %s: its beginning differs, so it is not the file the data directory was fed from (%q); name that file, or start with an empty data directory", r.name, c.Path)
		case in.format == plain && c.Offset > r.total:
			return faultf(ErrOtherFile, "cannot resume %s: it has %d bytes and reading should go on at byte %d; it was cut since, so start with an empty data directory", r.name, r.total, c.Offset)
		}
	}
	if in.format == plain {
		if c.Offset > 0 && c.Offset < r.total {
			// A cursor stands between two lines, so another file that begins alike
			// is likely to be found out here.
			var before [1]byte
			if _, err := f.ReadAt(before[:], c.Offset-1); err != nil {
				return cannotReplay(r.name, err)
			}
			if before[0] != '\n' {
				return faultf(ErrOtherFile, "cannot resume %s: no line begins at byte %d, where reading should go on, so it is not the file the data directory was fed from (%q)", r.name, c.Offset, c.Path)
			}
		}
		if _, err := f.Seek(c.Offset, io.SeekStart); err != nil {
			return cannotReplay(r.name, err)
		}
		r.counters.rawRead.Store(c.Offset)
		r.counters.decoded.Store(c.Offset)
	} else {
		in.skip = c.Offset
	}
	fingerprint := r.at.Fingerprint
	r.at, r.resumed = c, true
	r.at.Path, r.at.Fingerprint = r.name, fingerprint
	return r.opts.DeadLetter.Truncate(c.DeadLetter)
}

func (r *Reader) start(in input) {
	in.name, in.at, in.opts = r.name, r.at, r.opts
	r.pipe = startPipeline(in, &r.counters)
}

func cannotReplay(path string, err error) error {
	return fmt.Errorf("cannot replay %s: %w", path, bareError(err))
}
