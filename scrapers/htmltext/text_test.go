package htmltext

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

var fragments = []struct {
	name, html, text string
	links            []string
}{
	{"plain", "two  words\n here", "two words here", nil},
	{"entities", "caf&eacute; &lt;3 &#35;Tag &amp;amp;", "café <3 #Tag &amp;", nil},
	{"paragraphs", "<p>one</p><p>two<br>three</p>", "one\ntwo\nthree", nil},
	{"inline elements join", "b<b>o</b>ld and #<em>tag</em>", "bold and #tag", nil},
	{
		"hashtag of Mastodon",
		`<p>so good <a href="https://a.example/tags/livemusic" class="mention hashtag" rel="tag">#<span>LiveMusic</span></a>!</p>`,
		"so good #LiveMusic!", nil,
	},
	{"mention of Mastodon", `<span class="h-card"><a href="https://a.example/@b" class="u-url mention">@<span>b</span></a></span> hi`, "@b hi", nil},
	{
		"link that is cut for the eye",
		`see <a href="https://www.example.org/a/long/way?x=1&amp;y=2"><span class="invisible">https://www.</span>` +
			`<span class="ellipsis">example.org/a/lo</span><span class="invisible">ng/way?x=1&amp;y=2</span></a> now`,
		"see https://www.example.org/a/long/way?x=1&y=2 now", []string{"https://www.example.org/a/long/way?x=1&y=2"},
	},
	{"link with words", `read <a href="https://example.org/x">the paper</a>.`, "read the paper.", []string{"https://example.org/x"}},
	{"link that shows its beginning", `<a href="https://example.org/abc">example.org/a…</a>`, "https://example.org/abc", []string{"https://example.org/abc"}},
	{"white space around a link stays out of it", `a<a href="https://example.org/"> b </a>c`, "a b c", []string{"https://example.org/"}},
	{"same link twice", `<a href="http://e.org/">1</a> <a href="http://e.org/">2</a>`, "1 2", []string{"http://e.org/"}},
	{"no address of the web", `<a href="javascript:alert(1)">x</a> <a href="/rel">y</a> <a>z</a>`, "x y z", nil},
	{"scripts and styles", `a<script>#no</script><style>#no{}</style><iframe>#no</iframe> b`, "a b", nil},
	{"unclosed script", `a<script>#no`, "a", nil},
	{"comment", `a<!-- #no -->b`, "ab", nil},
	{"list", `<ul><li>#a</li><li>#b</li></ul>`, "#a\n#b", nil},
	{"table", `<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>`, "a b\nc", nil},
	{"unclosed link", `<a href="https://e.org/x">one <p>two`, "one\ntwo", []string{"https://e.org/x"}},
	{"links do not nest", `<a href="https://e.org/1">one<a href="https://e.org/2">two</a></a>`, "onetwo", []string{"https://e.org/1", "https://e.org/2"}},
	{"no HTML at all", "1 < 2 #yes", "1 < 2 #yes", nil},
	{"attributes are no text", `<img alt="#no" src="x"><b title="#no">b</b>`, "b", nil},
	{"empty", "", "", nil},
}

func TestParse(t *testing.T) {
	for _, f := range fragments {
		text, links := Parse(f.html)
		if text != f.text {
			t.Errorf("%s: %q became %q, not %q", f.name, f.html, text, f.text)
		}
		if !slices.Equal(links, f.links) {
			t.Errorf("%s: %q points to %q, not %q", f.name, f.html, links, f.links)
		}
	}
}

func TestParseIsBounded(t *testing.T) {
	for _, s := range []string{strings.Repeat("é", MaxText), strings.Repeat("<b>word</b> ", MaxText), strings.Repeat("日本語<br>", MaxText)} {
		text := Text(s)
		if len(text) > MaxText || len(text) < MaxText-4 || !utf8.ValidString(text) {
			t.Errorf("%d bytes of text, valid %t", len(text), utf8.ValidString(text))
		}
	}
	var many strings.Builder
	for i := range 1000 {
		many.WriteString(`<a href="https://e.org/` + strings.Repeat("x", i) + `">y</a>`)
	}
	if _, links := Parse(many.String()); len(links) != MaxLinks {
		t.Errorf("%d links", len(links))
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range fragments {
		f.Add(c.html)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, links := Parse(s)
		if len(text) > MaxText || len(links) > MaxLinks {
			t.Fatalf("%d bytes, %d links", len(text), len(links))
		}
		if utf8.ValidString(s) && !utf8.ValidString(text) {
			t.Fatalf("%q became %q", s, text)
		}
		if trimmed := strings.TrimFunc(text, unicode.IsSpace); trimmed != text || strings.Contains(text, "  ") || strings.Contains(text, "\n\n") {
			t.Fatalf("white space is left in %q", text)
		}
		for _, link := range links {
			if !web(link) {
				t.Fatalf("%q is no address of the web", link)
			}
		}
	})
}
