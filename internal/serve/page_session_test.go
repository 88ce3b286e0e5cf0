package serve

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/swell-radar/swell/internal/access"
)

// A form that comes too late leads to the login, which says so and goes on to the page of the form.
func TestFormsOfEndedSessions(t *testing.T) {
	var log bytes.Buffer
	s := withSessions(t, newKeys(t, &log), &log)
	for from, back := range map[string]string{
		"http://localhost:7310/terms/hashtag/a?at=5": "%2Fterms%2Fhashtag%2Fa%3Fat%3D5", "http://evil.example/alerts": "%2F", "": "%2F",
	} {
		resp := wantStatus(t, request(s, "POST", "/mutes", "term=a", "Content-Type", asForm, "Accept", asPage, "Sec-Fetch-Site", fromOwn, "Referer", from), http.StatusSeeOther)
		to := resp.Header.Get("Location")
		if to != "/login?back="+back+"&unsent=1" {
			t.Errorf("from %s sent to %s", from, to)
		}
		if page := string(body(t, do(s, "GET", to, "Accept", asPage))); !strings.Contains(page, "what you sent was not kept") {
			t.Errorf("nothing is said of it: %s", page)
		}
	}
}

// The cookie of a session is for TLS alone where the browser asks over TLS, whoever ends it.
func TestSessionsBehindAProxy(t *testing.T) {
	var log bytes.Buffer
	k := newKeys(t, &log)
	s := withSessions(t, k, &log)
	s.opt.PublicURL = "https://radar.example"
	for origin, secure := range map[string]bool{"https://radar.example": true, "null": true, "http://localhost:7310": false} {
		resp := wantStatus(t, request(s, "POST", "/login", "token="+k.read, "Content-Type", asForm, "Accept", asPage, "Sec-Fetch-Site", fromOwn, "Origin", origin), http.StatusSeeOther)
		if c := resp.Cookies(); len(c) != 1 || c[0].Secure != secure {
			t.Errorf("%s: %v", origin, c)
		}
	}
}

// Who is logged in stays so where something is refused.
func TestProblemsOfThoseWhoAreKnown(t *testing.T) {
	var log bytes.Buffer
	k := newKeys(t, &log)
	s := withSessions(t, k, &log)
	cookie := loggedIn(t, s, k.read)
	page := string(body(t, wantStatus(t, request(s, "POST", "/mutes", "", "Content-Type", asForm, "Accept", asPage, "Sec-Fetch-Site", fromOwn, "Cookie", cookie), http.StatusForbidden)))
	if !strings.Contains(page, "Log out") {
		t.Errorf("a stranger's page: %s", page)
	}
	s.limiter = access.NewLimiter(access.Limits{PerSecond: 0.001, Burst: 1}, s.opt.Clock)
	wantStatus(t, do(s, "GET", "/about", "Accept", asPage, "Cookie", cookie), http.StatusOK)
	if page := string(body(t, wantStatus(t, do(s, "GET", "/about", "Accept", asPage, "Cookie", cookie), http.StatusTooManyRequests))); !strings.Contains(page, "Log out") {
		t.Errorf("a stranger's page: %s", page)
	}
}

// A page differs by what a browser's cookies have, and is the same within a minute.
func TestPagesMayBeHeld(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	resp := wantStatus(t, do(s, "GET", "/about", "Accept", asPage), http.StatusOK)
	if vary := strings.Join(resp.Header.Values("Vary"), ", "); vary != "Cookie, Accept-Encoding" {
		t.Errorf("Vary is %q", vary)
	}
	if vary := strings.Join(do(s, "GET", "/", "Accept", asPage).Header.Values("Vary"), ", "); vary != "Accept, Cookie, Accept-Encoding" {
		t.Errorf("of the first page it is %q", vary)
	}
	wantStatus(t, do(s, "GET", "/about", "Accept", asPage, "If-None-Match", resp.Header.Get("ETag")), http.StatusNotModified)
}
