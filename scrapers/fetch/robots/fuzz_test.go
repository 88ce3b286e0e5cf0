package robots

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// FuzzAllowed compares with a reading of the RFC that is as plain as it is slow: every rule a regular expression.
func FuzzAllowed(f *testing.F) {
	for _, file := range []string{
		"", "User-agent: *\nDisallow: /", "User-agent: swell\nDisallow: /a*b$\nAllow: /a\nCrawl-delay: 5\n", "User-agent: *\nDisallow: /%7Ejoe/\nAllow: *.html$\n",
		"User-agent: x\nUser-agent: swell/1\nDisallow: ?\n\nUser-agent: *\nAllow: /\n", "Disallow: /\n", "User-agent: *\rDisallow: /ツ\r\n#\nAllow /b\n",
	} {
		f.Add(file, "/a/b.html?q=1")
		f.Add(file, "/%7ejoe/%E3%83%84")
	}
	f.Fuzz(func(t *testing.T, file, path string) {
		if len(file) > 2000 || len(path) > 500 {
			return
		}
		r := Parse([]byte(file), "swell")
		u, err := url.Parse("https://example.org/" + strings.TrimPrefix(path, "/"))
		if err != nil || u.Host != "example.org" {
			return
		}
		got, by := r.Allowed(u)
		if u.EscapedPath() == "/robots.txt" {
			if !got {
				t.Error("robots.txt is disallowed")
			}
			return
		}
		target := u.EscapedPath()
		if u.RawQuery != "" || u.ForceQuery {
			target += "?" + u.RawQuery
		}
		want, longest := true, 0
		for _, c := range r.rules {
			if expression(c.pattern).MatchString(normal(target, false)) && (len(c.pattern) > longest || len(c.pattern) == longest && c.allow) {
				want, longest = c.allow, len(c.pattern)
			}
		}
		if got != want {
			t.Errorf("%q in %q: %v by %q, want %v", path, file, got, by, want)
		}
		if d := r.CrawlDelay(); d < 0 || d > maxDelay {
			t.Errorf("delay %s", d)
		}
		if twice := normal(normal(target, false), false); twice != normal(target, false) {
			t.Errorf("%q is not in its one form: %q", normal(target, false), twice)
		}
	})
}

func expression(pattern string) *regexp.Regexp {
	pattern, whole := strings.CutSuffix(pattern, "$")
	e := `(?s)^` + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`)
	if whole {
		e += `$`
	}
	return regexp.MustCompile(e)
}
