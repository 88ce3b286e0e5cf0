// Package cases holds decoders of pages against files: what each makes of the pages below
// testdata/cases is written down beside them, and whatever they make of anything has to be records
// that Swell takes.
package cases

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/term"
)

// Dir is where a package has its cases.
const Dir = "testdata/cases"

// Decode is a decoder under test.
type Decode func(page []byte) ([]term.Record, []scrapers.Reject, error)

// Run decodes each page whose name begins with prefix and compares what comes out (records as NDJSON,
// rejects, the error) with the file of its name that ends in .golden. With update, it writes that file.
func Run(t *testing.T, prefix string, update bool, decode Decode) {
	t.Helper()
	names := pages(t, prefix)
	if len(names) == 0 {
		t.Fatalf("there is no case %s/%s*", Dir, prefix)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			page := read(t, name)
			records, rejects, err := decode(page)
			if bad := Check(records); bad != nil {
				t.Error(bad)
			}
			got := render(records, rejects, err)
			golden := strings.TrimSuffix(name, filepath.Ext(name)) + ".golden"
			if update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(string(read(t, golden)), got); d != "" {
				t.Errorf("%s differs (-want +got), -update writes it anew:\n%s", golden, d)
			}
		})
	}
}

// Fuzz fuzzes a decoder, from the pages whose names begin with prefix: it may refuse
// anything, but what it makes are records.
func Fuzz(f *testing.F, prefix string, decode Decode) {
	f.Helper()
	for _, name := range pages(f, prefix) {
		f.Add(read(f, name))
	}
	f.Fuzz(func(t *testing.T, page []byte) {
		records, rejects, _ := decode(page)
		if err := Check(records); err != nil {
			t.Fatal(err)
		}
		for _, r := range rejects {
			if r.Where == "" || r.Why == nil {
				t.Fatalf("a reject without a place or a reason: %+v", r)
			}
		}
	})
}

// Check says what keeps records from being such as Swell takes, nil when nothing does.
func Check(records []term.Record) error {
	var d term.Decoder
	var back term.Record
	for i := range records {
		rec := &records[i]
		line := term.AppendRecord(nil, rec)
		if err := d.Decode(line, &back); err != nil {
			return fmt.Errorf("record %d is none: %w\n%s", i, err, line)
		}
		if again := term.AppendRecord(nil, &back); string(again) != string(line) {
			return fmt.Errorf("record %d does not survive its own encoding: %s", i, cmp.Diff(string(line), string(again)))
		}
		if rec.Gauge == nil && rec.ID == "" {
			return fmt.Errorf("record %d is a post without an ID: %s", i, line)
		}
	}
	return nil
}

func render(records []term.Record, rejects []scrapers.Reject, err error) string {
	var out strings.Builder
	for i := range records {
		out.Write(term.AppendRecord(nil, &records[i]))
	}
	for _, r := range rejects {
		fmt.Fprintf(&out, "reject: %s: %v\n", r.Where, r.Why)
	}
	if err != nil {
		fmt.Fprintf(&out, "error: %v\n", err)
	}
	return out.String()
}

func pages(tb testing.TB, prefix string) []string {
	tb.Helper()
	all, err := filepath.Glob(filepath.Join(Dir, prefix+"*"))
	if err != nil {
		tb.Fatal(errors.Join(errors.New("the prefix is no name"), err))
	}
	var names []string
	for _, name := range all {
		if filepath.Ext(name) != ".golden" {
			names = append(names, name)
		}
	}
	return names
}

func read(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}
