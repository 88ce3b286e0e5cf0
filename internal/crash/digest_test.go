//go:build unix

package crash

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/store"
)

// digest is what a data directory holds, each thing by its hash.
type digest struct {
	watermark int64 // of the newest snapshot, in microseconds
	parts     map[string]string
}

// digestOf reads a data directory that nobody has open: the newest snapshot as an
// engine that was made of it encodes it again, and the detections and points up to it.
// Whatever way the engine came to its state, the same state gives the same digest.
func digestOf(t *testing.T, dir string) digest {
	t.Helper()
	st, err := openStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	snap, problems, err := st.LoadSnapshot()
	if err != nil || len(problems) > 0 {
		t.Fatalf("the newest snapshot: %v %v", problems, err)
	}
	d := digest{watermark: snap.Watermark, parts: map[string]string{}}
	for name, data := range engineParts(t, snap) {
		d.parts["state "+name] = hashOf(data)
	}
	d.parts["detections"] = hashDetections(t, st, snap.Detections)
	d.parts["points"] = hashPoints(t, st, snap.Watermark/1e6/3600)
	return d
}

// engineParts returns the state of the engine that a snapshot is of, written whole, by
// part. A part has no number of the cut in its name here: it depends on how many there
// were.
func engineParts(t *testing.T, snap store.Snapshot) map[string][]byte {
	t.Helper()
	var note struct{ Engine engine.Options }
	if err := json.Unmarshal(snap.App, &note); err != nil {
		t.Fatal(err)
	}
	eng, err := engine.Restore(note.Engine, snap)
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	if err := eng.Cut(nil); err != nil { // the first one after a start is whole
		t.Fatal(err)
	}
	tick := <-eng.Ticks()
	if tick.Err != nil || tick.Snapshot == nil {
		t.Fatalf("no snapshot: %v", tick.Err)
	}
	for eng.Work() {
	}
	parts := map[string][]byte{}
	for p, err := range tick.Snapshot.Parts() {
		if err != nil {
			t.Fatal(err)
		}
		if p.Keep {
			t.Fatalf("part %s is not written whole", p.Name)
		}
		name := cutNumber.ReplaceAllString(p.Name, "$1")
		parts[name] = append(parts[name], p.Data...)
	}
	tick.Snapshot.Done(false)
	return parts
}

// cutNumber finds the number of the cut in the name of a part.
var cutNumber = regexp.MustCompile(`^((?:seen|known|said)|(?:shard|memory|pairs)/\d+)/\d+$`)

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

func sumOf(h hash.Hash, n int) string { return fmt.Sprintf("%x of %d", h.Sum(nil)[:8], n) }

// hashDetections hashes the first n detections.
func hashDetections(t *testing.T, st *store.Store, n uint64) string {
	t.Helper()
	h, at := sha256.New(), uint64(0)
	for line, err := range st.Detections(0) {
		if err != nil {
			t.Fatal(err)
		}
		if at == n {
			break
		}
		fmt.Fprintf(h, "%s\n", line)
		at++
	}
	return sumOf(h, int(at))
}

// hashPoints hashes the terms and their points before an hour.
func hashPoints(t *testing.T, st *store.Store, before int64) string {
	t.Helper()
	h, n := sha256.New(), 0
	for term, err := range st.Terms() {
		if err != nil {
			t.Fatal(err)
		}
		points, err := st.Series(term.ID, 0, before)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(h, term, points)
		n += len(points)
	}
	return sumOf(h, n)
}

// same fails the test unless both hold the same.
func (d digest) same(t *testing.T, want digest) {
	t.Helper()
	names := map[string]bool{}
	for name := range d.parts {
		names[name] = true
	}
	for name := range want.parts {
		names[name] = true
	}
	var all []string
	for name := range names {
		all = append(all, name)
	}
	slices.Sort(all)
	for _, name := range all {
		if d.parts[name] != want.parts[name] {
			t.Errorf("%s: %q, unbroken %q", name, d.parts[name], want.parts[name])
		}
	}
}

// openStore opens the store of a directory that no program uses any more. A program that
// is started at the same time has this process's locks until it becomes itself.
func openStore(dir string) (*store.Store, error) {
	for try := 0; ; try++ {
		st, err := store.Open(filepath.Join(dir, "store"), store.Options{MinFree: -1})
		if !errors.Is(err, store.ErrLocked) || try == 100 {
			return st, err
		}
		time.Sleep(20 * time.Millisecond)
	}
}
