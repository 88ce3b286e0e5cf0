package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/swell-radar/swell/term"
)

func embedded(dir string) Options { return Options{Dir: dir, Now: time.Now, MinFree: -1} }

// small returns batch n as a few bytes.
func small(n int) *Batch {
	return &Batch{Records: []term.Record{{TS: int64(n), Platform: "x", Tags: []string{fmt.Sprint("t", n)}}}}
}

// fill opens the journal in dir, appends batches from to upto and closes it.
func fill(t testing.TB, dir string, from, upto int) {
	t.Helper()
	j, err := Open(t.Context(), embedded(dir))
	if err != nil {
		t.Fatal(err)
	}
	for n := from; n <= upto; n++ {
		mustAppend(t, j, small(n))
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// damage is a journal of a few small entries in one file, to be damaged again and again.
type damage struct {
	dir, file string
	files     map[string][]byte
	block     []byte
	last      int // where the last record begins
}

func newDamage(t testing.TB, entries int) *damage {
	t.Helper()
	d := &damage{dir: t.TempDir(), files: map[string][]byte{}}
	fill(t, d.dir, 1, entries-1)
	d.file = filepath.Join(blocksDir(d.dir, defaultStream), "1.blk")
	d.last = len(mustRead(t, d.file))
	fill(t, d.dir, entries, entries)
	d.block = mustRead(t, d.file)
	names, err := os.ReadDir(blocksDir(d.dir, defaultStream))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		path := filepath.Join(blocksDir(d.dir, defaultStream), name.Name())
		d.files[path] = mustRead(t, path)
	}
	return d
}

func mustRead(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// set makes the directory what it was, with another block file; without the index
// it is as after a crash.
func (d *damage) set(t testing.TB, block []byte, index bool) {
	t.Helper()
	names, err := os.ReadDir(blocksDir(d.dir, defaultStream))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(blocksDir(d.dir, defaultStream), name.Name())); err != nil {
			t.Fatal(err)
		}
	}
	for path, content := range d.files {
		if path == d.file {
			content = block
		} else if !index {
			continue
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func flipped(b []byte, bit int) []byte {
	b = bytes.Clone(b)
	b[bit/8] ^= 1 << (bit % 8)
	return b
}

func TestVerify(t *testing.T) {
	if r, err := Verify(t.Context(), t.TempDir(), ""); err != nil || r != (Report{Next: 1}) {
		t.Errorf("an empty directory: %+v, %v", r, err)
	}
	if _, err := Verify(t.Context(), filepath.Join(t.TempDir(), "none"), ""); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
	dir := t.TempDir()
	j := mustOpen(t, embedded(dir))
	for n := range 12 {
		mustAppend(t, j, &Batch{Records: posts(n, 3)})
	}
	if _, err := Verify(t.Context(), dir, ""); !errors.Is(err, ErrLocked) {
		t.Errorf("while it is open: %v", err)
	}
	if err := j.Trim(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := Verify(t.Context(), dir, "")
	if err != nil || r.First > 5 || r.First == 0 || r.Next != 13 || r.Records != 3*(13-r.First) || r.Bytes == 0 || r.Torn != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestOneProcessAtATime(t *testing.T) {
	dir := t.TempDir()
	mustOpen(t, embedded(dir))
	if _, err := Open(t.Context(), embedded(dir)); !errors.Is(err, ErrLocked) {
		t.Errorf("%v", err)
	}
}

// Whatever bit of the file is flipped: what stands before the last record is
// damage, and named; the last record may be taken for one that was not finished.
func TestScanFindsEveryFlippedBit(t *testing.T) {
	d := newDamage(t, 5)
	step := 1
	if testing.Short() || raceEnabled {
		step = 11
	}
	for bit := 0; bit < len(d.block)*8; bit += step {
		d.set(t, flipped(d.block, bit), true)
		r, err := Verify(t.Context(), d.dir, "")
		if bit/8 < d.last && !errors.Is(err, ErrDamaged) {
			t.Fatalf("bit %d of byte %d: %+v, %v", bit%8, bit/8, r, err)
		}
		if bit/8 >= d.last && (err != nil || r.Next != 5 || r.Torn != int64(len(d.block)-d.last)) {
			t.Fatalf("bit %d of byte %d, in the last record: %+v, %v", bit%8, bit/8, r, err)
		}
	}
}

// A damaged journal is not opened, and nothing in it is changed: the server would
// cut off all that stands behind the damage.
func TestDamageInTheMiddle(t *testing.T) {
	d := newDamage(t, 5)
	for at := 0; at < d.last; at += 13 {
		for _, index := range []bool{true, false} {
			block := flipped(d.block, at*8+at%8)
			d.set(t, block, index)
			if j, err := Open(t.Context(), embedded(d.dir)); !errors.Is(err, ErrDamaged) {
				t.Fatalf("byte %d: %v, %v", at, j, err)
			}
			if !bytes.Equal(mustRead(t, d.file), block) {
				t.Fatalf("byte %d: the file was changed", at)
			}
		}
	}
}

// lookedAt is a context that ends once it was looked at n times.
type lookedAt struct {
	context.Context
	n int
}

func (c *lookedAt) Err() error {
	if c.n == 0 {
		return context.Canceled
	}
	c.n--
	return nil
}

// Who opens a journal and gives up does not wait until all of it is read: the file
// behind is damaged, and is not seen. Nor does a server start.
func TestOpenIsGivenUp(t *testing.T) {
	d := newDamage(t, 3)
	givenUp := func() {
		t.Helper()
		before := dirFiles(t, d.dir)
		for looks := range 2 {
			if j, err := Open(&lookedAt{t.Context(), looks}, embedded(d.dir)); !errors.Is(err, context.Canceled) {
				t.Fatalf("given up at look %d: %v, %v", looks, j, err)
			}
			if !maps.Equal(dirFiles(t, d.dir), before) {
				t.Fatalf("given up at look %d it was changed", looks)
			}
		}
	}
	d.set(t, d.block[:d.last+10], false) // a server would cut off what was not finished
	givenUp()
	for _, name := range []string{"2.blk", "3.blk"} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(d.file), name), d.block, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	givenUp()
	if _, err := Open(t.Context(), embedded(d.dir)); !errors.Is(err, ErrDamaged) {
		t.Errorf("the files behind are whole: %v", err)
	}
}

// A journal whose last record was cut anywhere is as if that entry had never been
// there: the ones before are whole, and the number is given out again.
func TestTornTail(t *testing.T) {
	d := newDamage(t, 3)
	step := 1
	if testing.Short() || raceEnabled {
		step = 17
	}
	for size := d.last; size <= len(d.block); size += step {
		d.set(t, d.block[:size], false)
		want := 2
		if size == len(d.block) {
			want = 3
		}
		j, err := Open(t.Context(), embedded(d.dir))
		if err != nil {
			t.Fatalf("cut at %d of %d: %v", size, len(d.block), err)
		}
		_, batches := readAll(t, j, 1)
		if len(batches) != want {
			t.Fatalf("cut at %d of %d: %d batches, want %d", size, len(d.block), len(batches), want)
		}
		for i, b := range batches {
			w := small(i + 1)
			w.Ingest = b.Ingest
			sameBatch(t, b, w)
		}
		if at := mustAppend(t, j, small(9)); at.Entry != uint64(want+1) {
			t.Fatalf("cut at %d of %d: the next entry is %d", size, len(d.block), at.Entry)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// With the index of a clean stop the server knows that an entry is gone. Then it
// is an error, not a number that is given out again.
func TestLastEntryGoneAfterACleanStop(t *testing.T) {
	d := newDamage(t, 3)
	for _, block := range [][]byte{d.block[:d.last], d.block[:d.last+10], flipped(d.block, 8*(d.last+40))} {
		d.set(t, block, true)
		j, err := Open(t.Context(), embedded(d.dir))
		if err == nil {
			_, next, _ := j.Bounds(t.Context())
			t.Errorf("opened; the next entry is %d", next)
			j.Close()
			continue
		}
		if !errors.Is(err, ErrGap) {
			t.Errorf("%v", err)
		}
	}
}

// Damage while the journal is open: a reader stops there and tells.
func TestDamageUnderAReader(t *testing.T) {
	dir := t.TempDir()
	j := mustOpen(t, embedded(dir))
	large := func(n int) *Batch { // so that the first file is not in the server's memory
		var b Batch
		for i := range 4 {
			b.Records = append(b.Records, term.Record{Text: string(noise(4*n+i, term.MaxTextBytes))})
		}
		return &b
	}
	for n := range 10 {
		mustAppend(t, j, large(n))
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = mustOpen(t, embedded(dir))
	file := filepath.Join(blocksDir(dir, defaultStream), "1.blk")
	block := mustRead(t, file)
	if err := os.WriteFile(file, flipped(block, 4*len(block)), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := j.Read(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; ; n++ {
		e, err := r.Next(t.Context())
		if err != nil {
			if !errors.Is(err, ErrGap) && !errors.Is(err, ErrDamaged) {
				t.Errorf("entry %d: %v", n+1, err)
			}
			if _, again := r.Next(t.Context()); again == nil {
				t.Error("and then it went on")
			}
			return
		}
		if n == 9 {
			t.Fatal("the damage was not seen")
		}
		b, err := e.Next()
		if err != nil {
			t.Fatal(err)
		}
		want := large(n)
		want.Ingest = b.Ingest
		sameBatch(t, b, want)
	}
}
