package crash

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutant is a deliberate bug, a patch in testdata/mutants, and the test that has to catch
// it.
type mutant struct{ patch, test string }

var mutants = []mutant{
	{"no-dedupe", "TestManyProducersAreCountedOnce"},          // deliveries that were sent twice are counted twice
	{"early-answer", "TestKilledServerEndsLikeAnUnbrokenOne"}, // records are answered for before they are in the journal
	{"early-manifest", "TestKilledAtEveryPoint"},              // the manifest of a snapshot is written before its chunks
	{"late-mark", "TestToldThroughKills"},                     // nothing says that a message is being sent
	{"early-position", "TestToldThroughKills"},                // a view is looked at before what it brings waits to be sent
	{"lazy-sync", "TestPowerCut"},                             // the journal is synced now and then
}

// The patches still fit the source.
func TestMutantsApply(t *testing.T) {
	t.Parallel()
	root := gitRoot(t)
	patches, err := filepath.Glob(filepath.Join("testdata", "mutants", "*.patch"))
	if err != nil || len(patches) != len(mutants) {
		t.Fatalf("%d patches, %d mutants (%v)", len(patches), len(mutants), err)
	}
	for _, m := range mutants {
		if err := m.apply(root, "--check"); err != nil {
			t.Error(err)
		}
	}
}

// Each deliberate bug is caught by the test that is there for it: the harness is able
// to fail. It takes a build and some runs for each.
func TestMutantsAreCaught(t *testing.T) {
	if !*mutantsFlag {
		t.Skip("SKIPPED, NOT PASSED: -crash.mutants tries them")
	}
	root := gitRoot(t)
	for _, m := range mutants {
		t.Run(m.patch, func(t *testing.T) {
			if m.test == "TestPowerCut" {
				needVolumes(t)
			}
			tree := filepath.Join(t.TempDir(), "tree")
			copySource(t, root, tree)
			if err := m.apply(tree); err != nil {
				t.Fatal(err)
			}
			program, err := build(tree, filepath.Join(t.TempDir(), "mutant"))
			if err != nil {
				t.Fatal(err)
			}
			for try := range uint64(3) {
				if why := m.caught(t, program, *seedFlag+try); why != "" {
					t.Logf("caught with seed %d: %s", *seedFlag+try, why)
					return
				}
			}
			t.Errorf("%s passes with %s", m.test, m.patch)
		})
	}
}

// apply applies the patch to a source tree.
func (m mutant) apply(tree string, args ...string) error {
	patch, err := filepath.Abs(filepath.Join("testdata", "mutants", m.patch+".patch"))
	if err != nil {
		return err
	}
	cmd := exec.Command("git", append(append([]string{"apply"}, args...), patch)...)
	cmd.Dir = tree
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(tree))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s does not fit the source any more; make it anew: %w: %s", patch, err, out)
	}
	return nil
}

// caught runs the test against a program with the bug, and returns how it failed, or "".
func (m mutant) caught(t *testing.T, program string, seed uint64) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run", "^"+m.test+"$", "-crash.program", program, "-crash.seed", fmt.Sprint(seed))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(out.String(), "--- FAIL: "+m.test):
		t.Fatalf("the test did not run: %v: %s", err, tailOf(out.String(), 30))
	}
	for line := range strings.Lines(out.String()) {
		if strings.Contains(line, "_test.go:") {
			return strings.TrimSpace(line)
		}
	}
	return "it fails"
}

// gitRoot returns the top of the source tree; the test is skipped where git is missing.
func gitRoot(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skipf("SKIPPED, NOT PASSED: %v", err)
	}
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// copySource copies what a build needs of a source tree.
func copySource(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == ".git" || name == "data" || entry.Name() == "testdata"):
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		case !entry.Type().IsRegular() || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}
