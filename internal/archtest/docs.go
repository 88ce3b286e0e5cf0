package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// CheckDocs returns a message for each package without a package comment of the
// usual form and for each exported declaration outside of tests without a comment.
func (t *Tree) CheckDocs() []string {
	var bad []string
	for _, dir := range t.dirs() {
		documented := false
		for _, f := range t.files {
			if f.dir == dir && !f.test && f.syntax.Doc != nil {
				documented = documented || packageComment(f.syntax)
			}
		}
		if !documented {
			bad = append(bad, fmt.Sprintf("%s: no file begins with the comment \"Package …\" (\"Command …\" for a main package)", dir))
		}
	}
	for _, f := range t.files {
		if f.test {
			continue
		}
		for _, decl := range f.syntax.Decls {
			for _, name := range undocumented(decl) {
				bad = append(bad, fmt.Sprintf("%s: the exported %s has no comment", t.at(name), name.Name))
			}
		}
	}
	return bad
}

func packageComment(f *ast.File) bool {
	if f.Name.Name == "main" {
		return strings.HasPrefix(f.Doc.Text(), "Command ")
	}
	return strings.HasPrefix(f.Doc.Text(), "Package "+f.Name.Name+" ")
}

// undocumented returns the exported names that a declaration leaves without a
// comment. The comment of a group covers its constants and variables.
func undocumented(decl ast.Decl) []*ast.Ident {
	var names []*ast.Ident
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiver(d))) {
			names = append(names, d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && s.Doc == nil && (d.Doc == nil || d.Lparen.IsValid()) {
					names = append(names, s.Name)
				}
			case *ast.ValueSpec:
				if (d.Tok == token.CONST || d.Tok == token.VAR) && d.Doc == nil && s.Doc == nil && s.Comment == nil {
					for _, name := range s.Names {
						if name.IsExported() {
							names = append(names, name)
						}
					}
				}
			}
		}
	}
	return names
}

// receiver returns the name of the type that a method belongs to.
func receiver(d *ast.FuncDecl) string {
	expr := d.Recv.List[0].Type
	for {
		switch e := expr.(type) {
		case *ast.StarExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}
