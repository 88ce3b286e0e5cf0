package archtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// root returns the folder of go.mod above this test.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above this test")
		}
		dir = up
	}
}

// TestRepository applies every rule to this module.
func TestRepository(t *testing.T) {
	tree, err := Load(os.DirFS(root(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range []struct {
		name string
		bad  []string
	}{
		{"layers", tree.CheckLayers(Layers())},
		{"fences", tree.CheckFences(Fences())},
		{"pure", tree.CheckPure(Pure(), Atomics())},
		{"control", tree.CheckControl(PanicsAllowed())},
		{"docs", tree.CheckDocs()},
	} {
		t.Run(check.name, func(t *testing.T) {
			for _, message := range check.bad {
				t.Error(message)
			}
		})
	}
}

// TestArchitectureShowsTheTable keeps the layer table of ARCHITECTURE.md equal
// to the one that is enforced.
func TestArchitectureShowsTheTable(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(t), "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	if table := layerTable(Layers()); !strings.Contains(string(text), table) {
		t.Errorf("ARCHITECTURE.md does not hold the layer table as enforced:\n%s", table)
	}
}

// layerTable renders the layers for ARCHITECTURE.md.
func layerTable(layers []Package) string {
	var b strings.Builder
	b.WriteString("| layer | package | may import |\n|---|---|---|\n")
	for _, p := range layers {
		imports := "nothing of Swell"
		if len(p.Imports) > 0 {
			imports = "`" + strings.Join(p.Imports, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", p.Layer, p.Dir, imports)
	}
	return b.String()
}
