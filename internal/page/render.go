package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

//go:embed templates/*.tmpl
var templates embed.FS

// sheet is the template of one page, within that of all.
type sheet = template.Template

// loadSheets reads templates/NAME.html.tmpl for each page. Those whose names begin with an underscore are parts that all
// pages may use.
func (p *Page) loadSheets() (map[string]*sheet, error) {
	base, err := template.New("base").Funcs(funcs()).ParseFS(templates, "templates/_*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	entries, err := templates.ReadDir("templates")
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	sheets := map[string]*sheet{}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".html.tmpl")
		if !ok || strings.HasPrefix(name, "_") {
			continue
		}
		own, err := base.Clone()
		if err == nil {
			own, err = own.ParseFS(templates, "templates/"+e.Name())
		}
		if err != nil {
			return nil, fmt.Errorf("page: %w", err)
		}
		sheets[name] = own
	}
	return sheets, nil
}

// show returns the page of a template, with its frame. nav is the name of its place in the menu.
func (p *Page) show(v *viewer, name, title, nav string, body any) *Answer {
	f := p.frameOf(v, title, nav)
	f.Body = body
	return p.part(name, "_base", f)
}

// part returns what a template of a page defines under a name alone, for scripts that put it in place.
func (p *Page) part(name, part string, data any) *Answer {
	var b bytes.Buffer
	if err := p.sheets[name].ExecuteTemplate(&b, part, data); err != nil {
		return &Answer{Status: http.StatusInternalServerError, Type: "text/plain; charset=utf-8", Body: []byte("The page cannot be shown.\n"), Err: err}
	}
	return &Answer{Body: b.Bytes()}
}
