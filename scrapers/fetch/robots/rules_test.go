package robots

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// The examples of RFC 9309 and what Google's parser is tested with, among others.
func TestAllowed(t *testing.T) {
	for _, c := range []struct {
		name, file string
		allowed    []string
		disallowed []string
	}{
		{"nothing", "", []string{"/", "/a"}, nil},
		{"no file but a page", "<!DOCTYPE html>\n<html><body>Disallow: /\n</body></html>\n", []string{"/"}, nil},
		{"everybody", "User-agent: *\nDisallow: /", []string{"/robots.txt"}, []string{"/", "/a", ""}},
		{"nothing disallowed", "User-agent: *\nDisallow:\n", []string{"/"}, nil},
		{"empty allow", "User-agent: *\nDisallow: /a\nAllow:\n", []string{"/"}, []string{"/a"}},
		{"own group", "User-agent: *\nDisallow: /\nUser-agent: swell\nDisallow: /b\n", []string{"/", "/a"}, []string{"/b", "/b/c"}},
		{"own group by another case and a version", "User-agent: *\nDisallow: /\nUSER-AGENT : SweLL/7.0\nDisallow: /b\n", []string{"/a"}, []string{"/b"}},
		{"groups of others", "User-agent: swe\nDisallow: /\nUser-agent: swellbot\nDisallow: /\nUser-agent: s\nDisallow: /", []string{"/"}, nil},
		{"own group with nothing in it", "User-agent: *\nDisallow: /\nUser-agent: swell\n", []string{"/a"}, nil},
		{"groups of ours are one", "User-agent: swell\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: swell\nDisallow: /b\n", []string{"/c"}, []string{"/a", "/b"}},
		{"a group for many", "User-agent: x\nUser-agent: swell\nUser-agent: y\nDisallow: /a\n", []string{"/b"}, []string{"/a"}},
		{"other lines do not part a group", "User-agent: x\nSitemap: https://a/b\nUser-agent: swell\n\nDisallow: /a\n", []string{"/b"}, []string{"/a"}},
		{"crawl-delay parts it", "User-agent: *\nCrawl-delay: 1\nUser-agent: x\nDisallow: /\n", []string{"/"}, nil},
		{"rules before any group", "Disallow: /\nAllow: /a\nUser-agent: *\nDisallow: /b\n", []string{"/", "/a"}, []string{"/b"}},
		{"longest", "User-agent: *\nAllow: /p\nDisallow: /\n", []string{"/page", "/p"}, []string{"/", "/a"}},
		{"longest, whatever the order", "User-agent: *\nDisallow: /folder/\nAllow: /folder/page\n", []string{"/folder/page", "/folder/page2", "/folder"}, []string{"/folder/", "/folder/x"}},
		{"allow wins ties", "User-agent: *\nDisallow: /page\nAllow: /page\nDisallow: /page\n", []string{"/page"}, nil},
		{"case of paths", "User-agent: *\nDisallow: /X\n", []string{"/x"}, []string{"/X"}},
		{"prefix", "User-agent: *\nDisallow: /fish\n", []string{"/", "/Fish", "/catfish", "/?id=fish"}, []string{"/fish", "/fish.html", "/fish/salmon", "/fishheads", "/fish.php?id=1"}},
		{"star at the end", "User-agent: *\nDisallow: /fish*\n", []string{"/catfish"}, []string{"/fish", "/fishy"}},
		{"star within", "User-agent: *\nDisallow: /*.php\n", []string{"/", "/windows.PHP"}, []string{"/index.php", "/a/b.php?x", "/a.php/"}},
		{"end", "User-agent: *\nDisallow: /*.php$\n", []string{"/a.php?x", "/a.php/", "/a.php5"}, []string{"/a.php", "/b/a.php", "/a.php.php"}},
		{"anchored", "User-agent: *\nDisallow: /fish*.php\n", []string{"/x/fish.php", "/Fish.PHP"}, []string{"/fish.php", "/fishheads/catfish.php?x"}},
		{"only the end", "User-agent: *\nDisallow: /$\n", []string{"/a", "/?"}, []string{"/", ""}},
		{"a dollar within", "User-agent: *\nDisallow: /a$b\n", []string{"/a"}, []string{"/a$b", "/a%24b"}},
		{"stars", "User-agent: *\nDisallow: /a***b*c$\n", []string{"/abcd", "/acb"}, []string{"/abc", "/axbxc", "/abcc"}},
		{"star first", "User-agent: *\nDisallow: *private\n", []string{"/public"}, []string{"/private", "/a/private/b"}},
		{"no slash", "User-agent: *\nDisallow: private\n", []string{"/a/private"}, []string{"/private"}},
		{"query", "User-agent: *\nDisallow: /*?s=\n", []string{"/a?t=1", "/a"}, []string{"/a?s=1"}},
		{"encoded", "User-agent: *\nDisallow: /foo/bar/%E3%83%84\nDisallow: /%61b\nDisallow: /c/%2f\n", []string{"/foo/bar", "/c/d"}, []string{"/foo/bar/ツ", "/foo/bar/%e3%83%84", "/ab", "/%61%62", "/c/%2F"}},
		{"not encoded", "User-agent: *\nDisallow: /foo/bar/ツ\nDisallow: /a~b\n", nil, []string{"/foo/bar/%E3%83%84", "/a%7Eb"}},
		{"a star of the address", "User-agent: *\nDisallow: /file-with-a-%2A.html\n", []string{"/file-with-a-b.html"}, []string{"/file-with-a-*.html", "/file-with-a-%2a.html"}},
		{"comments and blanks", "# x\n \t User-agent:*#y\r\n\r\n\t Disallow:\t/a # z\n", []string{"/b"}, []string{"/a"}},
		{"lines of old Macs", "User-agent: *\rDisallow: /a\rDisallow: /b", []string{"/c"}, []string{"/a", "/b"}},
		{"byte order mark", "\xef\xbb\xbfUser-agent: *\nDisallow: /a\n", []string{"/b"}, []string{"/a"}},
		{"no colon", "User-agent *\nDisallow /a\n", []string{"/b"}, []string{"/a"}},
		{"bad bytes", "User-agent: *\n\xff\xfe: \x00\nDisallow: /a\n", []string{"/b"}, []string{"/a"}},
	} {
		r := Parse([]byte(c.file), "swell")
		check := func(path string, want bool) {
			u, err := url.Parse("https://example.org" + path)
			if err != nil {
				t.Fatal(err)
			}
			if got, rule := r.Allowed(u); got != want || !got && rule == "" {
				t.Errorf("%s: %q allowed: %v by %q", c.name, path, got, rule)
			}
		}
		for _, path := range c.allowed {
			check(path, true)
		}
		for _, path := range c.disallowed {
			check(path, false)
		}
	}
	if ok, _ := (*Rules)(nil).Allowed(&url.URL{Path: "/"}); !ok {
		t.Error("no rules disallow something")
	}
}

func TestCrawlDelay(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"10": 10 * time.Second, "0.5": 500 * time.Millisecond, "0": 0, "-1": 0, "soon": 0, "NaN": 0, "Inf": 24 * time.Hour, "1e300": 24 * time.Hour, "": 0,
	} {
		if got := Parse([]byte("User-agent: *\nCrawl-delay: "+value+"\n"), "swell").CrawlDelay(); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

// What is beyond the limit is not read, and a path that it cuts is no rule: "/" would disallow everything.
func TestLimit(t *testing.T) {
	head := "User-agent: *\nDisallow: /a\n"
	pad := strings.Repeat("#", MaxBytes-len(head)-len("Disallow: /")-1) + "\n"
	r := Parse([]byte(head+pad+"Disallow: /private\nDisallow: /b\n"), "swell")
	for path, want := range map[string]bool{"/a": false, "/": true, "/private": true, "/b": true} {
		if got, rule := r.Allowed(&url.URL{Path: path}); got != want {
			t.Errorf("%s: %v by %q", path, got, rule)
		}
	}
}

// A file made to take long does not.
func TestHostileFile(t *testing.T) {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	for b.Len() < MaxBytes {
		b.WriteString("Disallow: /" + strings.Repeat("*a", 100) + "$\n")
	}
	r := Parse([]byte(b.String()), "swell")
	began := time.Now()
	r.Allowed(&url.URL{Path: "/" + strings.Repeat("a", 4000) + "b"})
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
	if r.Size() > 2*MaxBytes {
		t.Errorf("the rules take %d bytes", r.Size())
	}
}
