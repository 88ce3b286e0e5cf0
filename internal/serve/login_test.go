package serve

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/access"
	"github.com/swell-radar/swell/internal/api"
)

const (
	asForm  = "application/x-www-form-urlencoded"
	asPage  = "text/html,application/xhtml+xml"
	fromOwn = "same-origin"
)

// withSessions returns a server where browsers can log in.
func withSessions(t testing.TB, k keys, log *bytes.Buffer) *Server {
	opt := fixedOptions(t)
	opt.Access, opt.Intake = k.tokens, &ledgerOf{}
	opt.Sessions = access.NewSessions(rand.Reader, opt.Clock)
	opt.Logger = logInto(log)
	return newServer(t, opt)
}

// loggedIn returns the cookie of a session.
func loggedIn(t testing.TB, s *Server, secret string) string {
	t.Helper()
	form := url.Values{"token": {" " + secret + "\n"}, "back": {"/alerts?state=open"}}
	resp := wantStatus(t, request(s, "POST", "/login", form.Encode(), "Content-Type", asForm, "Accept", asPage, "Sec-Fetch-Site", fromOwn, "Origin", "null"), http.StatusSeeOther)
	cookies := resp.Cookies()
	if len(cookies) != 1 || resp.Header.Get("Location") != "/alerts?state=open" {
		t.Fatalf("got %v, to %s", cookies, resp.Header.Get("Location"))
	}
	c := cookies[0]
	if c.Name != sessionCookie || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Secure != s.opt.TLS || c.Path != "/" || c.MaxAge != 30*24*3600 || len(c.Value) != 43 {
		t.Errorf("got %+v", c)
	}
	return sessionCookie + "=" + c.Value
}

func TestBrowsersLogIn(t *testing.T) {
	var log bytes.Buffer
	k := newKeys(t, &log)
	s := withSessions(t, k, &log)

	// A stranger is sent to the login, and from there back.
	resp := wantStatus(t, do(s, "GET", "/terms/hashtag/booktok?at=5", "Accept", asPage), http.StatusSeeOther)
	if got := resp.Header.Get("Location"); got != "/login?back=%2Fterms%2Fhashtag%2Fbooktok%3Fat%3D5" {
		t.Errorf("sent to %s", got)
	}
	page := string(body(t, wantStatus(t, do(s, "GET", "/login?back=/alerts", "Accept", asPage), http.StatusOK)))
	if !strings.Contains(page, `name="back" value="/alerts"`) || strings.Contains(page, "1.2.3") || strings.Contains(page, "Log out") {
		t.Errorf("got %s", page)
	}
	if page := string(body(t, do(s, "GET", "/login?back=//evil.example/", "Accept", asPage))); !strings.Contains(page, `name="back" value="/"`) || strings.Contains(page, `="//evil`) {
		t.Errorf("leads elsewhere: %s", page)
	}
	if p := problemOf(t, do(s, "GET", "/api/v1/trends")); p.Type != api.ProblemToken {
		t.Errorf("got %+v", p)
	}

	cookie := loggedIn(t, s, k.write)
	if page := string(body(t, wantStatus(t, do(s, "GET", "/", "Accept", asPage, "Cookie", cookie), http.StatusOK))); !strings.Contains(page, "Log out") {
		t.Error("nobody can log out")
	}
	wantStatus(t, do(s, "GET", "/api/v1/trends", "Cookie", cookie), http.StatusOK)

	// What changes something comes from a page of this server.
	note := `{"kind":"hashtag","key":"a","text":"x"}`
	for _, c := range []struct {
		header []string
		status int
	}{
		{nil, http.StatusForbidden},
		{[]string{"Sec-Fetch-Site", "none"}, http.StatusForbidden},
		{[]string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		{[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, http.StatusForbidden},
		{[]string{"Origin", "https://evil.example"}, http.StatusForbidden},
		{[]string{"Origin", "null"}, http.StatusForbidden},
		{[]string{"Origin", "http://localhost:7310"}, http.StatusCreated},
		{[]string{"Sec-Fetch-Site", fromOwn, "Origin", "null"}, http.StatusCreated},
	} {
		resp := request(s, "POST", "/api/v1/notes", note, append(c.header, "Cookie", cookie, "Content-Type", api.TypeJSON)...)
		if resp.StatusCode != c.status {
			t.Errorf("%q: status %d, want %d", c.header, resp.StatusCode, c.status)
		}
	}
	// The token decides what a session is good for, and a token beside it comes first.
	reader := loggedIn(t, s, k.read)
	if p := problemOf(t, request(s, "POST", "/api/v1/notes", note, "Cookie", reader, "Sec-Fetch-Site", fromOwn)); p.Type != api.ProblemRole {
		t.Errorf("got %+v", p)
	}
	if p := problemOf(t, do(s, "GET", "/api/v1/trends", "Cookie", cookie, "Authorization", "Bearer wrong")); p.Type != api.ProblemToken {
		t.Errorf("got %+v", p)
	}

	// One who logs out is a stranger again, by the server's word as well.
	wantStatus(t, request(s, "POST", "/logout", "", "Cookie", cookie, "Sec-Fetch-Site", "none"), http.StatusForbidden)
	resp = wantStatus(t, request(s, "POST", "/logout", "", "Cookie", cookie, "Sec-Fetch-Site", fromOwn), http.StatusSeeOther)
	if c := resp.Cookies(); len(c) != 1 || c[0].MaxAge >= 0 || c[0].Value != "" {
		t.Errorf("got %v", c)
	}
	if p := problemOf(t, do(s, "GET", "/api/v1/trends", "Cookie", cookie)); p.Type != api.ProblemToken {
		t.Errorf("got %+v", p)
	}
	for _, secret := range append(k.secrets(), strings.TrimPrefix(cookie, sessionCookie+"="), strings.TrimPrefix(reader, sessionCookie+"=")) {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %s", secret)
		}
	}
}

func TestLoginIsRefused(t *testing.T) {
	var log bytes.Buffer
	k := newKeys(t, &log)
	s := withSessions(t, k, &log)
	post := func(token string, header ...string) *http.Response {
		return request(s, "POST", "/login", url.Values{"token": {token}}.Encode(), append(header, "Content-Type", asForm, "Accept", asPage)...)
	}
	for _, token := range []string{"", "no-such-thing", k.expired, k.read + "x"} {
		resp := wantStatus(t, post(token, "Sec-Fetch-Site", fromOwn), http.StatusForbidden)
		page := string(body(t, resp))
		if len(resp.Cookies()) > 0 || !strings.Contains(page, "no token of this server") || token != "" && strings.Contains(page, token) {
			t.Errorf("%q: got %v, %s", token, resp.Cookies(), page)
		}
	}
	// A page of another site cannot log a browser in either.
	for _, header := range [][]string{nil, {"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		if resp := wantStatus(t, post(k.read, header...), http.StatusForbidden); len(resp.Cookies()) > 0 {
			t.Errorf("%q: logged in", header)
		}
	}
	long := request(s, "POST", "/login", "token="+strings.Repeat("a", 1<<20), "Content-Type", asForm, "Sec-Fetch-Site", fromOwn)
	wantStatus(t, long, http.StatusRequestEntityTooLarge)

	opt := fixedOptions(t)
	opt.Access, opt.Sessions = k.tokens, s.opt.Sessions
	opt.Limits = access.Limits{PerSecond: 0.001, Burst: 3}
	s = newServer(t, opt)
	refused := 0
	for i := range 5 {
		if post(fmt.Sprint("guess", i), "Sec-Fetch-Site", fromOwn).StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 2 {
		t.Errorf("%d guesses of 5 were refused", refused)
	}

	// Where no token is needed, nobody logs in.
	s = newServer(t, fixedOptions(t))
	for _, method := range []string{"GET", "POST"} {
		if resp := wantStatus(t, do(s, method, "/login", "Accept", asPage), http.StatusSeeOther); resp.Header.Get("Location") != "/" || len(resp.Cookies()) > 0 {
			t.Errorf("%s: sent to %s", method, resp.Header.Get("Location"))
		}
	}
}

// A token that is revoked ends the sessions that it began.
func TestRevokedTokenEndsItsSessions(t *testing.T) {
	var log bytes.Buffer
	k := newKeys(t, &log)
	s := withSessions(t, k, &log)
	cookie := loggedIn(t, s, k.read)
	r, err := http.NewRequest("GET", "/api/v1/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", cookie)
	if !s.letIn(r) {
		t.Error("a stream would end")
	}
	tokens, err := access.List(k.path)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range tokens {
		if token.Role == access.Read {
			if _, err := access.Revoke(k.path, token.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	// The file is looked at anew.
	later := func() time.Time { return start.Add(30 * time.Hour) }
	if s.opt.Access, err = access.Open(k.path, true, later, logInto(&log)); err != nil {
		t.Fatal(err)
	}
	if s.letIn(r) {
		t.Error("a stream would go on")
	}
	if p := problemOf(t, do(s, "GET", "/api/v1/trends", "Cookie", cookie)); p.Type != api.ProblemToken {
		t.Errorf("got %+v", p)
	}
}
