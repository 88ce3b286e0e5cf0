package journal

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	ourID   = "0123abcdEFGHijklmnop"
	otherID = "zyxwvutsrqponmlkjihg"
)

// openClose opens the journal, does something, and closes it.
func openClose(t *testing.T, o Options, do func(j *Journal)) {
	t.Helper()
	j, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	do(j)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// refused says that the journal is not opened with the other ID, and how.
func refused(t *testing.T, err error, stream string) {
	t.Helper()
	if !errors.Is(err, ErrOther) {
		t.Fatalf("with another ID: %v", err)
	}
	for part, want := range map[string]bool{stream: true, ourID[:8]: true, otherID[:8]: true, ourID[:9]: false, otherID[:9]: false} {
		if strings.Contains(err.Error(), part) != want {
			t.Errorf("%q in the error is %v: %v", part, !want, err)
		}
	}
}

// A journal gets its ID once, from the first that has one, and is refused to others.
func testIdentity(t *testing.T, o Options) {
	ours, others := o, o
	ours.ID, others.ID = ourID, otherID
	name := orElse(o.Stream, defaultStream)
	wantID := func(want string, entries int) func(*Journal) {
		return func(j *Journal) {
			t.Helper()
			if j.ID() != want {
				t.Fatalf("the ID is %q, want %q", j.ID(), want)
			}
			if _, batches := readAll(t, j, 1); len(batches) != entries {
				t.Fatalf("%d batches, want %d", len(batches), entries)
			}
			mustAppend(t, j, small(entries+1))
		}
	}
	openClose(t, o, wantID("", 0))
	openClose(t, ours, wantID(ourID, 1))
	_, err := Open(t.Context(), others)
	refused(t, err, name)
	openClose(t, ours, wantID(ourID, 2))
	openClose(t, o, wantID(ourID, 3))

	if o.Dir != "" {
		ours.Dir = t.TempDir()
	} else {
		ours.Stream += "imported"
	}
	none := func(func([]byte, error) bool) {}
	if err := Import(t.Context(), ours, 7, none); err != nil {
		t.Fatal(err)
	}
	others.Dir, others.Stream = ours.Dir, ours.Stream
	refused(t, Import(t.Context(), others, 7, none), orElse(ours.Stream, defaultStream))
	ours.ID = ""
	openClose(t, ours, func(j *Journal) {
		if j.ID() != ourID {
			t.Errorf("what was imported has the ID %q", j.ID())
		}
		if at := mustAppend(t, j, small(1)); at.Entry != 7 {
			t.Errorf("the next entry is %d", at.Entry)
		}
	})
}

// Of two that give a stream its ID at the same time the one that lost fails, before
// it trims or believes what it is told.
func testTwoOwners(t *testing.T, o Options) {
	o.ID = ourID
	j := mustOpen(t, o)
	mustAppend(t, j, small(1))
	info, err := j.info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.links.now().setConfig(t.Context(), info.Config, otherID); err != nil {
		t.Fatal(err)
	}
	refused(t, j.Trim(t.Context(), 2), o.Stream)
	wait(t, j.Failed(), "the journal fails")
	if _, err := j.Append(t.Context(), small(2)); !errors.Is(err, ErrFailed) || !errors.Is(err, ErrOther) {
		t.Errorf("and then it takes batches: %v", err)
	}
}

// Of several that make a stream at the same time with IDs of their own, one has it.
func testOneOwner(t *testing.T, o Options) {
	const all = 6
	errs := make(chan error, all)
	for i := range all {
		o := o
		o.ID = fmt.Sprint("owner", i)
		go func() {
			j, err := Open(t.Context(), o)
			if err == nil {
				err = j.Close()
			}
			errs <- err
		}()
	}
	owners := 0
	for range all {
		switch err := wait(t, errs, "all have tried"); {
		case err == nil:
			owners++
		case !errors.Is(err, ErrOther):
			t.Error(err)
		}
	}
	if owners != 1 {
		t.Errorf("%d have it", owners)
	}
}

// dirFiles returns what is in the files below dir.
func dirFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files[path] = string(mustRead(t, path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// After a crash between the configuration and its checksum the server does not know
// the stream. It keeps its ID and its entries, nobody else gets it, and the next
// opening finds the two in order.
func TestIdentityOfAForgottenStream(t *testing.T) {
	for _, id := range []string{ourID, ""} {
		o := embedded(t.TempDir())
		o.ID = id
		openClose(t, o, func(j *Journal) {
			for n := range 5 {
				mustAppend(t, j, small(n))
			}
		})
		sum := filepath.Join(filepath.Dir(metaFile(o.Dir, defaultStream)), "meta.sum")
		wrong := fmt.Appendf(nil, "%016x", 0)
		if err := os.WriteFile(sum, wrong, 0o600); err != nil {
			t.Fatal(err)
		}
		before := dirFiles(t, o.Dir)
		if id != "" {
			other := o
			other.ID = otherID
			_, err := Open(t.Context(), other)
			refused(t, err, defaultStream)
			if !maps.Equal(dirFiles(t, o.Dir), before) {
				t.Error("a journal of another was changed")
			}
		}
		none := func(func([]byte, error) bool) {}
		if err := Import(t.Context(), o, 4, none); !errors.Is(err, ErrExists) {
			t.Errorf("an import over it: %v", err)
		}
		if err := os.WriteFile(sum, wrong, 0o600); err != nil {
			t.Fatal(err)
		}
		anyones := o
		anyones.ID = ""
		openClose(t, anyones, func(j *Journal) {
			if _, batches := readAll(t, j, 1); len(batches) != 5 || j.ID() != id {
				t.Errorf("%d batches, ID %q", len(batches), j.ID())
			}
		})
		if bytes.Equal(mustRead(t, sum), wrong) {
			t.Error("the next opening finds the same again")
		}
	}
}

// A journal of another is not recovered either: what was not finished stays.
func TestAnotherOwnersTornTail(t *testing.T) {
	d := newDamage(t, 3)
	o := embedded(d.dir)
	o.ID = ourID
	openClose(t, o, func(*Journal) {})
	d.set(t, d.block[:d.last+10], false)
	before := dirFiles(t, d.dir)
	o.ID = otherID
	_, err := Open(t.Context(), o)
	refused(t, err, defaultStream)
	if !maps.Equal(dirFiles(t, d.dir), before) {
		t.Error("it was changed")
	}
	o.ID = ourID
	openClose(t, o, func(j *Journal) {
		if _, batches := readAll(t, j, 1); len(batches) != 2 {
			t.Errorf("%d batches", len(batches))
		}
	})
}

// A configuration that cannot be read is not made anew: whose journal it is would be lost.
func TestDamagedConfiguration(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 1, 3)
	if err := os.WriteFile(metaFile(dir, defaultStream), []byte(`{"name":"SWE`), 0o600); err != nil {
		t.Fatal(err)
	}
	before := dirFiles(t, dir)
	if _, err := Open(t.Context(), embedded(dir)); !errors.Is(err, ErrDamaged) {
		t.Fatalf("%v", err)
	}
	if !maps.Equal(dirFiles(t, dir), before) {
		t.Error("it was changed")
	}
}
