//go:build unix

package push

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/swell-radar/swell/term"
)

// TestNamedPipe: a path that is no regular file is a stream.
func TestNamedPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip("no named pipes here: ", err)
	}
	feed, err := os.OpenFile(path, os.O_RDWR, 0) // for reading too, so that nothing waits for the other end
	if err != nil {
		t.Fatal(err)
	}
	defer feed.Close()
	r, out := open(t, path, Options{})
	if _, err := io.WriteString(feed, good("1", start)+"\n"+good("2", start)+"\n"); err != nil {
		t.Fatal(err)
	}
	within(t, func() { err = out.drain(r, 2) })
	if err != nil || !slices.Equal(out.ids, []string{"1", "2"}) {
		t.Errorf("%v, records %v", err, out.ids)
	}
	c := r.Cursor()
	within(t, func() { err = r.Close() }) // its read is still waiting
	if err != nil {
		t.Error(err)
	}
	if _, err := Open(path, Options{Resume: &c}); !errors.Is(err, ErrNoResume) {
		t.Errorf("resumed: %v", err)
	}
}

func TestStandardInput(t *testing.T) {
	f, err := os.Open(write(t, "a", pack(t, zstandard, []byte(good("1", start)+"\n"))))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	defer func(old *os.File) { os.Stdin = old }(os.Stdin)
	os.Stdin = f
	r, out := open(t, Stdin, Options{})
	if err := out.drain(r, -1); err != io.EOF || !slices.Equal(out.ids, []string{"1"}) {
		t.Errorf("%v, records %v", err, out.ids)
	}
}

// Whoever waits for input that does not come can give up.
func TestStopEndsWaiting(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	stop := make(chan struct{})
	r, err := NewReader("idle", in, Options{Stop: stop})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	close(stop)
	var rec term.Record
	if _, err := r.Next(&rec); !errors.Is(err, ErrStopped) {
		t.Errorf("error %v, want %v", err, ErrStopped)
	}
}
