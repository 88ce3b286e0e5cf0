package e2e_test

import (
	"strings"
	"testing"
)

// Without scripts every page has its words, its tables and its charts, and its forms work.
func TestWithoutScripts(t *testing.T) {
	s := up(t, made)
	b, with := open(t, s.base, look{plain: true}), open(t, s.base, look{})
	b.expect("404")
	with.expect("404")
	for _, p := range shownBy(t, s) {
		b.visit(p.path)
		with.visit(p.path)
		for _, what := range []string{"main table tbody tr", "main svg", "main h2", "main form", "main a[href]"} {
			count := "document.querySelectorAll(" + quote(what) + ").length"
			if got, want := eval[int](b, count), eval[int](with, count); got < want {
				t.Errorf("%s: %d of %s without scripts, %d with them", p.name, got, what, want)
			}
		}
		b.clean(p.name)
	}
	b.visit("/")
	key := strings.TrimPrefix(leading(t, s)[0], "/terms/hashtag/")
	eval[bool](b, "(document.querySelector('#find').value = decodeURIComponent("+quote(key)+"), document.querySelector('form[role=search]').requestSubmit(), true)")
	b.until("the search", "location.pathname === '/search' && document.querySelector('main a[href^=\"/terms/\"]')")
}
