package zeeschuimer

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "write the golden files")

func inputs(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/cases/*.ndjson")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no cases: %v", err)
	}
	return files
}

func lines(t testing.TB, file string) [][]byte {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSuffix(body, []byte("\n")), []byte("\n"))
}

// TestCases compares what comes of each line with the golden file: its record, or why there is none.
func TestCases(t *testing.T) {
	for _, file := range inputs(t) {
		var out bytes.Buffer
		for i, line := range lines(t, file) {
			if !Is(line) {
				t.Errorf("%s:%d is not recognised", file, i+1)
			}
			var rec term.Record
			if err := Decode(line, &rec); err != nil {
				fmt.Fprintf(&out, "line %d: %v\n", i+1, err)
				continue
			}
			out.Write(term.AppendRecord(nil, &rec))
		}
		golden := strings.TrimSuffix(file, ".ndjson") + ".golden"
		if *update {
			if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatalf("%v; write it with -update, and read it", err)
		}
		if d := cmp.Diff(string(want), out.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", golden, d)
		}
	}
}

// check is what holds for any line.
func check(t testing.TB, line []byte) {
	t.Helper()
	rec := term.Record{ID: "of before", Tags: []string{"of before"}}
	err := Decode(line, &rec)
	if err != nil {
		var fault *term.DecodeError
		if !errors.As(err, &fault) || fault.Offset != -1 || fault.Reason == "" {
			t.Errorf("the error is %#v", err)
		}
		if d := cmp.Diff(term.Record{}, rec); d != "" {
			t.Errorf("what was refused has left something behind: %s", d)
		}
		return
	}
	if rec.ID == "" || rec.Platform == "" || rec.TS == 0 {
		t.Errorf("a record without ID, platform or time: %+v", rec)
	}
	encoded := term.AppendRecord(nil, &rec)
	var back term.Record
	if err := new(term.Decoder).Decode(encoded, &back); err != nil {
		t.Fatalf("no record that Swell takes: %v\n%s", err, encoded)
	}
	if again := term.AppendRecord(nil, &back); !bytes.Equal(encoded, again) {
		t.Errorf("does not survive its own encoding: %s", cmp.Diff(string(encoded), string(again)))
	}
}

func FuzzDecode(f *testing.F) {
	for _, file := range inputs(f) {
		for _, line := range lines(f, file) {
			f.Add(line)
		}
	}
	f.Fuzz(func(t *testing.T, line []byte) { check(t, line) })
}

// TestRecordsOwnTheirMemory: the line may be overwritten.
func TestRecordsOwnTheirMemory(t *testing.T) {
	for _, file := range inputs(t) {
		for _, line := range lines(t, file) {
			line = bytes.Clone(line)
			var rec term.Record
			if Decode(line, &rec) != nil {
				continue
			}
			before := string(term.AppendRecord(nil, &rec))
			for i := range line {
				line[i] = 'x'
			}
			if after := string(term.AppendRecord(nil, &rec)); after != before {
				t.Errorf("the record has changed with its line: %s", cmp.Diff(before, after))
			}
		}
	}
}

func TestIs(t *testing.T) {
	for _, s := range []string{
		``, `[]`, `{}`, `{"ts":1795100000,"text":"\"source_platform\" \"item_id\""}`, `{"source_platform":"tiktok.com"}`,
		`"source_platform" "item_id"`, `{"item_id":"1"}`,
	} {
		if Is([]byte(s)) {
			t.Errorf("%s is taken for an exported post", s)
		}
	}
	if !Is([]byte("  {\"item_id\":1,\"source_platform\":2}\n")) {
		t.Error("space before it hides a line")
	}
}

func TestNothingToCount(t *testing.T) {
	var rec term.Record
	err := Decode([]byte(`{"item_id":"1","source_platform":"tiktok.com","data":{"id":"1","createTime":1795100000}}`), &rec)
	var fault *term.DecodeError
	if !errors.Is(err, term.ErrNothingToCount) || !errors.As(err, &fault) {
		t.Errorf("the error is %v", err)
	}
}

// TestLimits: what no platform has is cut or left out, and the rest of the post is used.
func TestLimits(t *testing.T) {
	long := strings.Repeat("ü", term.MaxTextBytes)
	line := fmt.Sprintf(`{"item_id":"1","source_platform":"tiktok.com","data":{"id":"1","createTime":1795100000,"desc":"%s","author":"%s","textExtra":[{"hashtagName":"%s"},{"hashtagName":"short"}]}}`, long, long[:4000], long[:4000])
	var rec term.Record
	if err := Decode([]byte(line), &rec); err != nil {
		t.Fatal(err)
	}
	if len(rec.Text) > term.MaxTextBytes || len(rec.Author) > term.MaxFieldBytes || len(rec.Tags) != 1 {
		t.Errorf("%d bytes of text, %d of the author's name, %d tags", len(rec.Text), len(rec.Author), len(rec.Tags))
	}
}

func BenchmarkDecode(b *testing.B) {
	line := lines(b, "testdata/cases/tiktok.ndjson")[0]
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	var rec term.Record
	for b.Loop() {
		if err := Decode(line, &rec); err != nil {
			b.Fatal(err)
		}
	}
}
