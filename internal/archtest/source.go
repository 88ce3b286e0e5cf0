package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// Tree is the parsed source of a module.
type Tree struct {
	fset  *token.FileSet
	files []*file
}

// file is one Go file.
type file struct {
	path   string // from the root, with slashes
	dir    string
	test   bool
	syntax *ast.File
	names  map[string]string // import path by the name it has in this file
}

// Load parses all Go files below the root of fsys. It leaves out what the go
// command leaves out (testdata, names that begin with a dot or an underscore)
// and folders with a go.mod of their own.
func Load(fsys fs.FS) (*Tree, error) {
	t := &Tree{fset: token.NewFileSet()}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(name)
		hidden := name != "." && (base[0] == '.' || base[0] == '_')
		if d.IsDir() {
			if hidden || base == "testdata" || name != "." && exists(fsys, path.Join(name, "go.mod")) {
				return fs.SkipDir
			}
			return nil
		}
		if hidden || path.Ext(name) != ".go" {
			return nil
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		syntax, err := parser.ParseFile(t.fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		t.files = append(t.files, newFile(name, syntax))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("archtest: cannot load the source: %w", err)
	}
	return t, nil
}

func exists(fsys fs.FS, name string) bool {
	_, err := fs.Stat(fsys, name)
	return err == nil
}

func newFile(name string, syntax *ast.File) *file {
	f := &file{
		path: name, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go"),
		syntax: syntax, names: map[string]string{},
	}
	for _, spec := range syntax.Imports {
		imported := importPath(spec)
		local := path.Base(imported)
		if version, ok := strings.CutPrefix(local, "v"); ok && version != "" && strings.Trim(version, "0123456789") == "" {
			local = path.Base(path.Dir(imported)) // math/rand/v2 is called rand
		}
		if spec.Name != nil {
			local = spec.Name.Name
		}
		f.names[local] = imported
	}
	return f
}

func importPath(spec *ast.ImportSpec) string {
	text, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return spec.Path.Value // the parser accepts string literals alone
	}
	return text
}

// dirs returns the folders that hold non-test files, in order.
func (t *Tree) dirs() []string {
	var dirs []string
	for _, f := range t.files {
		if !f.test && (len(dirs) == 0 || dirs[len(dirs)-1] != f.dir) {
			dirs = append(dirs, f.dir)
		}
	}
	return dirs
}

// at describes a place in the source.
func (t *Tree) at(n ast.Node) string {
	p := t.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// under reports whether an import path is root or lies below it.
func under(imported, root string) bool {
	return imported == root || strings.HasPrefix(imported, root+"/")
}
