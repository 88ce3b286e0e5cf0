//go:build unix

package crash

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/journal"
)

// A clock that jumps by days, back and forth, changes no count; and the times at which
// the journal says that it took something in never fall.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	rng := random(t)
	dir := t.TempDir()
	all := deliveries(posts(t, rng.Uint64(), 1, 0.02), 15, "p")
	clock := filepath.Join(dir, "clock")
	set := func(days int) {
		if err := os.WriteFile(clock, []byte(strconv.Itoa(days*24*3600)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	jumping, through := filepath.Join(dir, "jumping"), filepath.Join(dir, "through")
	// What is counted is kept, so that the journal can be looked at.
	l := launch{env: []string{"SWELL_CLOCK=" + clock}, args: []string{"--journal-age", "87600h"}}
	days := []int{0, 3, -5, 40, -30, 1}
	next := 0
	for i, n := range days {
		set(n)
		p := serveOn(t, jumping, l).mustServe()
		for until := (2*i + 1) * len(all) / (2 * len(days)); next < until; next++ {
			p.mustAccept(all[next])
		}
		set(-n) // while it runs
		for until := (i + 1) * len(all) / len(days); next < until; next++ {
			p.mustAccept(all[next])
		}
		if i%2 == 0 {
			p.kill()
		} else {
			p.stop()
		}
	}
	neverFalls(t, filepath.Join(jumping, "journal"), len(all))
	unbroken(t, through, all)
	endAlike(t, jumping, through, all)
}

// neverFalls fails the test if an entry of the journal was taken in before the one in
// front of it.
func neverFalls(t *testing.T, dir string, entries int) {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Options{Dir: dir, Now: time.Now, MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	first, next, err := j.Bounds(t.Context())
	if err != nil || next-first < uint64(entries) {
		t.Fatalf("entries %d to %d of %d (%v)", first, next, entries, err)
	}
	r, err := j.Read(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	began, last := int64(0), int64(0)
	for n := first; n < next; n++ {
		e, err := r.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if e.Ingest < last {
			t.Errorf("entry %d was taken in %v before the one in front of it", n, time.Duration(last-e.Ingest)*time.Microsecond)
		}
		last = e.Ingest
		if began == 0 {
			began = last
		}
	}
	if time.Duration(last-began)*time.Microsecond < 24*time.Hour {
		t.Error("the clock did not jump: the test shows nothing")
	}
}
