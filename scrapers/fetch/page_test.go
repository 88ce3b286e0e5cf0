package fetch

import (
	"strings"
	"testing"

	"github.com/swell-radar/swell/scrapers"
)

const tagPage = `<!DOCTYPE html><html><head><meta charset="utf-8"><title> #booktok | TikTok </title>
<script>var x = 1;</script></head><body><script id="__UNIVERSAL_DATA_FOR_REHYDRATION__" type="application/json">{"a":"b\u002F<c>&amp;é"}</script>
<script src="/far.js"></script></body></html>`

func TestPage(t *testing.T) {
	s := newSite(t, handlers{"/tag/booktok": says("text/html; charset=utf-8", tagPage)})
	c := newTry(t)
	p, err := c.Page(t.Context(), Request{URL: s.URL + "/tag/booktok", API: true})
	if err != nil {
		t.Fatal(err)
	}
	if p.Title != "#booktok | TikTok" {
		t.Errorf("title %q", p.Title)
	}
	if got, ok := p.Script("__UNIVERSAL_DATA_FOR_REHYDRATION__"); !ok || got != `{"a":"b\u002F<c>&amp;é"}` {
		t.Errorf("script %q, %v", got, ok)
	}
	if _, ok := p.Script("SIGI_STATE"); ok {
		t.Error("a script that is not there is found")
	}
	if len(p.Scripts) != 2 || p.Scripts[0].Text != "var x = 1;" || p.Scripts[1].Type != "application/json" {
		t.Errorf("scripts %q", p.Scripts)
	}
	if s.robots.Load() != 1 {
		t.Error("robots.txt has to be asked for a page, whatever the request says")
	}
	if p.Status != 200 || p.URL != s.URL+"/tag/booktok" || len(p.Body) != len(tagPage) {
		t.Errorf("got status %d, %s, %d bytes", p.Status, p.URL, len(p.Body))
	}
	again, err := c.Page(t.Context(), Request{URL: s.URL + "/tag/booktok", Known: p.Validators})
	if err != nil || !again.Unchanged {
		t.Errorf("the same page again: unchanged %v, %v", again.Unchanged, err)
	}
}

// The page is read in its own charset, and only once.
func TestPageCharset(t *testing.T) {
	s := newSite(t, handlers{
		"/header": says("text/html; charset=iso-8859-2", "<title>\xb3\xf3d\xbc</title>"),
		"/meta":   says("text/html", "<meta charset=windows-1251><title>\xd2\xf0\xe5\xed\xe4</title>"),
		"/none":   says("text/html", "<title>"+strings.Repeat(" ", 2000)+"Zażółć</title>"),
	})
	c := newTry(t)
	for path, want := range map[string]string{"/header": "łódź", "/meta": "Тренд", "/none": "Zażółć"} {
		p, err := c.Page(t.Context(), Request{URL: s.URL + path})
		if err != nil {
			t.Fatal(err)
		}
		if p.Title != want || !strings.Contains(string(p.Body), want) {
			t.Errorf("%s: title %q in %q, want %q", path, p.Title, p.Body, want)
		}
	}
}

func TestPageWalls(t *testing.T) {
	s := newSite(t, handlers{
		"/verify":    says("application/json", `{"code":"10000","from":"","type":"verify","subtype":"slide"}`),
		"/json":      says("application/json", `{"a":1}`),
		"/empty":     says("text/html", " \n"),
		"/nothing":   says("", ""),
		"/moment":    says("text/html", "<title>Just a moment...</title>"),
		"/mitigated": answers(200, "Content-Type", "text/html", "Cf-Mitigated", "challenge"),
		"/forbidden": answers(403),
		"/mentions":  says("text/html", `<title>Shoes</title><script>captcha="off"</script><form action="/login"><input type="password">`),
		"/profile":   answers(302, "Location", "/accounts/login/?next=/profile"),
		"/consent":   answers(302, "Location", "https://consent.example.com/m"),
	})
	c := newTry(t)
	for path, want := range map[string]scrapers.State{
		"/verify": scrapers.Blocked, "/json": scrapers.SchemaChanged, "/empty": scrapers.Blocked, "/nothing": scrapers.Blocked,
		"/moment": scrapers.Blocked, "/mitigated": scrapers.Blocked, "/forbidden": scrapers.Blocked, "/mentions": scrapers.OK,
		"/profile": scrapers.LoginWall, "/consent": scrapers.Blocked,
	} {
		_, err := c.Page(t.Context(), Request{URL: s.URL + path})
		if got := scrapers.StateOf(err); got != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
}

// A page that the parser gives up on is an error, not a page without anything in it.
func TestPageTooDeep(t *testing.T) {
	s := newSite(t, handlers{"/": says("text/html", strings.Repeat("<div>", 100_000)+"<script id=x>1</script>")})
	_, err := newTry(t).Page(t.Context(), Request{URL: s.URL})
	state(t, err, scrapers.SchemaChanged)
}

// What breaks while a page is read does not end the program.
func TestPagePanics(t *testing.T) {
	s := newSite(t, handlers{"/": says("text/html", "x")})
	c := newTry(t, func(o *Options) {
		o.Tap = func(e Exchange) {
			if e.Status == 200 {
				panic("broken")
			}
		}
	})
	_, err := c.Page(t.Context(), Request{URL: s.URL})
	if trouble := state(t, err, scrapers.SchemaChanged); !strings.Contains(trouble.Why, "broken") {
		t.Errorf("does not say why: %v", err)
	}
}
