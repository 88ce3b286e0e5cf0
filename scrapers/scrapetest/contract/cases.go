package contract

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/term"
)

// Cases decodes every file of a folder that is no golden one and compares what comes out with the
// file NAME.golden beside it: a line of NDJSON for each record, then the rejected items, then the
// error. With update it writes those. Every record has to be one that Swell takes.
func Cases(t *testing.T, dir string, update bool, decode func(name string, body []byte) ([]term.Record, []scrapers.Reject, error)) {
	t.Helper()
	for name, body := range Inputs(t, dir) {
		t.Run(name, func(t *testing.T) {
			records, rejected, err := decode(name, body)
			got := outcome(records, rejected, err)
			Sound(t, records, rejected)
			golden := filepath.Join(dir, name+".golden")
			if update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v; write it with -update, and read it", err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Errorf("other than %s (-want +got):\n%s", golden, d)
			}
		})
	}
}

// Inputs returns the files of a folder of cases, for [Cases] and for the corpus of a fuzz target.
func Inputs(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, e := range entries {
		if e.IsDir() || filepath.Ext(e.Name()) == ".golden" {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = body
	}
	if len(out) == 0 {
		t.Fatalf("there are no cases in %s", dir)
	}
	return out
}

// Sound sees that what came of decoding anything at all may be delivered.
func Sound(t testing.TB, records []term.Record, rejected []scrapers.Reject) {
	t.Helper()
	for i := range records {
		for _, fault := range Faults(&records[i]) {
			t.Error(fault)
		}
	}
	for _, r := range rejected {
		if r.Where == "" || r.Why == nil {
			t.Errorf("an item was rejected without saying where and why: %q, %v", r.Where, r.Why)
		}
	}
}

func outcome(records []term.Record, rejected []scrapers.Reject, err error) []byte {
	var out bytes.Buffer
	for i := range records {
		out.Write(term.AppendRecord(nil, &records[i]))
	}
	for _, r := range rejected {
		fmt.Fprintf(&out, "rejected %s: %v\n", r.Where, r.Why)
	}
	if err != nil {
		fmt.Fprintf(&out, "error %v\n", err)
	}
	return out.Bytes()
}
