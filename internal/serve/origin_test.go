package serve

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/swell-radar/swell/internal/api"
)

func TestPagesOfOtherSitesAreRefused(t *testing.T) {
	opt := fixedOptions(t)
	opt.Intake, opt.Hosts = &ledgerOf{}, []string{"radar.example"}
	s := newServer(t, opt)
	for _, c := range []struct {
		name          string
		read, written bool // is it let in
		header        []string
	}{
		{"no browser", true, true, nil},
		{"own page", true, true, []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://localhost:7310"}},
		{"own page behind a proxy", true, true, []string{"Sec-Fetch-Site", "same-origin", "Origin", "https://radar.example"}},
		{"typed address", true, true, []string{"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate"}},
		{"followed link", true, false, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}},
		{"frame", false, false, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}},
		{"image", false, false, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}},
		{"script", false, false, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"}},
		{"fetch", false, false, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors", "Origin", "https://evil.example"}},
		{"another port of this machine", false, false, []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors", "Origin", "http://localhost:3000"}},
		{"an old browser", false, false, []string{"Origin", "https://evil.example"}},
		{"an old browser's own page", true, true, []string{"Origin", "http://localhost:7310"}},
		{"a file", false, false, []string{"Origin", "null"}},
		{"two origins", false, false, []string{"Origin", "http://localhost:7310", "Origin", "https://evil.example", "Sec-Fetch-Site", "same-origin"}},
		{"a name that only begins alike", false, false, []string{"Origin", "http://localhost:7310.evil.example"}},
		{"nonsense", false, false, []string{"Origin", "%"}},
		{"an unknown word", false, false, []string{"Sec-Fetch-Site", "elsewhere"}},
	} {
		for _, target := range []string{"/api/v1/trends", "/-/healthy", "/"} {
			resp := do(s, "GET", target, c.header...)
			if c.read != (resp.StatusCode == http.StatusOK) {
				t.Errorf("%s reads %s: status %d", c.name, target, resp.StatusCode)
			} else if !c.read {
				if p := problemOf(t, resp); p.Type != api.ProblemForeignOrigin || p.Status != http.StatusForbidden {
					t.Errorf("%s reads %s: %+v", c.name, target, p)
				}
			}
			if got := resp.Header.Get("Access-Control-Allow-Origin"); got != "" {
				t.Errorf("%s: allowed %q", c.name, got)
			}
		}
		for _, method := range []string{"POST", "PUT", "DELETE"} {
			if resp := do(s, method, "/api/v1/records", c.header...); (resp.StatusCode == http.StatusForbidden) == c.written {
				t.Errorf("%s: %s: status %d", c.name, method, resp.StatusCode)
			}
		}
	}
}

func TestAllowedOrigins(t *testing.T) {
	const page = "https://radar.example"
	k := newKeys(t, &bytes.Buffer{})
	opt := fixedOptions(t)
	opt.Origins, opt.Access, opt.Intake = []string{page, "http://localhost:3000"}, k.tokens, &ledgerOf{}
	s := newServer(t, opt)
	cors := []string{"Origin", page, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"}

	resp := do(s, "GET", "/api/v1/status", append([]string{"Authorization", "Bearer " + k.read}, cors...)...)
	if resp.StatusCode != 200 || resp.Header.Get("Access-Control-Allow-Origin") != page || resp.Header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("status %d, %v", resp.StatusCode, resp.Header)
	}
	if vary := strings.Join(resp.Header.Values("Vary"), ", "); vary != "Origin, Accept-Encoding" {
		t.Errorf("Vary is %q", vary)
	}
	// The page may read why it was refused.
	if resp := do(s, "GET", "/api/v1/status", cors...); resp.StatusCode != 401 || resp.Header.Get("Access-Control-Allow-Origin") != page {
		t.Errorf("without a token: status %d, %v", resp.StatusCode, resp.Header)
	}
	// And what may differ by origin says so, whoever asks.
	if resp := do(s, "GET", "/api/v1/trends", "If-None-Match", "*", "Authorization", "Bearer "+k.read); resp.StatusCode != 304 || resp.Header.Values("Vary")[0] != "Origin" {
		t.Errorf("status %d, Vary %q", resp.StatusCode, resp.Header.Values("Vary"))
	}

	preflight := []string{"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,idempotency-key,swell-producer"}
	resp = do(s, "OPTIONS", "/api/v1/records", append(preflight, cors...)...) // which shows no token
	if resp.StatusCode != 204 || resp.Header.Get("Access-Control-Allow-Methods") != "POST" || resp.Header.Get("Access-Control-Allow-Origin") != page || resp.Header.Get("Access-Control-Max-Age") == "" {
		t.Errorf("preflight: status %d, %v", resp.StatusCode, resp.Header)
	}
	for _, name := range []string{"Authorization", "Idempotency-Key", "Swell-Producer", "Swell-Epoch", "Swell-Seq", "Content-Encoding", "Last-Event-ID"} {
		if !strings.Contains(resp.Header.Get("Access-Control-Allow-Headers"), name) {
			t.Errorf("preflight: %s is not allowed", name)
		}
	}
	for name, header := range map[string][]string{
		"foreign":     append([]string{"Origin", "https://evil.example"}, preflight...),
		"in a suffix": append([]string{"Origin", page + ".evil.example"}, preflight...),
		"other port":  append([]string{"Origin", page + ":8443"}, preflight...),
		"other case":  append([]string{"Origin", "https://Radar.example"}, preflight...),
		"clear":       append([]string{"Origin", "http://radar.example"}, preflight...),
		"twice":       append([]string{"Origin", page, "Origin", page}, preflight...),
	} {
		resp := do(s, "OPTIONS", "/api/v1/records", header...)
		if p := problemOf(t, resp); p.Type != api.ProblemForeignOrigin || resp.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %+v, %v", name, p, resp.Header)
		}
	}
	// An OPTIONS that asks for nothing is a request as any other.
	if resp := do(s, "OPTIONS", "/api/v1/records", cors...); resp.StatusCode != 401 {
		t.Errorf("no preflight: status %d", resp.StatusCode)
	}
}

func TestOriginsAreExact(t *testing.T) {
	for origin, good := range map[string]bool{
		"https://radar.example": true, "http://localhost:3000": true, "https://[2001:db8::1]:8443": true, "http://192.0.2.7": true,
		"": false, "*": false, "null": false, "radar.example": false, "https://*.radar.example": false, "https://radar.example/": false,
		"https://Radar.example": false, "https://radar.example:443": false, "http://radar.example:80": false, "https://a@radar.example": false,
		"https://radar.example?x": false, "ftp://radar.example": false, "https://": false, "https://radar.example:": false, "https://radar.example#": false,
	} {
		opt := fixedOptions(t)
		opt.Origins = []string{origin}
		if _, err := New(opt); errors.Is(err, ErrOptions) == good {
			t.Errorf("%q: %v", origin, err)
		}
	}
}
