package push

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// stored sends a cursor through its encoding, as a restart does.
func stored(t rapid.TB, c Cursor) *Cursor {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back Cursor
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if back != c {
		t.Fatalf("cursor %+v came back as %+v", c, back)
	}
	return &back
}

// must is open without a testing.TB that has Cleanup.
func must(t rapid.TB, path string, opts Options) (*Reader, *run) {
	t.Helper()
	out := &run{}
	opts.OnBad = out.add
	r, err := Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	return r, out
}

func mustDeadLetter(t rapid.TB, path string) *DeadLetter {
	t.Helper()
	d, err := OpenDeadLetter(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestResume: reading delivers what the rules say, and a run that is broken off
// after any record, some way behind the cursor it will go on from, ends with
// the same records, reports and dead-letter file as one that is not.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		lines := archives("r").Draw(rt, "archive")
		f := rapid.SampledFrom(allFormats).Draw(rt, "format")
		path, dead := filepath.Join(dir, "a"), filepath.Join(dir, "dead")
		if err := os.WriteFile(path, pack(t, f, join(lines)), 0o600); err != nil {
			rt.Fatal(err)
		}
		opts := Options{
			MaxLine:  madeMaxLine,
			Workers:  rapid.IntRange(1, 3).Draw(rt, "workers"),
			readSize: rapid.SampledFrom([]int{1, 50, 200, 1000, 0}).Draw(rt, "read size"),
		}
		// pass reads from a cursor to the end, or so many records, and closes everything.
		pass := func(from *Cursor, n int) *run {
			o := opts
			o.Resume, o.DeadLetter = from, mustDeadLetter(rt, dead)
			defer o.DeadLetter.Close()
			r, out := must(rt, path, o)
			defer r.Close()
			if err := out.drain(r, n); err != io.EOF && err != nil {
				rt.Fatalf("ended with %v", err)
			}
			return out
		}
		os.Remove(dead)
		whole := pass(nil, -1)
		wholeDead := content(t, dead)

		ids, bad := expect(lines)
		if !slices.Equal(whole.ids, ids) {
			rt.Fatalf("records %v, want %v", whole.ids, ids)
		}
		if !slices.Equal(whole.classes(), bad) {
			rt.Fatalf("bad lines %v, want %v", whole.classes(), bad)
		}
		if n := int64(len(lines)); whole.stats.Lines() != n {
			rt.Fatalf("%d lines counted, want %d", whole.stats.Lines(), n)
		}

		for k, c := range append(whole.cursors, whole.last) {
			os.Remove(dead)
			pass(nil, min(k+1+k%3, len(ids)))
			got := pass(stored(rt, c), -1)
			rest := ids[min(k+1, len(ids)):]
			if !slices.Equal(got.ids, rest) {
				rt.Fatalf("resumed after record %d: %v, want %v", k, got.ids, rest)
			}
			if want := whole.classes()[len(bad)-len(got.bad):]; !slices.Equal(got.classes(), want) {
				rt.Fatalf("resumed after record %d: bad lines %v, want %v", k, got.classes(), want)
			}
			if k == len(ids) { // the end: the broken run did not come that far
				continue
			}
			if got.last != whole.last {
				rt.Fatalf("resumed after record %d: last cursor %+v, want %+v", k, got.last, whole.last)
			}
			if d := content(t, dead); d != wholeDead {
				rt.Fatalf("resumed after record %d: dead-letter file\n%s\nwant\n%s", k, d, wholeDead)
			}
		}
	})
}

func TestResumeRefuses(t *testing.T) {
	path := write(t, "a", []byte(good("1", start)+"\n"+good("2", start)+"\n"))
	r, out := open(t, path, Options{})
	if err := out.drain(r, 1); err != nil {
		t.Fatal(err)
	}
	at := out.cursors[0]

	other := write(t, "b", []byte(good("3", start)+"\n"+good("2", start)+"\n"))
	_, err := Open(other, Options{Resume: &at})
	if !errors.Is(err, ErrOtherFile) || !strings.Contains(err.Error(), "is not the file the data directory was fed from") {
		t.Errorf("another file: %v", err)
	}
	cut := at
	cut.Offset = 1 << 20
	if _, err := Open(path, Options{Resume: &cut}); !errors.Is(err, ErrOtherFile) {
		t.Errorf("behind the end: %v", err)
	}
	if _, err := Open(Stdin, Options{Resume: &at}); !errors.Is(err, ErrNoResume) || !strings.Contains(err.Error(), "standard input") {
		t.Errorf("standard input: %v", err)
	}
	s, err := NewReader(Stdin, strings.NewReader(good("1", start)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := new(run).drain(s, 1); err != nil {
		t.Fatal(err)
	}
	streamed := s.Cursor()
	if _, err := Open(path, Options{Resume: &streamed}); !errors.Is(err, ErrNoResume) {
		t.Errorf("cursor of a stream: %v", err)
	}

	if err := os.WriteFile(path, []byte(good("1", start)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{Resume: &at}); !errors.Is(err, ErrOtherFile) {
		t.Errorf("cut to less than the fingerprint: %v", err)
	}

	// A compressed file with the same beginning that ends before the cursor.
	line := good("1", start) + "\n"
	packed := pack(t, gzipped, []byte(strings.Repeat(line, 1000)))
	path = write(t, "c", packed)
	r, out = open(t, path, Options{})
	if err := out.drain(r, 1000); err != nil {
		t.Fatal(err)
	}
	at = r.Cursor()
	at.Fingerprint = fingerprintOf(packed[:20])
	if err := os.WriteFile(path, packed[:len(packed)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	r, out = open(t, path, Options{Resume: &at})
	if err := out.drain(r, -1); !errors.Is(err, ErrOtherFile) || len(out.ids)+len(out.bad) != 0 {
		t.Errorf("compressed and cut since: %v, %+v", err, out)
	}
}

// TestResumeGrown: a file that grew since is the same file, and its new lines are read.
func TestResumeGrown(t *testing.T) {
	for _, f := range allFormats {
		packed := pack(t, f, []byte(good("1", start)+"\n"))
		path := write(t, "a", packed)
		first := replay(t, path, Options{})
		if err := os.WriteFile(path, append(packed, pack(t, f, []byte(good("2", start)+"\nbad\n"))...), 0o600); err != nil {
			t.Fatal(err)
		}
		got := replay(t, path, Options{Resume: &first.last})
		if !slices.Equal(got.ids, []string{"2"}) || !slices.Equal(got.classes(), []string{"3:syntax"}) {
			t.Errorf("%s: records %v, bad %v", f, got.ids, got.classes())
		}
	}
}
