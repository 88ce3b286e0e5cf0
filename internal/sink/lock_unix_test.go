//go:build linux || darwin

package sink

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Several that write into one file keep their lines apart, and lose none.
func TestFileOfSeveral(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts.ndjson")
	const writers, lines = 4, 20
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range lines {
				id := fmt.Sprintf("%d-%d", w, i)
				if err := appendOnce(path, id, []byte(`{"id":"`+id+`","type":"test"}`+"\n")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range bytes.Lines(data) {
		var e struct{ ID string }
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		seen[e.ID] = true
	}
	if len(seen) != writers*lines {
		t.Errorf("%d lines, want %d", len(seen), writers*lines)
	}
}
