package app

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/swell-radar/swell/scrapers/push"
)

// inputs are the files of a replay and where an earlier run left them.
type inputs struct {
	data     string        // data directory, for messages
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
	for i, path := range files {
		r, err := in.one(i, path, opt)
		if err != nil {
			return fail(err)
		}
		readers = append(readers, r)
	}
	for _, c := range in.old {
		switch {
		case c.Ended:
			in.finished = append(in.finished, c)
		case c.Path == push.Stdin || c.Fingerprint.Bytes == 0:
			return fail(fmt.Errorf("%w: the data directory %s is in the middle of a stream (%s), which cannot be gone on with; read it into another --data", ErrInput, in.data, c.Path))
		default:
			return fail(fmt.Errorf("%w: the data directory %s is in the middle of %s (line %d); name that file too, or another --data", ErrInput, in.data, c.Path, c.Line))
		}
	}
	return readers, nil
}

// one opens the i-th file. Files are recognised by their beginnings; of several
// that begin alike, the place in the list decides.
func (in *inputs) one(i int, path string, opt push.Options) (*push.Reader, error) {
	if info, err := os.Stat(path); path == push.Stdin || err != nil || !info.Mode().IsRegular() {
		return push.Open(path, opt) // a stream, or an error
	}
	order := make([]int, len(in.old))
	for n := range order {
		order[n] = n
	}
	slices.SortStableFunc(order, func(a, b int) int { return btoi(b == i) - btoi(a == i) })
	for _, n := range order {
		c := in.old[n]
		if c.Fingerprint.Bytes == 0 {
			continue
		}
		opt.Resume = &c
		r, err := push.Open(path, opt)
		switch {
		case err == nil:
			in.old = slices.Delete(in.old, n, n+1)
			return r, nil
		case !errors.Is(err, push.ErrOtherFile):
			return nil, err
		}
	}
	opt.Resume = nil
	return push.Open(path, opt)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
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
