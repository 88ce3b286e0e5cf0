package bluesky

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/scrapers/stream"
	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "write the golden files anew")

// caseNow is the time at which the messages of the cases come: 2026-11-28 13:00:10 UTC.
const caseNow = 1795870810000000

// TestCases decodes the messages of every case, one a line, and compares what comes of them.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.ndjson")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d cases: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".ndjson"), func(t *testing.T) {
			messages, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got []byte
			var d decoder
			var b stream.Batch
			for i, line := range bytes.Split(bytes.TrimSuffix(messages, []byte("\n")), []byte("\n")) {
				if len(messages) == 0 {
					break
				}
				before := len(b.Records())
				at, err := d.decode(line, caseNow, &b)
				switch records := b.Records(); {
				case err != nil:
					got = fmt.Appendf(got, "line %d, time_us %d: rejected: %v\n", i+1, at, err)
				case len(records) == before:
					got = fmt.Appendf(got, "line %d, time_us %d: passed over\n", i+1, at)
				}
			}
			for _, rec := range b.Records() {
				got = term.AppendRecord(got, &rec)
			}
			got = fmt.Appendf(got, "items: %d\n", b.Items)
			golden := strings.TrimSuffix(file, "ndjson") + "golden"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Error(d)
			}
			checkRecords(t, &b)
		})
	}
}

// checkRecords has every record of a batch survive its own encoding.
func checkRecords(t *testing.T, b *stream.Batch) {
	t.Helper()
	for _, rec := range b.Records() {
		line := term.AppendRecord(nil, &rec)
		var back term.Record
		if err := new(term.Decoder).Decode(line, &back); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		if again := term.AppendRecord(nil, &back); !bytes.Equal(line, again) {
			t.Fatalf("%q became %q", line, again)
		}
		if rec.ID == "" || rec.Author == "" {
			t.Fatalf("%q says not which post it is, and whose", line)
		}
	}
}
