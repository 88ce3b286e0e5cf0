package e2e_test

import (
	"net/http"
	"net/url"
	"sort"
	"strings"
	"testing"
)

// shown is a page that the tests look at.
type shown struct{ name, path string }

// shownBy returns the pages of a server, with a term and a comparison of those that lead its ranking.
func shownBy(t *testing.T, s *server) []shown {
	t.Helper()
	top := leading(t, s)
	compared := url.Values{}
	for _, p := range top[:min(3, len(top))] {
		key, err := url.PathUnescape(strings.TrimPrefix(p, "/terms/hashtag/"))
		if err != nil {
			t.Fatal(err)
		}
		compared.Add("term", "#"+key)
	}
	return []shown{
		{"ranking", "/"}, {"term", top[0]}, {"compare", "/compare?" + compared.Encode()}, {"timing", "/timing"}, {"digest", "/digest"},
		{"search", "/search?q=" + url.QueryEscape(strings.TrimPrefix(top[0], "/terms/hashtag/")[:3])},
		{"alerts", "/alerts"}, {"watches", "/watches"}, {"sources", "/sources"}, {"about", "/about"}, {"nothing", "/nothing-here"},
	}
}

// leading returns the paths of the hashtags that lead the ranking.
func leading(t *testing.T, s *server) (paths []string) {
	t.Helper()
	a, err := s.client().Trends(t.Context(), url.Values{"kind": {"hashtag"}, "limit": {"50"}})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, tr := range a.Trends {
		if p := "/terms/hashtag/" + url.PathEscape(tr.Key); !seen[p] {
			seen[p] = true
			paths = append(paths, p)
		}
	}
	if len(paths) == 0 {
		t.Fatal("there is no trend of a hashtag")
	}
	return paths
}

// Each page has one heading, the parts that screen readers jump to, and a title; nothing in it is refused or asked
// of others; and every link on it leads somewhere.
func TestPages(t *testing.T) {
	s := up(t, made)
	b := open(t, s.base, look{})
	b.expect("404") // of the page that is not there
	links := map[string]string{}
	for _, p := range shownBy(t, s) {
		b.visit(p.path)
		for what, count := range map[string]int{
			"h1": 1, "main": 1, "body > header, body > .top": 1, "body > footer": 1, "body > header nav[aria-label]": 1, "[style], style, script:not([src])": 0, "[onclick], [onload], [onerror]": 0,
			"html[lang]": 1, "a.skip[href='#main']": 1,
		} {
			if got := eval[int](b, "document.querySelectorAll("+quote(what)+").length"); got != count {
				t.Errorf("%s: %d of %s, want %d", p.name, got, what, count)
			}
		}
		title, heading := eval[string](b, "document.title"), eval[string](b, "document.querySelector('h1').textContent.trim()")
		if heading == "" || !strings.HasSuffix(title, " · Swell") {
			t.Errorf("%s: title %q, heading %q", p.name, title, heading)
		}
		if twice := eval[[]string](b, "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i)"); len(twice) > 0 {
			t.Errorf("%s: these ids are given twice: %q", p.name, twice)
		}
		for _, href := range eval[[]string](b, "[...document.querySelectorAll('a[href]')].map(a => new URL(a.getAttribute('href'), location).href)") {
			href, _, _ = strings.Cut(href, "#")
			if strings.HasPrefix(href, s.base+"/") && href != s.base+p.path {
				links[href] = p.name
			}
		}
		if lost := eval[[]string](b, "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1)).filter(id => id && !document.getElementById(decodeURIComponent(id)))"); len(lost) > 0 {
			t.Errorf("%s: links lead to parts that are not there: %q", p.name, lost)
		}
		b.clean(p.name)
	}
	follow(t, links)
}

// follow asks for every link.
func follow(t *testing.T, links map[string]string) {
	t.Helper()
	var all []string
	for l := range links {
		all = append(all, l)
	}
	sort.Strings(all)
	for _, l := range all {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l, nil)
		if err != nil {
			t.Errorf("%s: bad link %s: %v", links[l], l, err)
			continue
		}
		req.Header.Set("Accept", "text/html,*/*;q=0.8")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode >= 400 {
			t.Errorf("%s: the link %s is answered with %d", links[l], l, resp.StatusCode)
		}
	}
	t.Logf("%d links were followed", len(all))
}

// quote writes a string as JavaScript does.
func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(s) + "'"
}
