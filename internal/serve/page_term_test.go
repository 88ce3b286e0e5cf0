package serve

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

// TestTermPages holds what pages say to what was once looked at.
func TestTermPages(t *testing.T) {
	for name, target := range map[string]string{
		"term":           "/terms/hashtag/BookTok",
		"term-day":       "/terms/hashtag/booktok?range=24h&on=reddit",
		"term-gauge":     "/terms/sound/id:douyin:7481",
		"term-held":      "/terms/hashtag/BuyNow",
		"term-variant":   "/terms/hashtag/Book_Tok",
		"term-link":      "/terms/link/example.com%2Fa%2Fseries%3Fpage=2",
		"term-past":      "/terms/hashtag/booktok?at=" + time.Unix(fixedAsOf, 0).UTC().Add(-10*time.Minute).Format(time.RFC3339),
		"term-unknown":   "/terms/hashtag/booktokk",
		"search":         "/search?q=Book",
		"search-none":    "/search?q=nothing-like-it",
		"search-empty":   "/search",
		"search-refused": "/search?q=%21",
		"compare":        "/compare?terms=%23BookTok,neverseen,sound:id:douyin:7481&range=24h",
		"compare-one":    "/compare?terms=BookTok",
		"compare-empty":  "/compare",
		"compare-lists":  "/compare?watches=books&watches=sounds",
		"timing-little":  "/timing?platform=reddit",
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, fixedOptions(t))
			keepLists(t, s)
			status, page := browse(t, s, target)
			if want := http.StatusOK; status != want && name != "term-unknown" {
				t.Fatalf("status %d, want %d: %s", status, want, page)
			}
			holdTo(t, filepath.Join("..", "pages", name), []byte(readable(t, page)))
		})
	}
}

func TestTimingPage(t *testing.T) {
	opt := fixedOptions(t)
	opt.History = habitual(t, 28)
	s := newServer(t, opt)
	_, page := browse(t, s, "/timing?platform=tiktok")
	holdTo(t, filepath.Join("..", "pages", "timing"), []byte(readable(t, page)))
}

// hostileTerms are terms that were made to break out of a page or of its address.
var hostileTerms = []term.Term{
	{Kind: term.Hashtag, Key: "<script>alert(1)</script>", Display: "<script>alert(1)</script>"},
	{Kind: term.Hashtag, Key: `"onmouseover="alert(1)`, Display: `"onmouseover="alert(1)`},
	{Kind: term.Hashtag, Key: "a/b?c#d%2fe&f=g;h+i j", Display: "a/b?c#d%2Fe&f=g;h+i j"},
	{Kind: term.Hashtag, Key: "\u202egnp.exe", Display: "\u202egnp.exe\u2066"},
	{Kind: term.Hashtag, Key: "👩‍👩‍👧‍👦🏳️‍🌈", Display: "👩‍👩‍👧‍👦🏳️‍🌈"},
	{Kind: term.Hashtag, Key: "مرحبا", Display: "مرحبا"},
	{Kind: term.Keyword, Key: "mute", Display: "mute"},
	{Kind: term.Link, Key: "example.com/../../mute", Display: "https://example.com/../../mute"},
	{Kind: term.Link, Key: "example.com/a//b/watch", Display: "javascript:alert(1)"},
	{Kind: term.Keyword, Key: strings.Repeat("{{.}} 長い<b>", 40), Display: strings.Repeat("{{.}} 長い<b>", 1000)},
}

// hostileSource tells of the terms above as trends. Their keys come back as they are: normalising is not looked at here.
func hostileSource() *fixed {
	f := fixedSource()
	like, counts := f.view.Trends[0], f.counts[0]
	f.view.Trends, f.counts, f.together = nil, nil, nil
	var companions []engine.Companion
	for _, t := range hostileTerms {
		t.Key = term.KeyOf(t.Kind, t.Key)
		tr, c := like, counts
		tr.Term, c.Term = t, t
		tr.Variants = nil
		f.view.Trends, f.counts = append(f.view.Trends, tr), append(f.counts, c)
		companions = append(companions, engine.Companion{Term: t, Both: 90, Posts: 100})
	}
	f.together = []engine.Together{{Platform: "tiktok", From: fixedAsOf - 72*3600, AsOf: fixedAsOf, All: 90_001, Posts: 168, Companions: companions}}
	return f
}

// TestHostileTermsAreInert asks for the pages of hostile terms by the links that pages have, and looks for anything that acts.
func TestHostileTermsAreInert(t *testing.T) {
	opt := fixedOptions(t)
	source := hostileSource()
	opt.Source = source
	s := newServer(t, opt)
	followed := map[string]bool{}
	for i := range source.view.Trends {
		tr := &source.view.Trends[i].Term
		path := "/terms/" + url.PathEscape(tr.Kind.String()) + "/" + url.PathEscape(tr.Key)
		status, page := browse(t, s, path)
		if status != http.StatusOK {
			t.Errorf("%s: status %d", path, status)
			continue
		}
		root := inertPage(t, path, page)
		links, forms := addresses(root)
		if !strings.Contains(page, "Comes with") || len(forms) < 2 {
			t.Errorf("%s: %d forms, related terms: %t", path, len(forms), strings.Contains(page, "Comes with"))
		}
		for _, link := range links {
			if followed[link] || !strings.HasPrefix(link, "/terms/") || strings.Contains(link, "range=") {
				continue
			}
			followed[link] = true
			if status, _ := browse(t, s, strings.Split(link, "#")[0]); status != http.StatusOK {
				t.Errorf("%s: its link %s has status %d", path, link, status)
			}
		}
		for _, to := range forms {
			if !strings.HasPrefix(to, path+"/") {
				t.Errorf("%s: a form goes to %s", path, to)
			}
			r, _ := http.NewRequest("POST", to, nil)
			folded := foldKey(r)
			if _, pattern := s.mux.Handler(folded); !strings.HasPrefix(pattern, "POST /terms/{kind}/{key}/") {
				t.Errorf("%s: the form to %s is routed to %q", path, to, pattern)
			}
		}
	}
	for _, target := range []string{
		"/search?q=" + url.QueryEscape("<script>alert(1)</script>"), "/timing?term=" + url.QueryEscape(`"><script>alert(1)</script>`),
		"/compare?term=" + url.QueryEscape("<script>alert(1)</script>") + "&term=" + url.QueryEscape("\u202egnp.exe"),
		"/terms/hashtag/" + url.PathEscape("<img src=x onerror=alert(2)>") + "?platform=%3Cscript%3E", "/compare?watches=%3Cscript%3E&watches=b",
		"/terms/hashtag/booktok?on=%22%3E%3Cscript%3E&range=%22%3E%3Cscript%3E&done=%3Cscript%3E",
	} {
		_, page := browse(t, s, target)
		inertPage(t, target, page)
	}
}

// inertPage fails if anything on a page acts that is not the page's own.
func inertPage(t testing.TB, path, page string) *html.Node {
	t.Helper()
	if i := strings.IndexAny(page, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"); i >= 0 {
		t.Errorf("%s: a control of direction at %q", path, page[max(0, i-80):i+3])
	}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	scripts := 0
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			switch n.Data {
			case "script":
				scripts++
			case "style", "iframe", "object", "embed", "base", "img":
				t.Errorf("%s: <%s>", path, n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || acting(a) {
					t.Errorf("%s: <%s %s=%q>", path, n.Data, a.Key, a.Val)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	if scripts != 1 {
		t.Errorf("%s: %d scripts", path, scripts)
	}
	return root
}

// acting reports whether an attribute leads to something that acts.
func acting(a html.Attribute) bool {
	switch a.Key {
	case "href", "action", "src", "formaction", "xlink:href":
		u, err := url.Parse(a.Val)
		return err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https"
	}
	return false
}

// addresses returns where the links and the forms of a page's main part lead.
func addresses(n *html.Node) (links, forms []string) {
	main := element(n, "main")
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for _, a := range n.Attr {
			switch {
			case n.Data == "a" && a.Key == "href":
				links = append(links, a.Val)
			case n.Data == "form" && a.Key == "action":
				forms = append(forms, a.Val)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	if main != nil {
		walk(main)
	}
	return links, forms
}

// TestKeysInPaths asks for keys as browsers write them, with and without their slashes escaped.
func TestKeysInPaths(t *testing.T) {
	for _, c := range []struct{ method, target, key, pattern string }{
		{"GET", "/terms/link/example.com/a/series?page=2", "example.com/a/series", "GET /terms/{kind}/{key}"},
		{"GET", "/terms/link/example.com%2Fa%2Fseries%3Fpage=2", "example.com/a/series?page=2", "GET /terms/{kind}/{key}"},
		{"GET", "/terms/link/example.com/mute", "example.com/mute", "GET /terms/{kind}/{key}"},
		{"POST", "/terms/link/example.com/a/mute", "example.com/a", "POST /terms/{kind}/{key}/mute"},
		{"POST", "/terms/link/example.com%2Fmute/mute", "example.com/mute", "POST /terms/{kind}/{key}/mute"},
		{"POST", "/terms/keyword/note/note", "note", "POST /terms/{kind}/{key}/note"},
		{"GET", "/terms/keyword/%2E%2E", "..", "GET /terms/{kind}/{key}"},
		{"GET", "/api/v1/terms/link/example.com/mute", "example.com/mute", "GET /api/v1/terms/{kind}/{key}"},
	} {
		r, err := http.NewRequest(c.method, c.target, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := newServer(t, fixedOptions(t))
		var key string
		folded := foldKey(r)
		_, pattern := s.mux.Handler(folded)
		mux := http.NewServeMux()
		mux.HandleFunc(pattern, func(_ http.ResponseWriter, r *http.Request) { key = r.PathValue("key") })
		mux.ServeHTTP(nil, folded)
		if key != c.key || pattern != c.pattern {
			t.Errorf("%s %s: %q by %q, want %q by %q", c.method, c.target, key, pattern, c.key, c.pattern)
		}
	}
}

// submit sends a form as a browser does.
func submit(h http.Handler, target string, form url.Values) *http.Response {
	r := httptest.NewRequest("POST", target, strings.NewReader(form.Encode()))
	r.Host = "localhost:7310"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Result()
}

// post sends a form that is right, and returns where it leads.
func post(t testing.TB, h http.Handler, target string, form url.Values) string {
	t.Helper()
	return wantStatus(t, submit(h, target, form), http.StatusSeeOther).Header.Get("Location")
}

func TestTermActs(t *testing.T) {
	opt := withAlerts(t)
	opt.Shelf = &shelfOf{values: map[string][]byte{}, budget: -1}
	s := newServer(t, opt)
	const path = "/terms/hashtag/booktok"
	says := func(want ...string) {
		t.Helper()
		_, page := browse(t, s, path)
		said := readable(t, page)
		for _, text := range want {
			if !strings.Contains(said, text) {
				t.Errorf("the page does not say %q:\n%s", text, said)
			}
		}
	}
	if to := post(t, s, path+"/watch", url.Values{"title": {"Our Spring"}}); to != path+"?done=watched" {
		t.Errorf("sent to %s", to)
	}
	says("On Our Spring")
	post(t, s, path+"/watch", url.Values{"name": {"our-spring"}}) // once more is no harm
	if w := ask[api.Watch](t, s, "/api/v1/watches/our-spring"); len(w.Terms) != 1 || w.Terms[0].Key != "booktok" {
		t.Errorf("the list is %+v", w)
	}
	post(t, s, path+"/unwatch", url.Values{"name": {"our-spring"}})
	if w := ask[api.Watch](t, s, "/api/v1/watches/our-spring"); len(w.Terms) != 0 {
		t.Errorf("the list is %+v", w)
	}
	post(t, s, path+"/watch", url.Values{"name": {"our-spring"}})
	says("On Our Spring")

	post(t, s, path+"/mute", url.Values{"for": {"7d"}})
	mutes := ask[api.MutesAnswer](t, s, "/api/v1/mutes").Mutes
	if len(mutes) != 1 || mutes[0].Key != "booktok" || !mutes[0].Until.Equal(opt.Clock().Add(7*24*time.Hour)) {
		t.Fatalf("muted %+v", mutes)
	}
	says("Muted until")
	if to := post(t, s, path+"/unmute", url.Values{"id": {mutes[0].ID}}); to != path+"?done=unmuted" {
		t.Errorf("sent to %s", to)
	}
	if mutes := ask[api.MutesAnswer](t, s, "/api/v1/mutes").Mutes; len(mutes) != 0 {
		t.Errorf("muted %+v", mutes)
	}
	for target, form := range map[string]url.Values{
		"/mute": {"for": {"ever"}}, "/unmute": {"id": {".."}}, "/watch": {"name": {"none"}}, "/note": {"text": {" "}},
		"/unwatch": {}, "/note?": {"text": {"a"}, "at": {"noon"}},
	} {
		if resp := submit(s, path+target, form); resp.StatusCode < 400 || resp.StatusCode >= 500 {
			t.Errorf("%s %v: %s", target, form, resp.Status)
		}
	}
}
