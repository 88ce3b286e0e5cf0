package archtest

import (
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"strings"
)

// CheckLayers returns a message for each package that the table lacks, each row
// without a package, each row that may import its own layer or a higher one, and
// each import outside of tests that the table does not allow.
func (t *Tree) CheckLayers(table []Package) []string {
	var bad []string
	rows := map[string]Package{}
	for _, p := range table {
		rows[p.Dir] = p
	}
	dirs := t.dirs()
	for _, dir := range dirs {
		if _, ok := rows[dir]; !ok {
			bad = append(bad, fmt.Sprintf("%s: this package is not in the layer table; give it a row", dir))
		}
	}
	for _, p := range table {
		if !slices.Contains(dirs, p.Dir) {
			bad = append(bad, fmt.Sprintf("%s: the layer table has a row for this package, but there is none", p.Dir))
		}
		for _, dir := range p.Imports {
			if lower, ok := rows[dir]; !ok || lower.Layer >= p.Layer {
				bad = append(bad, fmt.Sprintf("%s: its row allows %s, which is not in a lower layer", p.Dir, dir))
			}
		}
	}
	for _, f := range t.files {
		row, ok := rows[f.dir]
		if f.test || !ok {
			continue
		}
		for _, spec := range f.syntax.Imports {
			dir, internal := strings.CutPrefix(importPath(spec), module+"/")
			if internal && !slices.Contains(row.Imports, dir) {
				bad = append(bad, fmt.Sprintf("%s: %s may not import %s", t.at(spec), f.dir, dir))
			}
		}
	}
	return bad
}

// CheckFences returns a message for each import of a fenced library outside of
// its fence, tests included.
func (t *Tree) CheckFences(fences []Fence) []string {
	var bad []string
	for _, f := range t.files {
		for _, spec := range f.syntax.Imports {
			for _, fence := range fences {
				if under(importPath(spec), fence.Library) && !slices.Contains(fence.Dirs, f.dir) {
					bad = append(bad, fmt.Sprintf("%s: %s belongs into %s alone", t.at(spec), fence.Library, strings.Join(fence.Dirs, " and ")))
				}
			}
		}
	}
	return bad
}

// CheckPure returns a message for each import, call or goroutine by which a
// package in pure would depend on more than its arguments. Packages in atomics
// may import sync/atomic. Tests are free.
func (t *Tree) CheckPure(pure, atomics []string) []string {
	var bad []string
	for _, f := range t.files {
		if f.test || !slices.Contains(pure, f.dir) {
			continue
		}
		for _, spec := range f.syntax.Imports {
			imported := importPath(spec)
			if imported == "sync/atomic" && slices.Contains(atomics, f.dir) || slices.Contains(harmlessImports, imported) {
				continue
			}
			if slices.ContainsFunc(impureImports, func(root string) bool { return under(imported, root) }) {
				bad = append(bad, fmt.Sprintf("%s: %s may not import %s", t.at(spec), f.dir, imported))
			}
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				bad = append(bad, fmt.Sprintf("%s: %s may not start a goroutine", t.at(n), f.dir))
			case *ast.SelectorExpr:
				if from, ok := n.X.(*ast.Ident); ok && slices.Contains(impureCalls[f.names[from.Name]], n.Sel.Name) {
					bad = append(bad, fmt.Sprintf("%s: %s may not use %s.%s: time and randomness are arguments", t.at(n), f.dir, from.Name, n.Sel.Name))
				}
			}
			return true
		})
	}
	return bad
}

// CheckControl returns a message for each init function and each call of panic
// outside of tests; allowed names the files that may panic, with the reason, and
// each of them must.
func (t *Tree) CheckControl(allowed map[string]string) []string {
	var bad []string
	used := map[string]bool{}
	for _, f := range t.files {
		if f.test {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Recv == nil && n.Name.Name == "init" {
					bad = append(bad, fmt.Sprintf("%s: init hides control flow; call what it does where it is needed", t.at(n)))
				}
			case *ast.CallExpr:
				name, ok := n.Fun.(*ast.Ident)
				if !ok || name.Name != "panic" {
					return true
				}
				if used[f.path] = true; allowed[f.path] == "" {
					bad = append(bad, fmt.Sprintf("%s: return an error in place of a panic", t.at(n)))
				}
			}
			return true
		})
	}
	for _, path := range slices.Sorted(maps.Keys(allowed)) {
		if !used[path] {
			bad = append(bad, fmt.Sprintf("%s: may panic but does not; take it off the list", path))
		}
	}
	return bad
}
