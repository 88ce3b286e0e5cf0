package push

import (
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/term"
)

// settled waits until no more than n goroutines run and returns how many do.
func settled(n int) int {
	got := 0
	for range 10_000 {
		if got = runtime.NumGoroutine(); got <= n {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return got
}

// TestCloseStopsGoroutines closes readers at every stage.
func TestCloseStopsGoroutines(t *testing.T) {
	data := synthetic(4_000)
	for _, f := range allFormats {
		path := write(t, "a", pack(t, f, data))
		for _, records := range []int{0, 1, 1000, -1} {
			before := runtime.NumGoroutine()
			r, err := Open(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := new(run).drain(r, records); err != nil && err != io.EOF {
				t.Fatal(err)
			}
			for range 2 {
				if err := r.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := r.Next(new(term.Record)); !errors.Is(err, ErrClosed) {
				t.Errorf("Next after Close: %v", err)
			}
			if n := settled(before); n > before {
				t.Errorf("%s, closed after %d records: %d goroutines, were %d", f, records, n, before)
			}
		}
	}
}

// TestCloseBlockedStream: a read that never returns does not hold up Close, and
// the goroutines end when it does.
func TestCloseBlockedStream(t *testing.T) {
	before := runtime.NumGoroutine()
	in, feed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := NewReader(Stdin, in, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(feed, good("1", start)+"\n"+good("2", start)+"\n"); err != nil {
		t.Fatal(err)
	}
	// The first record is delivered although the stream stays open.
	within(t, func() { err = new(run).drain(r, 1) })
	if err != nil {
		t.Fatal(err)
	}
	within(t, func() { err = r.Close() })
	if err != nil {
		t.Fatal(err)
	}
	feed.Close()
	if n := settled(before); n > before {
		t.Errorf("%d goroutines, were %d", n, before)
	}
}

// TestStatsFromElsewhere reads the counters from other goroutines all the while.
func TestStatsFromElsewhere(t *testing.T) {
	r, err := Open(write(t, "a", pack(t, zstandard, []byte(strings.Repeat("bad\n"+good("1", start)+"\n", 5000)))), Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	m := Merge(r)
	defer m.Close()
	done := make(chan struct{})
	var watchers sync.WaitGroup
	for range 2 {
		watchers.Go(func() {
			var last Stats
			for {
				s := r.Stats()
				if s.Records < last.Records || s.BadLines() < last.BadLines() || s.Decoded < last.Decoded {
					t.Errorf("%+v after %+v", s, last)
				}
				if read, total := m.Progress(); read > total || r.Truncated() {
					t.Errorf("read %d of %d", read, total)
				}
				last = s
				select {
				case <-done:
					return
				default:
					runtime.Gosched()
				}
			}
		})
	}
	var rec term.Record
	for err == nil {
		_, err = m.Next(&rec)
	}
	close(done)
	watchers.Wait()
	if s := r.Stats(); err != io.EOF || s.Records != 5000 || s.BadLines() != 5000 || s.RawRead != s.RawTotal {
		t.Errorf("ended with %v, %+v", err, s)
	}
}
