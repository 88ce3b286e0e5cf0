package fetch

import (
	"bytes"
	"net/url"
	"strings"

	"github.com/swell-radar/swell/scrapers"
)

// A wall is a page that comes in place of what was asked for and wants something of a human: to log in, to
// solve a puzzle, to agree. Swell does none of these: it says so and stays away.

// loginMarks are in pages that want somebody to log in, in lower case.
var loginMarks = []string{`type="password"`, `type='password'`, `type=password`, `action="/login`, `action="/accounts/login`}

// puzzleMarks are in pages that want to know whether one is human, in lower case: of the services that most such
// pages come from, and of their texts.
var puzzleMarks = []string{
	"captcha",             // reCAPTCHA, hCaptcha, captcha-delivery (DataDome), px-captcha, captcha_verify (TikTok)
	"/cdn-cgi/challenge-", // Cloudflare
	"cf-chl-", "cf_chl_",  // Cloudflare
	"_incapsula_resource",  // Imperva
	"errors.edgesuite.net", // Akamai
	"verify you are human", "are you a robot", "not a robot", "are a human", "unusual traffic", "bot detection",
}

// puzzleTitles begin the titles of such pages. They are looked for also in pages of HTML that were asked
// for, whose text may well mention a captcha without being one.
var puzzleTitles = []string{
	"just a moment...", "attention required! | cloudflare", "access denied", "verify you are human", "verify to continue",
	"security check", "pardon our interruption", "are you a robot", "robot check", "captcha", "human verification",
}

// wallOf returns the trouble that an answer is in, whatever was asked for, when it is clearly a wall; nil
// when it is not HTML or shows no mark of one.
func wallOf(a *answer) *scrapers.Trouble {
	if t := challenged(a); t != nil {
		return t
	}
	if !isHTML(mediaOrGuess(a.header, a.body)) {
		if puzzleJSON(a.body) {
			return puzzle(a)
		}
		return nil
	}
	head := bytes.ToLower(a.body[:min(len(a.body), 64<<10)])
	for _, mark := range puzzleMarks {
		if bytes.Contains(head, []byte(mark)) {
			return puzzle(a)
		}
	}
	for _, mark := range loginMarks {
		if bytes.Contains(head, []byte(mark)) {
			return scrapers.NewTrouble(scrapers.LoginWall, "%s: a page to log in came instead", shown(a.url))
		}
	}
	return nil
}

// wallOfPage is [wallOf] for HTML that was asked for: only what no other page has is taken for a mark.
func wallOfPage(a *answer, title string) *scrapers.Trouble {
	if t := challenged(a); t != nil {
		return t
	}
	title = strings.ToLower(strings.TrimSpace(title))
	for _, mark := range puzzleTitles {
		if strings.HasPrefix(title, mark) {
			return puzzle(a)
		}
	}
	return nil
}

// challenged looks at the header by which Cloudflare marks its pages.
func challenged(a *answer) *scrapers.Trouble {
	if strings.EqualFold(a.header.Get("Cf-Mitigated"), "challenge") {
		return puzzle(a)
	}
	return nil
}

func puzzle(a *answer) *scrapers.Trouble {
	return scrapers.NewTrouble(scrapers.Blocked, "%s: it wants to know whether we are human; it is asked less, or from elsewhere, or not at all", shown(a.url))
}

// puzzleJSON recognises the short answers by which TikTok has its own pages show a puzzle.
func puzzleJSON(body []byte) bool {
	if len(body) > 4096 {
		return false
	}
	plain := bytes.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\t' {
			return -1
		}
		return r
	}, body)
	return bytes.Contains(plain, []byte(`"type":"verify"`)) && bytes.Contains(plain, []byte(`"code":`))
}

// loginPaths end the addresses of pages to log in, without extension.
var loginPaths = map[string]bool{
	"login": true, "log-in": true, "log_in": true, "signin": true, "sign-in": true, "sign_in": true, "authwall": true,
}

// wallBehind returns the trouble that a redirect leads to: to a page to log in or to agree. It need
// not be followed to tell.
func wallBehind(from, to *url.URL) *scrapers.Trouble {
	if isLogin(to) && !isLogin(from) {
		return scrapers.NewTrouble(scrapers.LoginWall, "%s leads to a page to log in, %s", shown(from), shown(to))
	}
	if host := strings.ToLower(to.Hostname()); strings.HasPrefix(host, "consent.") && !strings.EqualFold(host, from.Hostname()) {
		return scrapers.NewTrouble(scrapers.Blocked, "%s leads to a page that asks for consent, at %s", shown(from), host)
	}
	return nil
}

func isLogin(u *url.URL) bool {
	path := strings.ToLower(strings.TrimSuffix(u.Path, "/"))
	last := path[strings.LastIndexByte(path, '/')+1:]
	last, _, _ = strings.Cut(last, ".")
	return loginPaths[last]
}
