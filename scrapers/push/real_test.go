package push

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/swell-radar/swell/term"
)

// TestRealArchives reads every archive of the folder named by SWELL_TESTDATA to
// its end: the only bad lines in them are posts without text or terms.
func TestRealArchives(t *testing.T) {
	dir := os.Getenv("SWELL_TESTDATA")
	if dir == "" {
		t.Skip("SWELL_TESTDATA names no folder with archives")
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.ndjson.zst"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no *.ndjson.zst in %s (%v)", dir, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".ndjson.zst"), func(t *testing.T) {
			t.Parallel()
			r, err := Open(path, Options{OnBad: func(b BadLine) {
				if b.Class != ClassEmpty {
					t.Error(b)
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			var rec term.Record
			for err == nil {
				_, err = r.Next(&rec)
			}
			if !errors.Is(err, io.EOF) || r.Truncated() {
				t.Fatalf("ended with %v, stats %+v", err, r.Stats())
			}
			t.Logf("%+v", r.Stats())
		})
	}
}
