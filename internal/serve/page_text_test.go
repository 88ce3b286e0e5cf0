package serve

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// browse asks for a page as a browser does.
func browse(t testing.TB, h http.Handler, target string) (int, string) {
	t.Helper()
	r := httptest.NewRequest("GET", target, nil)
	r.Host = "localhost:7310"
	r.Header.Set("Accept", "text/html")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Code, rec.Body.String()
}

// readable returns what a page says in its main part: a line for each block, with the addresses of links, the names of fields
// and what there is to point at. Drawings are left out: what they say stands beside them.
func readable(t testing.TB, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if main := element(root, "main"); main != nil {
		read(&b, main)
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(manySpaces.ReplaceAllString(lines[i], " "))
	}
	lines = slices.DeleteFunc(lines, func(s string) bool { return s == "" })
	return strings.Join(lines, "\n") + "\n"
}

var manySpaces = regexp.MustCompile(`[ \t]+`)

func element(n *html.Node, name string) *html.Node {
	if n.Type == html.ElementNode && n.Data == name {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if found := element(c, name); found != nil {
			return found
		}
	}
	return nil
}

// drawn reports whether an element belongs to a drawing.
func drawn(n *html.Node) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "class" && strings.HasPrefix(a.Val, "c-") })
}

func read(b *strings.Builder, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		b.WriteString(strings.ReplaceAll(n.Data, "\n", " "))
		return
	case n.Type != html.ElementNode || n.Data == "svg" || drawn(n):
		return
	}
	before, after := " ", ""
	switch n.Data {
	case "h1", "h2", "h3":
		before, after = "\n"+strings.Repeat("#", int(n.Data[1]-'0'))+" ", "\n"
	case "p", "li", "tr", "caption", "summary", "form", "section", "header", "nav", "fieldset", "article", "div", "dl":
		before, after = "\n", "\n"
	case "td", "th", "dd", "dt":
		before, after = " ", " |"
	case "bdi":
		before = ""
	}
	b.WriteString(before)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		read(b, c)
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "href", "action":
			b.WriteString(" <" + a.Val + ">")
		case "name", "value":
			b.WriteString(" " + a.Key + "=" + a.Val)
		case "aria-current":
			b.WriteString(" *")
		}
	}
	b.WriteString(after)
}
