package push

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/term"
)

// start is the time of the first record of most tests, in seconds.
const start = 1_700_000_000

// good returns a line that is a record with the given ID and time in seconds.
func good(id string, ts int64) string {
	return fmt.Sprintf(`{"ts":%d,"platform":"x","id":%q,"author":"a-%s","tags":["t"]}`, ts, id, id)
}

// pack compresses data in the given format, in several frames or members.
func pack(t testing.TB, f format, data []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	for _, part := range [][]byte{data[:len(data)/3], data[len(data)/3:]} {
		var w io.WriteCloser
		switch f {
		case plain:
			buf.Write(part)
			continue
		case gzipped:
			w = gzip.NewWriter(&buf)
		case zstandard:
			var err error
			if w, err = zstd.NewWriter(&buf, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(128<<10)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return buf.Bytes()
}

var allFormats = []format{plain, gzipped, zstandard}

// write puts data into a file of a new folder and returns its path.
func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run is what came out of a reader.
type run struct {
	ids     []string
	cursors []Cursor // after each record
	last    Cursor
	bad     []BadLine // without Raw
	raw     []string
	stats   Stats
}

// open is Open with bad lines collected in the returned run.
func open(t testing.TB, path string, opts Options) (*Reader, *run) {
	t.Helper()
	out := &run{}
	opts.OnBad = out.add
	r, err := Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r, out
}

func (o *run) add(b BadLine) {
	o.raw = append(o.raw, string(b.Raw))
	b.Raw = nil
	o.bad = append(o.bad, b)
}

// drain reads up to n records, all if n is negative, and returns the error that ended it.
func (o *run) drain(r *Reader, n int) error {
	var rec term.Record
	for ; n != 0; n-- {
		c, err := r.Next(&rec)
		o.stats = r.Stats()
		if err != nil {
			o.last = c
			return err
		}
		o.ids = append(o.ids, strings.Clone(rec.ID))
		o.cursors = append(o.cursors, c)
	}
	return nil
}

// replay reads a whole file; anything but a clean end fails the test.
func replay(t testing.TB, path string, opts Options) *run {
	t.Helper()
	r, out := open(t, path, opts)
	if err := out.drain(r, -1); err != io.EOF {
		t.Fatalf("ended with %v", err)
	}
	return out
}

// classes returns the classes of the bad lines as "line:class".
func (o *run) classes() []string {
	var s []string
	for _, b := range o.bad {
		s = append(s, fmt.Sprintf("%d:%s", b.Line, b.Class))
	}
	return s
}

// within fails the test if f takes longer than a hang would be noticed: the
// limit is far beyond any real duration.
func within(t testing.TB, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("still not done after a minute")
	}
}
