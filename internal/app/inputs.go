package app

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/swell-radar/swell/scrapers/push"
)

// inputs are the files of a replay and where an earlier run left them.
type inputs struct {
	data     string // data directory, for messages
	log      *slog.Logger
	old      []push.Cursor // places that nobody has claimed yet
	finished []push.Cursor // of files that this run does not name
}

// open opens the named files. A file that an earlier run has read is gone on with
// where that was left, under whatever name and in whatever order it is given now;
// others are read from their beginning. What an earlier run left in the middle
// must be named again: its records would be missing for ever.
func (in *inputs) open(files []string, opt push.Options) ([]*push.Reader, error) {
	var readers []*push.Reader
	fail := func(err error) ([]*push.Reader, error) {
		for _, r := range readers {
			r.Close()
		}
		return nil, err
	}
	for _, path := range files {
		r, err := in.one(path, opt)
		if err != nil {
			return fail(err)
		}
		readers = append(readers, r)
	}
	for _, c := range in.old {
		switch {
		case c.Ended && c.Fingerprint.Bytes > 0:
			in.finished = append(in.finished, c)
		case c.Ended: // an empty file or a stream: there is nothing to recognise
		case c.Path == push.Stdin || c.Fingerprint.Bytes == 0:
			return fail(fmt.Errorf("%w: the data directory %s is in the middle of a stream (%s), which cannot be gone on with; read it into another --data", ErrInput, in.data, c.Path))
		case slices.Contains(files, c.Path):
			return fail(fmt.Errorf("%w: %s is not the file any more that the data directory %s is in the middle of (line %d); bring that back, or name another --data", ErrInput, c.Path, in.data, c.Line))
		default:
			return fail(fmt.Errorf("%w: the data directory %s is in the middle of %s (line %d); name that file too, or another --data", ErrInput, in.data, c.Path, c.Line))
		}
	}
	return readers, nil
}

// one opens a file. Files are recognised by their beginnings; of several that
// begin alike the name decides, and then how much of the beginning is known.
func (in *inputs) one(path string, opt push.Options) (*push.Reader, error) {
	if info, err := os.Stat(path); path == push.Stdin || err != nil || !info.Mode().IsRegular() {
		return push.Open(path, opt) // a stream, or an error
	}
	head, err := push.ReadHead(path)
	if err != nil {
		return nil, err
	}
	var alike []int
	for n, c := range in.old {
		if c.Fingerprint.Bytes > 0 && c.Fingerprint.Matches(head) {
			alike = append(alike, n)
		}
	}
	slices.SortStableFunc(alike, func(a, b int) int {
		x, y := &in.old[a], &in.old[b]
		if (x.Path == path) != (y.Path == path) {
			if x.Path == path {
				return -1
			}
			return 1
		}
		return cmp.Compare(y.Fingerprint.Bytes, x.Fingerprint.Bytes)
	})
	for _, n := range alike {
		c := in.old[n]
		// The file has been cut back already, to its size at the snapshot; a cursor
		// of a file that was finished long ago knows an older one.
		c.DeadLetter = opt.DeadLetter.Size()
		opt.Resume = &c
		r, err := push.Open(path, opt)
		if err == nil {
			if c.Path != path {
				in.log.Info("a file is known under another name", "file", path, "was", c.Path, "line", c.Line)
			}
			in.old = slices.Delete(in.old, n, n+1)
			return r, nil
		}
		if !errors.Is(err, push.ErrOtherFile) {
			return nil, err
		}
		if c.Path == path && !c.Ended {
			return nil, err // says better than anything later what has become of it
		}
	}
	opt.Resume = nil
	return push.Open(path, opt)
}

// separate refuses an output that would overwrite an input.
func separate(output string, files []string) error {
	out, err := os.Stat(output)
	if err != nil || !out.Mode().IsRegular() {
		return nil // there is nothing to overwrite
	}
	for _, path := range files {
		if in, err := os.Stat(path); err == nil && os.SameFile(out, in) {
			return fmt.Errorf("%w: the detections would overwrite the input %s; name another file", ErrInput, path)
		}
	}
	return nil
}

// bound writes a bound of the records that count as it stands in a snapshot.
func bound(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
