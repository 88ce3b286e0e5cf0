package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func embedded(dir string) Options { return Options{Dir: dir, Now: time.Now, MinFree: -1} }

// fill opens the journal in dir, appends n batches and closes it.
func fill(t testing.TB, dir string, n int) {
	t.Helper()
	j, err := Open(t.Context(), embedded(dir))
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if _, err := j.Append(t.Context(), &Batch{Records: posts(i, 2)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestVerify(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 12)
	got, err := Verify(t.Context(), dir, "")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(got)
	names, _ := os.ReadDir(blocksDir(dir, "SWELL"))
	for _, n := range names {
		i, _ := n.Info()
		fmt.Println(n.Name(), i.Size())
	}
	_ = filepath.Join
	_ = errors.Is
}
