package serve

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/swell-radar/swell/internal/access"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// keys are tokens of every role, and one that has expired.
type keys struct {
	tokens                      *access.Tokens
	path                        string
	read, write, admin, expired string
}

// newKeys makes a file of tokens. What is logged of them goes into log.
func newKeys(t testing.TB, log *bytes.Buffer) keys {
	t.Helper()
	k := keys{path: filepath.Join(t.TempDir(), access.FileName)}
	now := start.Add(29 * time.Hour)
	for i, c := range []struct {
		to      *string
		role    access.Role
		expires time.Time
	}{{&k.read, access.Read, time.Time{}}, {&k.write, access.Write, time.Time{}}, {&k.admin, access.Admin, time.Time{}}, {&k.expired, access.Admin, now}} {
		token, secret, err := access.Mint(strings.NewReader(strings.Repeat(fmt.Sprintf("%d:seed;", i), 16)), c.role, c.role.String(), start, c.expires)
		if err != nil {
			t.Fatal(err)
		}
		if err := access.Add(k.path, token); err != nil {
			t.Fatal(err)
		}
		*c.to = secret
	}
	var err error
	if k.tokens, err = access.Open(k.path, true, func() time.Time { return now }, logInto(log)); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *keys) secrets() []string { return []string{k.read, k.write, k.admin, k.expired} }

func guarded(t testing.TB, k keys) *Server {
	opt := fixedOptions(t)
	opt.Access, opt.Intake = k.tokens, &ledgerOf{}
	return newServer(t, opt)
}

func TestEveryRouteNeedsARole(t *testing.T) {
	k := newKeys(t, &bytes.Buffer{})
	s := guarded(t, k)
	open := map[string]bool{"GET /-/healthy": true, "GET /-/ready": true}
	browsers := map[string]bool{"GET /login": true, "POST /login": true, "POST /logout": true, "POST /settings": true, "GET /assets/{version}/{file}": true}
	for _, pattern := range s.patterns {
		method, path, ok := strings.Cut(pattern, " ")
		if !ok {
			method, path = "GET", "/nowhere"
		}
		target := exampleOf(path)
		resp := do(s, method, target)
		if browsers[pattern] { // to log in; their own tests hold them
			if resp.StatusCode == http.StatusUnauthorized {
				t.Errorf("%s: status %d without a token", pattern, resp.StatusCode)
			}
			continue
		}
		if open[pattern] {
			if resp.StatusCode != http.StatusOK {
				t.Errorf("%s: status %d without a token", pattern, resp.StatusCode)
			}
			continue
		}
		if p := problemOf(t, resp); p.Type != api.ProblemToken || p.Status != http.StatusUnauthorized {
			t.Errorf("%s without a token: %+v", pattern, p)
		}
		if got := resp.Header.Get("WWW-Authenticate"); got != `Bearer realm="swell"` {
			t.Errorf("%s without a token: challenge %q", pattern, got)
		}
		for role, secret := range map[access.Role]string{access.Read: k.read, access.Write: k.write, access.Admin: k.admin} {
			resp := do(s, method, target, "Authorization", "Bearer "+secret)
			forbidden := !role.Allows(roleFor(pattern))
			if got := resp.StatusCode == http.StatusForbidden; got != forbidden || resp.StatusCode == http.StatusUnauthorized {
				t.Errorf("%s as %v: status %d", pattern, role, resp.StatusCode)
			}
			if forbidden && !strings.Contains(resp.Header.Get("WWW-Authenticate"), `error="insufficient_scope", scope="`) {
				t.Errorf("%s as %v: challenge %q", pattern, role, resp.Header.Get("WWW-Authenticate"))
			}
		}
	}
}

func TestRoleFor(t *testing.T) {
	for pattern, want := range map[string]access.Role{
		"/": access.Read, "GET /{$}": access.Read, "GET /-/healthy": access.None, "GET /-/ready": access.None, "GET /-/pprof/": access.Admin,
		"GET /debug/pprof/{name}": access.Admin, "POST /-/healthy": access.None, "GET /metrics": access.Read, "POST /api/v1/records": access.Write,
		"DELETE /api/v1/watches/{id}": access.Write, "/api/v1/anything": access.Read,
	} {
		if got := roleFor(pattern); got != want {
			t.Errorf("%s needs %v, want %v", pattern, got, want)
		}
	}
}

func TestTokensAreShownAsTheyShould(t *testing.T) {
	k := newKeys(t, &bytes.Buffer{})
	s := guarded(t, k)
	for _, c := range []struct {
		header    []string
		status    int
		challenge string
	}{
		{nil, 401, `Bearer realm="swell"`},
		{[]string{"Bearer " + k.read}, 200, ""},
		{[]string{"bearer " + k.read}, 200, ""},
		{[]string{"Bearer  " + k.read}, 200, ""},
		{[]string{"Bearer " + k.read + "x"}, 401, `error="invalid_token"`},
		{[]string{"Bearer " + k.expired}, 401, `error_description="expired"`},
		{[]string{"Basic " + k.read}, 400, `error="invalid_request"`},
		{[]string{k.read}, 400, `error="invalid_request"`},
		{[]string{"Bearer"}, 400, `error="invalid_request"`},
		{[]string{"Bearer " + k.read, "Bearer " + k.read}, 400, `error="invalid_request"`},
	} {
		var header []string
		for _, h := range c.header {
			header = append(header, "Authorization", h)
		}
		resp := do(s, "GET", "/api/v1/status", header...)
		if resp.StatusCode != c.status || !strings.Contains(resp.Header.Get("WWW-Authenticate"), c.challenge) {
			t.Errorf("%.60q: status %d, challenge %q", c.header, resp.StatusCode, resp.Header.Get("WWW-Authenticate"))
		}
		if got := resp.Header.Get("Cache-Control"); got != "private, no-cache" {
			t.Errorf("%.60q: Cache-Control is %q", c.header, got)
		}
	}
	// Not in the address, which gets into histories and logs.
	if p := problemOf(t, do(s, "GET", "/api/v1/status?access_token="+k.read)); p.Type != api.ProblemToken || strings.Contains(p.Detail, k.read) {
		t.Errorf("in the address: %+v", p)
	}
}

// Whatever is sent, no token and no hash of one gets into what the server writes.
func TestNoSecretIsWritten(t *testing.T) {
	var log bytes.Buffer
	k := newKeys(t, &log)
	opt := fixedOptions(t)
	opt.Access, opt.Logger, opt.Intake = k.tokens, logInto(&log), &ledgerOf{fails: fmt.Errorf("broken")}
	s := newServer(t, opt)
	source := fixedSource()
	source.err = store.ErrDamaged
	opt.Source = source
	failing := newServer(t, opt)
	opt.Source = secretive{}
	panicking := newServer(t, opt)
	var said bytes.Buffer
	for _, secret := range append(k.secrets(), "swell_"+strings.Repeat("A", 43)) {
		for _, h := range []http.Handler{s, failing, panicking} {
			for _, target := range []string{"/api/v1/trends", "/api/v1/trends?access_token=" + secret, "/api/v1/terms/hashtag/booktok?a=" + secret, "/nowhere?" + secret,
				"/feeds/trends.atom?token=" + secret} {
				for _, header := range [][]string{
					{"Authorization", "Bearer " + secret}, {"Authorization", secret}, {"Authorization", "Basic " + secret},
					{"Authorization", "Bearer " + secret, "Authorization", "Bearer " + secret}, {"Idempotency-Key", secret, "Cookie", secret},
				} {
					for _, method := range []string{"GET", "POST", "BREW"} {
						resp := do(h, method, target, header...)
						if err := resp.Header.Write(&said); err != nil {
							t.Fatal(err)
						}
						if resp.StatusCode != http.StatusBadRequest { // which names what was asked for to who asked for it
							said.Write(body(t, resp))
						}
					}
				}
			}
			r := send(h, strings.NewReader(line(1)), "Authorization", "Bearer "+secret)
			said.Write(r.Body.Bytes())
		}
	}
	if err := os.WriteFile(k.path, []byte("swell tokens 1\n"+k.admin+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	kept, err := access.Open(k.path, true, time.Now, logInto(&log))
	log.WriteString(fmt.Sprint(err))
	if _, err := kept.Check(k.admin); err == nil {
		t.Error("a token that stands in a file in the clear is good")
	}
	data, err := os.ReadFile(k.path)
	if err != nil || !strings.Contains(string(data), k.admin) {
		t.Fatal("the test is worth nothing")
	}
	for what, text := range map[string]string{"the log": log.String(), "an answer": said.String()} {
		for _, secret := range k.secrets() {
			if i := strings.Index(text, secret[len("swell_"):]); i >= 0 {
				t.Errorf("%s has a token: %s", what, text[max(0, i-200):i+60])
			}
		}
	}
	if !strings.Contains(log.String(), "request failed") || !strings.Contains(log.String(), "status=401") {
		t.Errorf("the log tells nothing: %.500s", log.String())
	}
}

func TestClientsAreLimited(t *testing.T) {
	now := start
	opt := fixedOptions(t)
	k := newKeys(t, &bytes.Buffer{})
	opt.Clock, opt.Access = func() time.Time { return now }, k.tokens
	opt.Limits = access.Limits{PerSecond: 0.5, Burst: 3, AtOnce: 8}
	s := newServer(t, opt)
	ask := func(secret string) *http.Response {
		return do(s, "GET", "/api/v1/status", "Authorization", "Bearer "+secret)
	}
	for left := 2; left >= 0; left-- {
		resp := ask(k.read)
		if got := resp.Header.Get("RateLimit"); resp.StatusCode != 200 || got != fmt.Sprintf(`"client";r=%d;t=2`, left) || resp.Header.Get("RateLimit-Policy") != `"client";q=3;w=6` {
			t.Errorf("status %d, RateLimit %q, policy %q", resp.StatusCode, got, resp.Header.Get("RateLimit-Policy"))
		}
	}
	resp := ask(k.read)
	if p := problemOf(t, resp); p.Type != api.ProblemRate || p.Status != 429 || resp.Header.Get("Retry-After") != "2" || resp.Header.Get("RateLimit") != `"client";r=0;t=2` {
		t.Errorf("%+v, Retry-After %q, RateLimit %q", p, resp.Header.Get("Retry-After"), resp.Header.Get("RateLimit"))
	}
	if resp := ask(k.write); resp.StatusCode != 200 {
		t.Errorf("another client: status %d", resp.StatusCode)
	}
	for range 3 { // by address
		if resp := ask("wrong"); resp.StatusCode != 401 {
			t.Errorf("a stranger: status %d", resp.StatusCode)
		}
	}
	if resp := ask("wrong"); resp.StatusCode != 429 {
		t.Errorf("a stranger who goes on: status %d", resp.StatusCode)
	}
	if resp := do(s, "GET", "/-/healthy"); resp.StatusCode != 200 || resp.Header.Get("RateLimit") != "" {
		t.Errorf("a supervisor: status %d", resp.StatusCode)
	}
	now = now.Add(2 * time.Second)
	if resp := ask(k.read); resp.StatusCode != 200 {
		t.Errorf("after the time that it was told to wait: status %d", resp.StatusCode)
	}
	if n := s.under.Load(); n != 0 {
		t.Errorf("%d requests are still under way", n)
	}
}

func TestRequestsAtOnceAreBounded(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	s.under.Store(maxRequests)
	resp := do(s, "GET", "/api/v1/status")
	if p := problemOf(t, resp); p.Type != api.ProblemBusy || resp.Header.Get("Retry-After") == "" {
		t.Errorf("%+v", p)
	}
	if s.under.Load() != maxRequests {
		t.Error("what was refused is counted")
	}
}

func TestProtection(t *testing.T) {
	opt := fixedOptions(t)
	for _, tls := range []bool{false, true} {
		opt.TLS = tls
		s := newServer(t, opt)
		for _, target := range []string{"/", "/-/healthy", "/api/v1/trends", "/nowhere", "/api/v1/trends?x=1"} {
			resp := do(s, "GET", target)
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
				"Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Referrer-Policy": "no-referrer",
				"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "", "Access-Control-Allow-Credentials": "", "Server": "",
				"Strict-Transport-Security": map[bool]string{true: "max-age=31536000"}[tls],
			} {
				if got := resp.Header.Get(name); got != want {
					t.Errorf("%s: %s is %q, want %q", target, name, got, want)
				}
			}
		}
	}
}

func TestLimitsAreValidated(t *testing.T) {
	for _, l := range []access.Limits{{PerSecond: -1, Burst: 1}, {PerSecond: 1}, {PerSecond: 1e7, Burst: 1}, {AtOnce: -1}} {
		opt := fixedOptions(t)
		opt.Limits = l
		if _, err := New(opt); err == nil {
			t.Errorf("%+v was taken", l)
		}
	}
}

// exampleOf fills the wildcards of a path.
func exampleOf(path string) string {
	path = strings.TrimSuffix(path, "{$}")
	for from, to := range map[string]string{"{kind}": "hashtag", "{key}": "booktok", "{day}": "2026-03-04", "{date}": "2026-03-04"} {
		path = strings.ReplaceAll(path, from, to)
	}
	var out []string
	for part := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(part, "{") {
			part = "x"
		}
		out = append(out, part)
	}
	return strings.Join(out, "/")
}

// A stream ends when its token is revoked, whether anything happens or not.
func TestRevokedTokenEndsItsStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), access.FileName)
		token, secret, err := access.Mint(strings.NewReader(strings.Repeat("seed", 32)), access.Read, "page", start, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if err := access.Add(path, token); err != nil {
			t.Fatal(err)
		}
		l, f := newLife(t, 0)
		opt := l.options(f)
		if opt.Access, err = access.Open(path, true, time.Now, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		s := newServer(t, opt)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go s.ServeHTTP(newWire(-1), streamRequest(ctx, "", "Authorization", "Bearer "+secret))
		synctest.Wait()
		if got := s.Streams(); got.Clients != 1 {
			t.Fatalf("got %+v", got)
		}
		if _, err := access.Revoke(path, token.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if got := s.Streams(); got.Clients != 0 {
			t.Errorf("got %+v", got)
		}
	})
}
