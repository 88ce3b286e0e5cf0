package serve

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/term"
)

// see asks for a page as a browser does.
func see(t testing.TB, h http.Handler, target string, header ...string) (*http.Response, string) {
	t.Helper()
	resp := do(h, "GET", target, append([]string{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}, header...)...)
	return resp, string(body(t, resp))
}

// lookAt asks for a page that there is, and reads it.
func lookAt(t testing.TB, h http.Handler, target string, header ...string) *html.Node {
	t.Helper()
	resp, text := see(t, h, target, header...)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s\n%s", target, resp.Status, text)
	}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// elements returns the elements below a node that a test picks.
func elements(n *html.Node, pick func(*html.Node) bool) (out []*html.Node) {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && pick(d) {
			out = append(out, d)
		}
	}
	return out
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// withClass picks elements of a class.
func withClass(class string) func(*html.Node) bool {
	return func(n *html.Node) bool { return slices.Contains(strings.Fields(attribute(n, "class")), class) }
}

// words is the text within a node.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.NewReplacer(" ,", ",", " .", ".", " :", ":").Replace(strings.Join(strings.Fields(b.String()), " "))
}

func rankingServer(t testing.TB) *Server {
	opt := fixedOptions(t)
	opt.Sources = fixedHealth
	s := newServer(t, opt)
	keepLists(t, s)
	return s
}

// TestRankingPageGolden holds what the ranking shows to what was once looked at.
func TestRankingPageGolden(t *testing.T) {
	for name, target := range map[string]string{
		"page-ranking":      "/?part=rows&view=wave",
		"page-ranking-held": "/?part=rows&phase=unconfirmed&sort=score&view=list",
		"page-ranking-none": "/?part=rows&q=nothing-like-it&min_confidence=0.9",
		"page-ranking-past": "/?part=rows&at=2026-03-06T04:10:00Z&view=list",
	} {
		t.Run(name, func(t *testing.T) {
			_, text := see(t, rankingServer(t), target, "Cookie", "swell-zone=Europe%2FBerlin")
			holdTo(t, name, []byte(text))
		})
	}
}

// hostileNames are spellings that would do harm if anything took them for more than text.
var hostileNames = []string{
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "javascript:alert(1)", "' onmouseover='alert(1)", "{{.Query}}", "</title><script>x</script>",
	"\u202egnp.exe", "\u2066\u2067\u200fa", "a\u0000b\u001b[2J", strings.Repeat("w", 10_000), "שלום_עולם", "日本語のハッシュタグ", "👩‍👩‍👧👍🏽", strings.Repeat("ก็", 64), "", " ", "../../etc", "a?b#c/d", "%2e%2e%2f",
}

// TestHostileTermsStayText shows terms that want to be more on the ranking: they add no element, no script and no address.
func TestHostileTermsStayText(t *testing.T) {
	plain, hostile := fixedSource(), fixedSource()
	model := plain.view.Trends[0]
	plain.view.Trends, hostile.view.Trends = nil, nil
	for i, name := range hostileNames {
		tr := model
		tr.Platform = []string{"tiktok", "x"}[i%2]
		tr.Variants = []engine.Variant{{Term: term.Term{Kind: term.Hashtag, Key: fmt.Sprint("v", i), Display: name}}}
		tr.Term = term.Term{Kind: term.Hashtag, Key: fmt.Sprint("k", i), Display: fmt.Sprint("Plain", i)}
		plain.view.Trends = append(plain.view.Trends, tr)
		tr.Term.Display = name
		if name != "" {
			tr.Term.Key = name
		}
		hostile.view.Trends = append(hostile.view.Trends, tr)
	}
	show := func(f *fixed) *html.Node {
		opt := fixedOptions(t)
		opt.Source = f
		return lookAt(t, newServer(t, opt), "/?view=list")
	}
	count := func(doc *html.Node) map[string]int {
		tags := map[string]int{}
		for _, e := range elements(doc, func(*html.Node) bool { return true }) {
			tags[e.Data]++
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
					t.Errorf("<%s> has %s=%.80q", e.Data, a.Key, a.Val)
				}
				if (a.Key == "href" || a.Key == "src" || a.Key == "action") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("<%s> leads to %.80q", e.Data, a.Val)
				}
			}
		}
		return tags
	}
	doc := show(hostile)
	want, got := count(show(plain)), count(doc)
	for tag := range got {
		if got[tag] != want[tag] {
			t.Errorf("there are %d <%s>, want %d", got[tag], tag, want[tag])
		}
	}
	for _, bdi := range elements(doc, func(n *html.Node) bool { return n.Data == "bdi" }) {
		if text := words(bdi); strings.ContainsAny(text, "\u202e\u2066\u2067\u200f\u001b\u0000") || len(text) > 2000 {
			t.Errorf("a name is shown as %.100q", text)
		}
	}
	shown := words(doc)
	for _, name := range []string{"#<script>alert(1)</script>", `#"><img src=x onerror=alert(1)>`, "#javascript:alert(1)", "#{{.Query}}", "#שלום_עולם", "#日本語のハッシュタグ", "#👩‍👩‍👧👍🏽"} {
		if !strings.Contains(shown, name) {
			t.Errorf("%q is not shown as it was written", name)
		}
	}
}

// TestLinksOfTheRankingLead follows every link of the ranking, and those of the pages behind its filters.
func TestLinksOfTheRankingLead(t *testing.T) {
	s := rankingServer(t)
	s.opt.Source = manyTrends(200)
	seen, next := map[string]bool{}, []string{"/"}
	for range 2 {
		var more []string
		for _, target := range next {
			for _, a := range elements(lookAt(t, s, target), func(n *html.Node) bool { return n.Data == "a" || n.Data == "link" || n.Data == "script" }) {
				to := attribute(a, "href") + attribute(a, "src")
				to, _, _ = strings.Cut(to, "#")
				if to == "" || seen[to] {
					continue
				}
				seen[to] = true
				u, err := url.Parse(to)
				if err != nil || u.Host != "" || u.Scheme != "" {
					t.Errorf("%q leads away from here", to)
					continue
				}
				r := httptest.NewRequest("GET", to, nil)
				if _, pattern := s.mux.Handler(foldKey(r)); pattern == "/" || pattern == "" {
					t.Errorf("%q leads nowhere", to)
				}
				if u.Path == "/" && len(more) < 40 {
					more = append(more, to)
				}
			}
		}
		next = more
	}
	for _, target := range next {
		lookAt(t, s, target)
	}
	if len(seen) < 100 {
		t.Errorf("there are %d links", len(seen))
	}
}

// TestStatesOfTheRanking looks at the ranking where there is little to see.
func TestStatesOfTheRanking(t *testing.T) {
	lists := func(t *testing.T, change func(o *Options), target string) (*http.Response, string) {
		opt := fixedOptions(t)
		change(&opt)
		resp, text := see(t, newServer(t, opt), target)
		doc, err := html.Parse(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return resp, words(doc)
	}
	same := func(*Options) {}
	for name, c := range map[string]struct {
		change func(o *Options)
		target string
		status int
		want   string
	}{
		"nothing counted": {func(o *Options) { o.Source = &fixed{} }, "/", 200, "Nothing is counted yet"},
		"no trend": {func(o *Options) {
			f := fixedSource()
			f.view.Trends, f.view.Held = nil, nil
			o.Source = f
		}, "/", 200, "Nothing is about to trend"},
		"filtered away":   {same, "/?platform=threads", 200, "No trend is like that Nothing that is open now fits: platform Threads."},
		"stale":           {func(o *Options) { o.Clock = func() time.Time { return time.Unix(fixedAsOf, 0).Add(2 * time.Hour) } }, "/", 200, "Nothing new since 2 h ago: no source is on"},
		"a source down":   {func(o *Options) { o.Sources = fixedHealth }, "/", 200, "1 of 2 sources delivers nothing: tiktok"},
		"demo":            {func(o *Options) { o.Demo = true }, "/", 200, "All posts, names and numbers here are made up"},
		"the past":        {same, "/?at=2026-03-06T04:10:00Z", 200, "This is the ranking as it was at Fri 04:10"},
		"held":            {same, "/?phase=unconfirmed", 200, "wait: not confirmed"},
		"a bad parameter": {same, "/?min_confidence=2", 400, "min_confidence is 2"},
		"an unknown one":  {same, "/?tongue=en", 400, "tongue"},
		"a bad view":      {same, "/?view=pie", 400, "view is"},
		"a bad moment":    {same, "/?at=tomorrow", 400, "at is"},
	} {
		t.Run(name, func(t *testing.T) {
			resp, text := lists(t, c.change, c.target)
			if resp.StatusCode != c.status || !strings.Contains(text, c.want) {
				t.Errorf("%s: %s, want %d and %q:\n%s", c.target, resp.Status, c.status, c.want, text)
			}
		})
	}
}

// TestFormOfTheRankingIsTidied sends what a form without a script sends.
func TestFormOfTheRankingIsTidied(t *testing.T) {
	resp, _ := see(t, rankingServer(t), "/?q=&sort=rank&window=72h&lang=en&min_confidence=&at=2026-03-06T05:10&view=list", "Cookie", "swell-zone=Europe%2FBerlin")
	if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || to != "/?at=2026-03-06T04%3A10%3A00Z&lang=en&view=list" {
		t.Errorf("%s, to %q", resp.Status, to)
	}
}

// TestTermsAreFoldedOverPlatforms shows a term once, with all its platforms.
func TestTermsAreFoldedOverPlatforms(t *testing.T) {
	opt := fixedOptions(t)
	f := fixedSource()
	for _, platform := range []string{"x", "reddit"} {
		tr := f.view.Trends[0]
		tr.Platform, tr.Rank = platform, 1
		f.view.Trends = append(f.view.Trends, tr)
	}
	for i := range f.view.Trends {
		if tr := &f.view.Trends[i]; tr.Term == bookTok {
			tr.Platforms, tr.Confirmed = 4, true
		}
	}
	opt.Source = f
	rows := elements(lookAt(t, newServer(t, opt), "/"), func(n *html.Node) bool { return n.Data == "tr" && attribute(n, "data-key") == "/terms/hashtag/booktok" })
	if len(rows) != 1 {
		t.Fatalf("there are %d rows", len(rows))
	}
	if got := words(elements(rows[0], withClass("where"))[0]); got != "TikTok, X, Reddit and 1 more ✓ confirmed" {
		t.Errorf("its platforms are %q", got)
	}
}

// TestRankingPageIsHeld asks again with the tag of what is held.
func TestRankingPageIsHeld(t *testing.T) {
	s := rankingServer(t)
	first, _ := see(t, s, "/?part=rows")
	again, text := see(t, s, "/?part=rows", "If-None-Match", first.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified || text != "" {
		t.Errorf("%s with %d bytes", again.Status, len(text))
	}
}

// BenchmarkRankingPage makes the first page of 10,000 open trends, with the sums over all of them, as a browser asks for it;
// gz-bytes is what is sent.
func BenchmarkRankingPage(b *testing.B) {
	for _, target := range []string{"/", "/?view=list", "/?part=rows", "/?phase=rising&platform=tiktok&q=tok"} {
		b.Run(target, func(b *testing.B) {
			opt := fixedOptions(b)
			opt.Sources, opt.Source = fixedHealth, manyTrends(manyOpen)
			s := newServer(b, opt)
			r := httptest.NewRequest("GET", target, nil)
			r.Host = "localhost"
			r.Header.Set("Accept", "text/html")
			w := httptest.NewRecorder()
			begin := time.Now()
			s.ServeHTTP(w, r)
			first := time.Since(begin)
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			if _, err := io.Copy(z, w.Body); err != nil || w.Code != http.StatusOK {
				b.Fatal(w.Code, err)
			}
			if err := z.Close(); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				s.ServeHTTP(&discard{header: http.Header{}}, r)
			}
			b.ReportMetric(float64(packed.Len()), "gz-bytes")
			b.ReportMetric(micros(first), "first-µs")
		})
	}
}

// TestWeightOfTheRanking bounds what the first look takes over the wire: the page, its style and its scripts.
func TestWeightOfTheRanking(t *testing.T) {
	opt := fixedOptions(t)
	opt.Source = manyTrends(2000)
	s := newServer(t, opt)
	total := 0
	weigh := func(target string) *html.Node {
		resp := do(s, "GET", target, "Accept", "text/html", "Accept-Encoding", "gzip")
		data := body(t, resp)
		total += len(data)
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil // too small to be packed
		}
		doc, err := html.Parse(z)
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	doc := weigh("/")
	for _, e := range elements(doc, func(n *html.Node) bool { return n.Data == "link" }) {
		weigh(attribute(e, "href"))
	}
	t.Logf("page and style: %d bytes", total)
	if most := 100_000; total > most {
		t.Errorf("the first look takes %d bytes", total)
	}
}
