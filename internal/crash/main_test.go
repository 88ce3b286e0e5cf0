//go:build unix

package crash

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var (
	seedFlag       = flag.Uint64("crash.seed", 1, "seed of the records, of the moments and of the places of damage")
	roundsFlag     = flag.Int("crash.rounds", 12, "how many kills at random moments, at least")
	exhaustiveFlag = flag.Bool("crash.exhaustive", false, "every place in place of a sample")
	programFlag    = flag.String("crash.program", "", "program to try in place of the one of this source tree; built with -tags faults")
	mutantsFlag    = flag.Bool("crash.mutants", false, "build each deliberate bug and see that it is caught")
)

// scratch holds the binary and is removed at the end.
var scratch string

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "swell-crash-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot make a directory for the binary:", err)
		os.Exit(1)
	}
	scratch = dir
	code := m.Run()
	if err := os.RemoveAll(scratch); err != nil {
		fmt.Fprintln(os.Stderr, "cannot clean up:", err)
	}
	os.Exit(code)
}

// binary builds the program once, with the crash points in it.
var binary = sync.OnceValues(func() (string, error) {
	if *programFlag != "" {
		return *programFlag, nil
	}
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	return build(root, filepath.Join(scratch, "swell"))
})

// build builds the program from the source tree in root.
func build(root, to string) (string, error) {
	cmd := exec.Command("go", "build", "-tags", "faults", "-o", to, "./cmd/swell")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build the program: %w: %s", err, out)
	}
	return to, nil
}

// moduleRoot returns the top of the source tree.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			err = errors.New("no go.mod above the test")
		}
		dir = up
	}
	return "", err
}

// random returns the test's source of chance, which the seed and the name of the
// test decide. What it was is told where the test fails.
func random(t *testing.T) *rand.Rand {
	t.Helper()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("again: go test ./internal/crash -run '^%s$' -crash.seed %d -crash.rounds %d", topName(t), *seedFlag, *roundsFlag)
		}
	})
	var name uint64 = 14695981039346656037 // FNV-1a
	for _, b := range []byte(t.Name()) {
		name = (name ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(*seedFlag, name))
}

func topName(t *testing.T) string {
	name, _, _ := strings.Cut(t.Name(), "/")
	return name
}
