package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/access"
)

// askWith asks for an address and returns the status and the answer.
func askWith(t *testing.T, address string, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// The main listener tells metrics and no more; the tools are on the admin listener alone.
func TestToolsAreOnTheAdminListenerAlone(t *testing.T) {
	o := liveOptions(filepath.Join(t.TempDir(), "data"))
	s := startLive(t, o)
	defer s.end()
	s.send(livePosts(t, 1)[:500])
	for _, path := range []string{"/debug/pprof/", "/debug/pprof/heap", "/debug/flight", "/debug/vars"} {
		if status, _ := askWith(t, s.address+path); status != http.StatusNotFound {
			t.Errorf("%s: status %d on the main listener", path, status)
		}
	}
	status, text := askWith(t, s.address+"/metrics")
	for _, want := range []string{
		"\nswell_ready 1\n", "\nswell_records_total{outcome=\"counted\"} ", "\nswell_journal_append_duration_seconds_count 1\n", "\nswell_journal_next_entry 2\n",
		`swell_http_request_duration_seconds_count{method="GET",route="other",status="4xx"} 4`, `route="/api/v1/records",status="2xx"} 1`,
		"\nswell_http_requests_in_flight 1\n", "\nswell_snapshot_duration_seconds_count ", "\ngo_goroutines ", "\nswell_lateness_seconds 600\n",
	} {
		if status != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("status %d; metrics lack %q", status, strings.TrimSpace(want))
		}
	}
	if status, _ := askWith(t, s.address+"/metrics?name=x"); status != http.StatusBadRequest {
		t.Errorf("an unknown parameter: status %d", status)
	}
}

func TestAdminListener(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("0123456789abcdef0123456789abcdef\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := liveOptions(filepath.Join(t.TempDir(), "data"))
	l := &live{ServeOptions: o}
	m := http.NotFoundHandler()
	health := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) })
	for _, bad := range []AdminOptions{
		{Listen: "0.0.0.0:0"}, {Listen: ":0"}, {Listen: "example.com:0"}, {Listen: "7311"}, {Listen: "127.0.0.1:0", TokenFile: short}, {Listen: "127.0.0.1:0", TokenFile: token + "x"},
	} {
		a, err := startAdmin(bad, m, health, nil, l.Log)
		if err == nil {
			a.close()
			t.Errorf("%+v: it listens", bad)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error tells the token: %v", err)
		}
	}

	a, err := startAdmin(AdminOptions{Listen: "127.0.0.1:0"}, m, health, nil, l.Log)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		header []string
		status int
	}{
		{nil, 200}, {[]string{"Host", "localhost:7311"}, 200}, {[]string{"Host", "[::1]:7311"}, 200}, {[]string{"Host", "evil.example"}, 403},
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403}, {[]string{"Sec-Fetch-Site", "same-site"}, 403}, {[]string{"Sec-Fetch-Site", "none"}, 200},
	} {
		if status, _ := askWith(t, a.address+"/-/ready", c.header...); status != c.status {
			t.Errorf("%v: status %d, want %d", c.header, status, c.status)
		}
	}
	if status, text := askWith(t, a.address+"/debug/flight"); status != http.StatusOK || !strings.HasPrefix(text, "go 1.") {
		t.Errorf("status %d: %.40q", status, text)
	}
	a.close()
	a.close()

	if a, err = startAdmin(AdminOptions{Listen: "127.0.0.1:0", TokenFile: token}, m, health, nil, l.Log); err != nil {
		t.Fatal(err)
	}
	defer a.close()
	for _, c := range []struct {
		header string
		status int
	}{
		{"", 401}, {"Bearer", 401}, {"Bearer 0123456789abcdef0123456789abcdeF", 401}, {"0123456789abcdef0123456789abcdef", 401},
		{"Bearer 0123456789abcdef0123456789abcdef", 200},
	} {
		if status, _ := askWith(t, a.address+"/-/healthy", "Authorization", c.header); status != c.status {
			t.Errorf("%q: status %d, want %d", c.header, status, c.status)
		}
	}
	(*admin)(nil).close()
}

// Where the endpoint asks for tokens, the tools are for the role admin alone.
func TestAdminTakesTheTokensOfTheEndpoint(t *testing.T) {
	path := filepath.Join(t.TempDir(), access.FileName)
	secrets := map[access.Role]string{}
	for i, role := range []access.Role{access.Write, access.Admin} {
		token, secret, err := access.Mint(strings.NewReader(strings.Repeat(string(rune('a'+i)), 128)), role, "x", time.Now(), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if err := access.Add(path, token); err != nil {
			t.Fatal(err)
		}
		secrets[role] = secret
	}
	log := slog.New(slog.DiscardHandler)
	tokens, err := access.Open(path, false, time.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	a, err := startAdmin(AdminOptions{Listen: "127.0.0.1:0"}, h, h, tokens, log)
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	for _, c := range []struct {
		header string
		status int
	}{{"", 401}, {"Bearer " + secrets[access.Write], 401}, {"Bearer " + secrets[access.Admin], 200}} {
		if status, _ := askWith(t, a.address+"/metrics", "Authorization", c.header); status != c.status {
			t.Errorf("%.10q: status %d, want %d", c.header, status, c.status)
		}
	}
}
