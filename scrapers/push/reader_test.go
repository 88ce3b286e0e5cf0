package push

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/swell-radar/swell/term"
)

func TestBadLines(t *testing.T) {
	many := strings.Repeat("#tag ", 10_000)
	tests := []struct {
		name, line string
		class      Class
		reason     string // a part of it
	}{
		{"not JSON", `hello`, ClassSyntax, ""},
		{"cut JSON", good("x", start)[:20], ClassSyntax, ""},
		{"an array", `[1]`, ClassSyntax, "object"},
		{"binary", "\x00\x01\x02", ClassSyntax, ""},
		{"invalid UTF-8", `{"ts":1700000000,"text":"#a ` + "\xff\xfe" + `"}`, ClassSyntax, "UTF-8"},
		{"ts missing", `{"platform":"x","tags":["t"]}`, ClassTime, "ts"},
		{"ts negative", `{"ts":-5,"platform":"x","tags":["t"]}`, ClassTime, "-5"},
		{"ts in the year 3000", `{"ts":"3000-01-01T00:00:00Z","platform":"x","tags":["t"]}`, ClassTime, "3000"},
		{"ts is a word", `{"ts":"soon","platform":"x","tags":["t"]}`, ClassTime, "soon"},
		{"author of 1 MB", `{"ts":1700000000,"author":"` + strings.Repeat("a", 1_000_000) + `","tags":["t"]}`, ClassField, "author"},
		{"author of 1 MiB", `{"ts":1700000000,"author":"` + strings.Repeat("a", 1<<20) + `","tags":["t"]}`, ClassLong, "limit is 1048576"},
		{"tags of the wrong type", `{"ts":1700000000,"tags":7}`, ClassField, "tags"},
		{"nothing to count", `{"ts":1700000000,"platform":"x"}`, ClassEmpty, "nothing to count"},
	}
	for _, tt := range tests {
		for _, f := range allFormats {
			t.Run(tt.name+"/"+f.String(), func(t *testing.T) {
				t.Parallel()
				before, after := good("1", start), good("2", start+1)
				wide := fmt.Sprintf(`{"ts":%d,"id":"3","text":%q}`, start+2, many)
				data := strings.Join([]string{before, tt.line, after, wide}, "\n") + "\n"
				path := write(t, "a", pack(t, f, []byte(data)))
				got := replay(t, path, Options{})

				if want := []string{"1", "2", "3"}; !slices.Equal(got.ids, want) {
					t.Errorf("records %v, want %v", got.ids, want)
				}
				if len(got.bad) != 1 {
					t.Fatalf("%d bad lines, want 1: %v", len(got.bad), got.bad)
				}
				b := got.bad[0]
				if b.Class != tt.class || !strings.Contains(b.Reason, tt.reason) || len(b.Reason) > 300 {
					t.Errorf("%s: %s; want class %s and %q in the reason", b.Class, b.Reason, tt.class, tt.reason)
				}
				want := BadLine{path, 2, int64(len(before) + 1), int64(len(tt.line)), b.Class, b.Reason, nil, len(tt.line) > maxRaw}
				if fmt.Sprint(b) != fmt.Sprint(want) || b.Cut != want.Cut {
					t.Errorf("reported %+v, want %+v", b, want)
				}
				if raw := tt.line[:min(len(tt.line), maxRaw)]; got.raw[0] != raw {
					t.Errorf("kept %.100q, want %.100q", got.raw[0], raw)
				}
				if s := got.stats; s.Records != 3 || s.BadLines() != 1 || s.Bad[tt.class] != 1 || s.Lines() != 4 || s.Decoded != int64(len(data)) {
					t.Errorf("stats %+v", s)
				}
			})
		}
	}
}

// TestHugeLine passes a line of 50 MB between two records and checks that it
// was never held in memory.
func TestHugeLine(t *testing.T) {
	const size = 50_000_000
	head := `{"ts":1700000000,"text":"`
	stream := io.MultiReader(
		strings.NewReader(good("1", start)+"\n"+head),
		io.LimitReader(endless('a'), size-int64(len(head))),
		strings.NewReader("\n"+good("2", start+1)+"\n"),
	)
	dead, path := newDeadLetter(t, 0)
	out := &run{}
	r, err := NewReader("huge", stream, Options{OnBad: out.add, DeadLetter: dead})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := out.drain(r, -1); err != io.EOF {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grew := after.TotalAlloc - before.TotalAlloc; grew > 16<<20 {
		t.Errorf("allocated %d MiB to pass a line of %d MB", grew>>20, size/1_000_000)
	}
	if want := []string{"1", "2"}; !slices.Equal(out.ids, want) {
		t.Errorf("records %v, want %v", out.ids, want)
	}
	if len(out.bad) != 1 || out.bad[0].Class != ClassLong || out.bad[0].Length != size || len(out.raw[0]) != maxRaw {
		t.Errorf("bad lines %+v", out.bad)
	}
	if !strings.Contains(out.bad[0].Reason, "50000000 bytes") {
		t.Errorf("reason %q does not say how long", out.bad[0].Reason)
	}
	if kept, err := os.ReadFile(path); err != nil || len(kept) > 2*maxRaw {
		t.Errorf("%d bytes in the dead-letter file (%v)", len(kept), err)
	}
}

type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestLineEnds(t *testing.T) {
	a, b := good("1", start), good("2", start+1)
	tests := []struct{ name, data string }{
		{"line feeds", a + "\n" + b + "\n"},
		{"no last line feed", a + "\n" + b},
		{"CRLF", a + "\r\n" + b + "\r\n"},
		{"byte order mark", "\ufeff" + a + "\n" + b + "\n"},
		{"byte order mark on every line", "\ufeff" + a + "\r\n\ufeff" + b + "\r\n"},
		{"blank lines", "\n \n" + a + "\n\n\r\n\t\n" + b + "\n\n"},
	}
	for _, tt := range tests {
		for _, size := range []int{1, 5, 0} {
			got := replay(t, write(t, "a", []byte(tt.data)), Options{readSize: size})
			if want := []string{"1", "2"}; !slices.Equal(got.ids, want) || len(got.bad) != 0 {
				t.Errorf("%s, reads of %d: records %v, bad %v", tt.name, size, got.ids, got.bad)
			}
			if want := int64(len(strings.SplitAfter(strings.TrimSuffix(tt.data, "\n"), "\n"))); got.stats.Lines() != want {
				t.Errorf("%s, reads of %d: %d lines, want %d", tt.name, size, got.stats.Lines(), want)
			}
			if c := got.last; c.Offset > int64(len(tt.data)) || !c.Ended {
				t.Errorf("%s, reads of %d: last cursor %+v", tt.name, size, c)
			}
		}
	}
}

func TestEmpty(t *testing.T) {
	skippable := []byte{0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'}
	for name, data := range map[string][]byte{
		"nothing":           nil,
		"gzip of nothing":   pack(t, gzipped, nil),
		"zstd of nothing":   pack(t, zstandard, nil),
		"a skippable frame": skippable,
		"line feeds":        []byte("\n\n"),
		"byte order mark":   []byte("\ufeff"),
	} {
		got := replay(t, write(t, "a", data), Options{})
		if s := got.stats; len(got.ids)+len(got.bad) != 0 || s.RawTotal != int64(len(data)) || s.RawRead != s.RawTotal || s.Damage != "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestSkippableFrames(t *testing.T) {
	skippable := []byte{0x5f, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'}
	frame := pack(t, zstandard, []byte(good("1", start)+"\n"))
	got := replay(t, write(t, "a", slices.Concat(skippable, frame, skippable)), Options{})
	if !slices.Equal(got.ids, []string{"1"}) || len(got.bad) != 0 {
		t.Errorf("records %v, bad %v", got.ids, got.bad)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name, path string
		want       error
		says       string
	}{
		{"a directory", dir, ErrFormat, "it is a directory; name a file, or - for standard input"},
		{"nothing there", filepath.Join(dir, "none"), os.ErrNotExist, "no such file"},
		{"xz", write(t, "a", []byte("\xfd7zXZ\x00\x00\x04")), ErrFormat, "xz -dc"},
		{"bzip2", write(t, "a", []byte("BZh91AY&SY\x00")), ErrFormat, "bzip2 -dc"},
		{"zip", write(t, "a", []byte("PK\x03\x04\x14\x00")), ErrFormat, "unpack"},
		{"UTF-16", write(t, "a", []byte("\xff\xfe{\x00\"\x00")), ErrFormat, "UTF-8"},
	}
	for _, tt := range tests {
		_, err := Open(tt.path, Options{})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
			continue
		}
		if !strings.HasPrefix(err.Error(), "cannot replay "+tt.path+": ") || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: error is %q", tt.name, err)
		}
	}
	if os.Getuid() != 0 {
		path := write(t, "a", nil)
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, Options{}); !errors.Is(err, os.ErrPermission) {
			t.Errorf("unreadable file: %v", err)
		}
	}
}

// TestBadFirstLine: what looks a little like another format is only a bad line.
func TestBadFirstLine(t *testing.T) {
	for _, first := range []string{"\xff\xfe", "BZh", "BZh1 is text", "PK", "PAR1", "\x28\xb5\x2f", "\x1f", "\xfe\xff{}"} {
		got := replay(t, write(t, "a", []byte(first+"\n"+good("1", start))), Options{})
		if !slices.Equal(got.ids, []string{"1"}) || !slices.Equal(got.classes(), []string{"1:syntax"}) {
			t.Errorf("%q: records %v, bad %v", first, got.ids, got.bad)
		}
	}
}

func TestStream(t *testing.T) {
	data := []byte(good("1", start) + "\nbad\n" + good("2", start+1))
	for _, f := range allFormats {
		out := &run{}
		r, err := NewReader(Stdin, iotest.OneByteReader(bytes.NewReader(pack(t, f, data))), Options{OnBad: out.add})
		if err != nil {
			t.Fatal(err)
		}
		if err := out.drain(r, -1); err != io.EOF || !slices.Equal(out.ids, []string{"1", "2"}) || len(out.bad) != 1 {
			t.Errorf("%s: %v, %+v", f, err, out)
		}
		if read, total := r.Progress(); read == 0 || total != 0 {
			t.Errorf("%s: progress %d of %d", f, read, total)
		}
		r.Close()
	}
}

// TestReadError: an input that fails is no damaged archive; what came before
// the failure is delivered and the failure is final.
func TestReadError(t *testing.T) {
	broken := errors.New("the disk is gone")
	data := []byte(good("1", start) + "\n" + good("2", start+1) + "\n{\"ts")
	for _, f := range allFormats {
		packed := pack(t, f, data)
		out := &run{}
		r, err := NewReader("in", io.MultiReader(bytes.NewReader(packed[:len(packed)-1]), iotest.ErrReader(broken)), Options{OnBad: out.add})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := out.drain(r, -1); !errors.Is(err, broken) || !strings.Contains(err.Error(), "cannot replay in") {
				t.Errorf("%s: ended with %v", f, err)
			}
		}
		if f == plain && !slices.Equal(out.ids, []string{"1", "2"}) {
			t.Errorf("%s: records %v", f, out.ids)
		}
		if len(out.bad) != 0 || r.Truncated() || out.last.Ended {
			t.Errorf("%s: %+v", f, out)
		}
		r.Close()
	}
}

func TestMaxDecoded(t *testing.T) {
	line := good("1", start) + "\n"
	path := write(t, "a", pack(t, zstandard, []byte(strings.Repeat(line, 100_000))))
	r, out := open(t, path, Options{MaxDecoded: 1 << 20})
	if err := out.drain(r, -1); !errors.Is(err, ErrTooLarge) {
		t.Fatalf("ended with %v", err)
	}
	if n := len(out.ids) * len(line); n < 1<<20-len(line) || n > 2<<20 {
		t.Errorf("delivered %d bytes of records", n)
	}
}

// TestRecordsLastUntilNext looks at each record just before the next is read,
// and at owned ones in the end: other batches are filled and decoded meanwhile.
func TestRecordsLastUntilNext(t *testing.T) {
	var data bytes.Buffer
	for i := range 5000 {
		fmt.Fprintln(&data, good(fmt.Sprint(i), start+int64(i)))
	}
	r, err := Open(write(t, "a", data.Bytes()), Options{Workers: 3, readSize: 1000})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var rec term.Record
	var ids, authors []string
	for i := 0; ; i++ {
		if i > 0 && (rec.ID != fmt.Sprint(i-1) || rec.Tags[0] != "t") {
			t.Fatalf("record %d is now %+v", i-1, rec)
		}
		if _, err := r.Next(&rec); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		rec.Own()
		ids, authors = append(ids, rec.ID), append(authors, rec.Author)
		if i%64 == 0 {
			runtime.Gosched()
		}
	}
	for i := range ids {
		if ids[i] != fmt.Sprint(i) || authors[i] != "a-"+ids[i] {
			t.Fatalf("record %d is now %q by %q", i, ids[i], authors[i])
		}
	}
	if len(ids) != 5000 {
		t.Fatalf("%d records", len(ids))
	}
}

// TestNextAllocatesNothing: the allowance is for batches that meet more lines
// than any before.
func TestNextAllocatesNothing(t *testing.T) {
	r, err := Open(write(t, "a", synthetic(10_000)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var rec term.Record
	next := func() {
		if _, err := r.Next(&rec); err != nil {
			t.Fatal(err)
		}
	}
	for range 5_000 {
		next()
	}
	if n := testing.AllocsPerRun(3, func() {
		for range 1000 {
			next()
		}
	}); n > 200 {
		t.Errorf("%v allocations for 1000 records", n)
	}
}
