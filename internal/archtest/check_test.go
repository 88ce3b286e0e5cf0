package archtest

import (
	"strings"
	"testing"
	"testing/fstest"
)

// load parses made-up files.
func load(t *testing.T, files map[string]string) *Tree {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, src := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(src)}
	}
	tree, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// expect compares messages with parts that they must hold, one for one.
func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d messages %q, want %d", len(got), got, len(want))
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("message %q does not hold %q", got[i], want[i])
		}
	}
}

func TestLoad(t *testing.T) {
	tree := load(t, map[string]string{
		"a/a.go":                "package a",
		"a/testdata/bad.go":     "not Go",
		".hidden/x.go":          "not Go",
		"_old/x.go":             "not Go",
		"bench/compare/go.mod":  "module other",
		"bench/compare/main.go": "not Go",
		"b/only_test.go":        "package b",
	})
	if dirs := tree.dirs(); len(dirs) != 1 || dirs[0] != "a" {
		t.Errorf("packages %q, want a alone", dirs)
	}
	if _, err := Load(fstest.MapFS{"a.go": {Data: []byte("package")}}); err == nil || !strings.Contains(err.Error(), "a.go") {
		t.Errorf("a file that does not parse gives the error %v", err)
	}
}

func TestCheckLayers(t *testing.T) {
	table := []Package{{"low", 0, nil}, {"mid", 1, []string{"low"}}, {"gone", 0, nil}, {"odd", 1, []string{"mid"}}}
	tree := load(t, map[string]string{
		"low/a.go":      "package low",
		"low/a_test.go": `package low; import _ "` + module + `/mid"`,
		"mid/a.go":      `package mid; import ("fmt"; _ "` + module + `/low"; _ "` + module + `/new")`,
		"odd/a.go":      "package odd",
		"new/a.go":      "package new",
	})
	expect(t, tree.CheckLayers(table),
		"new: this package is not in the layer table",
		"gone: the layer table has a row",
		"odd: its row allows mid",
		"mid/a.go:1: mid may not import new",
	)
}

func TestCheckFences(t *testing.T) {
	tree := load(t, map[string]string{
		"store/a.go":      `package store; import _ "example.org/db/v4/options"`,
		"other/a_test.go": `package other; import _ "example.org/db/v4"`,
		"third/a.go":      `package third; import _ "example.org/dbx"`,
	})
	expect(t, tree.CheckFences([]Fence{{"example.org/db", []string{"store"}}}), "other/a_test.go:1: example.org/db belongs into store alone")
}

func TestCheckPure(t *testing.T) {
	tree := load(t, map[string]string{
		"core/a.go": `package core
import (
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	clock "time"
)
var _ = clock.Now
var _ clock.Duration
var _ = rand.IntN(3)
var _ = rand.New(rand.NewPCG(1, 2))
var _ http.Handler
var _ atomic.Int64
func f() { go f() }
`,
		"core/a_test.go": `package core; import _ "os"`,
		"ring/a.go":      `package ring; import _ "sync/atomic"`,
		"edge/a.go":      `package edge; import _ "os"`,
	})
	expect(t, tree.CheckPure([]string{"core", "ring"}, []string{"ring"}),
		"core/a.go:4: core may not import net/http",
		"core/a.go:5: core may not import sync/atomic",
		"core/a.go:8: core may not use clock.Now",
		"core/a.go:10: core may not use rand.IntN",
		"core/a.go:14: core may not start a goroutine",
	)
}

func TestCheckControl(t *testing.T) {
	tree := load(t, map[string]string{
		"a/a.go":      "package a\nfunc init() {}\nfunc f() { panic(1) }\ntype T int\nfunc (T) init() {}",
		"a/b.go":      "package a\nfunc g() { panic(2) }",
		"a/a_test.go": "package a\nfunc init() { panic(3) }",
	})
	expect(t, tree.CheckControl(map[string]string{"a/b.go": "a reason", "a/c.go": "another"}),
		"a/a.go:2: init", "a/a.go:3: return an error", "a/c.go: may panic but does not")
}

func TestCheckDocs(t *testing.T) {
	tree := load(t, map[string]string{
		"a/a.go": `package a
func Bare() {}
// Said is said.
func Said() {}
func own() {}
type t struct{}
func (t) Exported() {}
type T[K any] struct{}
func (*T[K]) Method() {}
const A = 1
// Both are said.
const (
	B = 1
	C = 2
)
const (
	D = 1 // said here
	E = 2
)
// The group says nothing of each type.
type (
	U int
	// V is said.
	V int
)
`,
		"good/doc.go": "// Package good is documented.\npackage good",
		"cmd/main.go": "// Command x does y.\npackage main",
		"odd/a.go":    "// Something else.\npackage odd",
	})
	expect(t, tree.CheckDocs(),
		"a: no file begins", "odd: no file begins",
		"a/a.go:2: the exported Bare", "a/a.go:8: the exported T", "a/a.go:9: the exported Method", "a/a.go:10: the exported A",
		"a/a.go:18: the exported E", "a/a.go:22: the exported U",
	)
}
