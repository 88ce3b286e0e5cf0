package push

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// newDeadLetter opens a dead-letter file in a new folder.
func newDeadLetter(t testing.TB, max int64) (*DeadLetter, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dead.ndjson")
	return reopen(t, path, max), path
}

func reopen(t testing.TB, path string, max int64) *DeadLetter {
	t.Helper()
	d, err := OpenDeadLetter(path, max)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func content(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestDeadLetterLines(t *testing.T) {
	d, path := newDeadLetter(t, 0)
	umlaut := strings.Repeat("ü", maxRaw) // the cut at 4095 would go through one
	for _, b := range []BadLine{
		{File: "a.ndjson", Line: 7, Offset: 912, Length: 5, Class: ClassSyntax, Reason: "bad <json>", Raw: []byte("{\"a\xff\x00")},
		{File: "a.ndjson", Line: 8, Offset: 918, Length: 99999, Class: ClassLong, Reason: "long", Raw: []byte(umlaut[:maxRaw-1]), Cut: true},
	} {
		if err := d.Add(b); err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.SplitAfter(content(t, path), "\n")
	if want := `{"file":"a.ndjson","line":7,"offset":912,"length":5,"class":"syntax","reason":"bad <json>","raw":"{\"a` + `\ufffd\u0000"}` + "\n"; lines[0] != want {
		t.Errorf("got  %s want %s", lines[0], want)
	}
	var second map[string]any
	if err := json.Unmarshal([]byte(lines[1]), &second); err != nil {
		t.Fatal(err)
	}
	if raw := second["raw"].(string); second["truncated"] != true || raw != umlaut[:maxRaw-2] || !utf8.ValidString(raw) {
		t.Errorf("truncated %v, %d bytes kept", second["truncated"], len(raw))
	}
	if d.Size() != int64(len(content(t, path))) {
		t.Errorf("size %d, file has %d", d.Size(), len(content(t, path)))
	}
}

func TestDeadLetterFull(t *testing.T) {
	const limit = 2000
	d, path := newDeadLetter(t, limit)
	add := func(n int) {
		for i := range n {
			if err := d.Add(BadLine{File: "a", Line: int64(i + 1), Raw: []byte("raw")}); err != nil {
				t.Fatal(err)
			}
		}
	}
	add(100)
	full := content(t, path)
	kept := strings.Count(full, "\n") - 1
	if len(full) > limit || len(full) < limit-300 || !strings.Contains(full, "this file is full at 2000 bytes") {
		t.Errorf("%d bytes: %s", len(full), full)
	}
	if d.Dropped() != int64(100-kept) {
		t.Errorf("%d dropped of 100 with %d kept", d.Dropped(), kept)
	}
	for _, line := range strings.Split(strings.TrimSpace(full), "\n") {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}
	d.Close()

	d = reopen(t, path, limit)
	add(3)
	if content(t, path) != full || d.Dropped() != 3 {
		t.Error("a full file is not full after it was opened again")
	}
	cut := int64(strings.Index(full, "\n") + 1)
	if err := d.Truncate(cut); err != nil {
		t.Fatal(err)
	}
	add(1)
	if got := content(t, path); strings.Count(got, "\n") != 2 || d.Size() != int64(len(got)) {
		t.Errorf("after truncating: %s", got)
	}
	d.Close()

	d = reopen(t, path, 0)
	add(1)
	if d.Dropped() != 0 {
		t.Error("a higher limit has no effect")
	}
}

// TestDeadLetterStaysFull: the line that did not fit was a large one, so that
// small ones would fit behind the notice.
func TestDeadLetterStaysFull(t *testing.T) {
	d, path := newDeadLetter(t, 2000)
	if err := d.Add(BadLine{File: "a", Line: 1, Raw: make([]byte, 3000)}); err != nil {
		t.Fatal(err)
	}
	full := content(t, path)
	d.Close()
	d = reopen(t, path, 2000)
	if err := d.Add(BadLine{File: "a", Line: 2}); err != nil {
		t.Fatal(err)
	}
	if d.Dropped() != 1 || content(t, path) != full {
		t.Errorf("%d dropped, file: %s", d.Dropped(), content(t, path))
	}
}

func TestDeadLetterRefuses(t *testing.T) {
	precious := write(t, "precious", []byte(good("1", start)+"\n"))
	if _, err := OpenDeadLetter(precious, 0); !errors.Is(err, ErrDeadLetter) || !strings.Contains(err.Error(), precious) {
		t.Errorf("an archive was taken for a dead-letter file: %v", err)
	}
	if content(t, precious) != good("1", start)+"\n" {
		t.Error("and changed")
	}
	for name, path := range map[string]string{"directory": t.TempDir(), "no folder": filepath.Join(t.TempDir(), "a", "b")} {
		if _, err := OpenDeadLetter(path, 0); !errors.Is(err, ErrDeadLetter) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := OpenDeadLetter(filepath.Join(t.TempDir(), "d"), 10); !errors.Is(err, ErrDeadLetter) {
		t.Errorf("a limit of 10 bytes: %v", err)
	}

	d, path := newDeadLetter(t, 0)
	if err := d.Add(BadLine{File: "a", Line: 1}); err != nil {
		t.Fatal(err)
	}
	before := content(t, path)
	if err := d.Truncate(d.Size() - 5); !errors.Is(err, ErrDeadLetter) {
		t.Errorf("cut within a line: %v", err)
	}
	if err := d.Truncate(d.Size() + 5); err != nil {
		t.Errorf("cut behind the end: %v", err)
	}
	if content(t, path) != before {
		t.Error("the file changed")
	}
}

func TestDeadLetterTorn(t *testing.T) {
	path := write(t, "dead", []byte("{\"file\":\"a\",\"line\":1}\n{\"fi"))
	d := reopen(t, path, 0)
	if err := d.Add(BadLine{File: "b", Line: 2}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(content(t, path), "\n")
	if len(lines) != 4 || lines[1] != `{"fi` || !json.Valid([]byte(lines[2])) {
		t.Errorf("%q", lines)
	}
}

func TestNilDeadLetter(t *testing.T) {
	var d *DeadLetter
	if err := errors.Join(d.Add(BadLine{}), d.Truncate(1), d.Sync(), d.Close()); err != nil || d.Size() != 0 || d.Dropped() != 0 {
		t.Errorf("%v", err)
	}
}

// TestDeadLetterFails: when a bad line cannot be kept, reading stops before it.
func TestDeadLetterFails(t *testing.T) {
	d, _ := newDeadLetter(t, 0)
	d.Close()
	path := write(t, "a", []byte(good("1", start)+"\nbad\n"+good("2", start+1)+"\n"))
	r, out := open(t, path, Options{DeadLetter: d})
	if err := out.drain(r, -1); !errors.Is(err, ErrDeadLetter) {
		t.Fatalf("ended with %v", err)
	}
	if len(out.ids) != 1 || out.last.Line != 1 {
		t.Errorf("%d records, cursor %+v", len(out.ids), out.last)
	}
}

func FuzzDeadLetterLine(f *testing.F) {
	f.Add([]byte("{\"a\":1}"), "reason", true)
	f.Add([]byte("\xff\xfe\xe2\x82"), "\xff", true)
	f.Add(bytes.Repeat([]byte("ü"), 3), "", false)
	f.Fuzz(func(t *testing.T, raw []byte, reason string, cut bool) {
		line, err := encodeDeadLine(BadLine{File: reason, Line: 1, Reason: reason, Raw: raw, Cut: cut})
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(line) || !bytes.HasPrefix(line, deadLetterStart) || bytes.IndexByte(line, '\n') != len(line)-1 {
			t.Fatalf("not one line of JSON: %q", line)
		}
		var back deadLine
		if err := json.Unmarshal(line, &back); err != nil {
			t.Fatal(err)
		}
		if utf8.Valid(raw) && !cut && back.Raw != string(raw) {
			t.Fatalf("%q became %q", raw, back.Raw)
		}
		if fmt.Sprint(back.Truncated) != fmt.Sprint(cut) {
			t.Fatal("the cut is not told")
		}
	})
}
