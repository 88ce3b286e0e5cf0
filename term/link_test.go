package term

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAppendLinks(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"", nil},
		{"no link", nil},
		{"see http://example.com now", []string{"http://example.com"}},
		{"HTTPS://Example.COM/Path", []string{"HTTPS://Example.COM/Path"}},
		{"ftp://example.com", nil},
		{"example.com/path", nil},
		{"xhttp://example.com", nil},
		{"@http://example.com #http://example.com ＃http://example.com", nil},
		{"(http://example.com/a) [http://example.com/b]", []string{"http://example.com/a", "http://example.com/b"}},
		{"http://en.wikipedia.org/wiki/Ghostbusters_(song)", []string{"http://en.wikipedia.org/wiki/Ghostbusters_(song)"}},
		{"(see http://x.com/a_(b))", []string{"http://x.com/a_(b)"}},
		{"end http://example.com.", []string{"http://example.com"}},
		{"end http://example.com/a, http://example.com/b!?", []string{"http://example.com/a", "http://example.com/b"}},
		{"http://example.com/a.b?c=d&e=f#g", []string{"http://example.com/a.b?c=d&e=f#g"}},
		{"http://example.com:8080/a http://example.com: b", []string{"http://example.com:8080/a", "http://example.com"}},
		{"http://example.com?q=1", []string{"http://example.com?q=1"}},
		{"http://10.0.0.1/x", []string{"http://10.0.0.1/x"}},
		{"http://localhost/x", nil},
		{"http://.com http://-a.com http://a-.com http://a..b", nil},
		{"http://user@example.com/", nil},
		{"見てhttp://t.co/abcこれ", []string{"http://t.co/abc"}},
		{"http://müller.de/straße", []string{"http://müller.de/straße"}},
		{"I like http://t.co/abc's page", []string{"http://t.co/abc"}},
		{"cut https://t.co/ab…", nil},
		{"cut https://t…", nil},
		{"<http://example.com/a>\"http://example.com/b\"", []string{"http://example.com/a", "http://example.com/b"}},
		{"http://a.com/http://b.com", []string{"http://a.com/http://b.com"}},
		{"http://http://example.com", []string{"http://example.com"}},
		{"://://http://", nil},
	}
	for _, tt := range tests {
		if got := bodies(AppendLinks(nil, tt.text), tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("AppendLinks(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestLinksIn(t *testing.T) {
	many := make([]string, 0, 2*MostLinks)
	for i := range 2 * MostLinks {
		many = append(many, fmt.Sprintf("https://example.org/%d", i))
	}
	full := many[:MostLinks:MostLinks]
	for _, tt := range []struct {
		listed []string
		text   string
		want   []string
	}{
		{nil, "no link", nil},
		{nil, "https://a.bc/d (http://e.fg), https://a.bc/d again", []string{"https://a.bc/d", "http://e.fg"}},
		{[]string{"https://a.bc/d"}, "https://a.bc/d https://e.fg", []string{"https://a.bc/d", "https://e.fg"}},
		// The listed one ends where the platform says; what stands in the text as well is shorter.
		{[]string{"https://a.bc/wiki/夏"}, "https://a.bc/wiki/夏 https://a.bc/", []string{"https://a.bc/wiki/夏"}},
		{nil, "https://a.bc/d https://a.bc/", []string{"https://a.bc/d", "https://a.bc/"}},
		{nil, strings.Join(many, " "), full},
		{many, "https://a.bc/d", many},
	} {
		if got := LinksIn(slices.Clip(tt.listed), tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("LinksIn(%q, %q) = %q, want %q", tt.listed, tt.text, got, tt.want)
		}
	}
	for _, text := range []string{"", strings.Repeat("http://", 1<<10), strings.Repeat("http://a.bc ", 1<<10)} {
		links, spans := LinksIn(nil, text), AppendLinks(nil, text)
		if len(links) > MostLinks || len(links) == 0 != (len(spans) == 0) {
			t.Errorf("%d links of %d in a text", len(links), len(spans))
		}
	}
}

func TestAppendLinkKey(t *testing.T) {
	tests := []struct{ link, want string }{
		{"", ""},
		{"http://", ""},
		{"https://", ""},
		{"http://example.com", "example.com"},
		{"https://EXAMPLE.com/Path/", "example.com/Path"},
		{"//example.com/a", "example.com/a"},
		{"http://www.example.com//", "example.com"},
		{"http://WWW.www.example.com", "example.com"},
		{"http://www.com/a", "com/a"},
		{"http://example.com:80/", "example.com"},
		{"https://example.com:443/a", "example.com/a"},
		{"https://example.com:8443/a", "example.com:8443/a"},
		{"https://example.com./a", "example.com/a"},
		{"https://me:secret@example.com/a", "example.com/a"},
		{"http://example.com/a#part", "example.com/a"},
		{"http://example.com/?utm_source=x&utm_medium=y", "example.com"},
		{"http://example.com/a?b=1&fbclid=2&c=3", "example.com/a?b=1&c=3"},
		{"http://example.com/a?gclid=1&igshid=2&UTM_x=3", "example.com/a"},
		{"http://example.com/a?c=3&b=1", "example.com/a?c=3&b=1"},
		{"http://example.com/a/?b=/", "example.com/a?b=/"},
		{"http://example.com?&&a", "example.com?a"},
		{"http://youtu.be/dQw4w9WgXcQ?si=1", "youtu.be/dQw4w9WgXcQ?si=1"},
		{" http://exam\x00ple.com/a b\u200b ", "example.com/ab"},
		{"http://MÜLLER.de/Ä", "müller.de/Ä"},
		{"http://http://example.com", "example.com"},
	}
	for _, tt := range tests {
		if got := KeyOf(Link, tt.link); got != tt.want {
			t.Errorf("KeyOf(Link, %q) = %q, want %q", tt.link, got, tt.want)
		}
	}
}

func TestLongLinksStayApart(t *testing.T) {
	long := "https://example.com/" + strings.Repeat("ä", 300)
	a, b := KeyOf(Link, long+"1"), KeyOf(Link, long+"2")
	if a == b {
		t.Errorf("two links have the key %q", a)
	}
	for _, k := range []string{a, b} {
		if len(k) > MaxKeyBytes || !utf8.ValidString(k) || !strings.HasPrefix(k, "example.com/ä") {
			t.Errorf("key %q has %d bytes", k, len(k))
		}
	}
}

func FuzzLink(f *testing.F) {
	for _, s := range []string{
		"see https://www.example.com:443/a/?utm_x=1&b#c", "http://http://x", "//www.www.:80.", "http://a_(b)", "http:?//x#", "a//?", "HTTP://İ.com",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range AppendLinks(nil, text) {
			if i := strings.Index(s.In(text), "://"); i < 0 || !isScheme(s.In(text)[:i]) {
				t.Fatalf("link %q in %q", s.In(text), text)
			}
			if KeyOf(Link, s.In(text)) == "" {
				t.Fatalf("link %q has no key", s.In(text))
			}
		}
		checkKey(t, Link, text)
	})
}
