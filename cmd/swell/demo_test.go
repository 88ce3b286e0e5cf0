//go:build unix

package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/scrapers/scrapetest"
)

// served is a program that serves.
type served struct {
	*exec.Cmd
	address string
	said    chan string // lines of standard error behind the address; closed at its end
}

// startServed runs swell serve until the test ends, and returns once it serves.
func startServed(t *testing.T, args ...string) *served {
	t.Helper()
	s := &served{Cmd: command(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--memory", "32MiB"}, args...)...), said: make(chan string, 1000)}
	s.Env = append(s.Env, "TMPDIR="+t.TempDir())
	log, err := s.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.Process.Kill() // it may have ended
		_ = s.Wait()
	})
	lines, at := bufio.NewScanner(log), regexp.MustCompile(`serving at (http://[^;\s]+)`)
	var all []string
	for s.address == "" {
		if !lines.Scan() {
			t.Fatalf("it ended before it served:\n%s", strings.Join(all, "\n"))
		}
		all = append(all, lines.Text())
		if m := at.FindStringSubmatch(lines.Text()); m != nil {
			s.address = m[1]
		}
	}
	for _, line := range all {
		s.said <- line
	}
	go func() {
		defer close(s.said)
		for lines.Scan() {
			select {
			case s.said <- lines.Text():
			default:
			}
		}
	}()
	return s
}

// client asks it.
func (s *served) client() api.Client { return api.Client{Base: s.address} }

// send sends it two records, an hour apart so that panes are closed, and returns the status of the answer.
func (s *served) send(t *testing.T) int {
	t.Helper()
	var body strings.Builder
	for _, ago := range []int64{3600, 0} {
		fmt.Fprintf(&body, "{\"ts\":%d,\"platform\":\"x\",\"tags\":[\"own\"]}\n", time.Now().Unix()-ago)
	}
	resp, err := http.Post(s.address+"/api/v1/records", "application/x-ndjson", strings.NewReader(body.String()))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func(ctx context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for !so(ctx) {
		if ctx.Err() != nil {
			t.Fatalf("%s did not come about", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// The demo shows trends, on several platforms, of posts and of numbers; says everywhere that it is one;
// and leaves nothing behind.
func TestDemo(t *testing.T) {
	s := startServed(t, "--demo")
	resp, err := http.Get(s.address + "/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.Header.Get("Swell-Demo") == "" {
		t.Error("an answer does not say that it is of a demo")
	}
	if status := s.send(t); status != http.StatusForbidden {
		t.Errorf("records that are sent to a demo are answered with %d", status)
	}
	eventually(t, "a trend", func(ctx context.Context) bool {
		a, err := s.client().Trends(ctx, url.Values{"limit": {"100"}})
		if err == nil && !a.Demo {
			t.Fatal("the ranking does not say that it is of a demo")
		}
		return err == nil && len(a.Trends) >= 3
	})
	eventually(t, "most sources being well", func(ctx context.Context) bool {
		a, err := s.client().Sources(ctx)
		well := 0
		for _, src := range a.Sources {
			if src.State == "ok" {
				well++
			}
		}
		return err == nil && well >= 5
	})
	var tmp string
	for _, e := range s.Env {
		if dir, ok := strings.CutPrefix(e, "TMPDIR="); ok {
			tmp = dir
		}
	}
	if err := s.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	left, err := filepath.Glob(filepath.Join(tmp, "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("it left %q behind (%v)", left, err)
	}
}

// With --demo=auto what answers is run live, and is filled from before.
func TestAutoIsLiveWhereSomethingAnswers(t *testing.T) {
	site, err := scrapetest.Open(scrapetest.NewJetstream(scrapetest.Crowd(1, 7), time.Now))
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	dir := t.TempDir()
	config := filepath.Join(dir, "swell.toml")
	text := "[fetch]\nprivate = true\n[sources.bluesky]\nhosts = [\"ws" + strings.TrimPrefix(site.URL, "http") + "\"]\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startServed(t, "--demo=auto", "--config", config, "--data", filepath.Join(dir, "data"))
	eventually(t, "36 hours of posts", func(ctx context.Context) bool {
		a, err := s.client().Sources(ctx)
		if err != nil || a.Demo {
			t.Fatalf("demo %t, %v", a.Demo, err)
		}
		return a.Sources[0].Records > 30*3600
	})
}

// And where nothing answers the demo is played, which touches nothing of the user's: no directory, and
// no journal on another server.
func TestAutoIsADemoWhereNothingAnswers(t *testing.T) {
	dir := t.TempDir()
	config := deafConfig(t, dir)
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		if c, err := other.Accept(); err == nil {
			t.Error("the user's NATS server was asked")
			c.Close()
		}
	}()
	s := startServed(t, "--demo=auto", "--config", config, "--data", filepath.Join(dir, "data"), "--journal-url", "nats://"+other.Addr().String())
	a, err := s.client().Sources(t.Context())
	if err != nil || !a.Demo {
		t.Errorf("demo %t, %v", a.Demo, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "data")); !os.IsNotExist(err) {
		t.Errorf("the user's directory: %v", err)
	}
	other.Close()
	<-asked
}

// What was kept before is served, and gone on with, also where nothing answers.
func TestAutoGoesOnWithWhatItHolds(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	before := startServed(t, "--no-sources", "--data", data)
	if status := before.send(t); status != http.StatusAccepted {
		t.Fatalf("status %d", status)
	}
	if err := before.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := before.Wait(); err != nil {
		t.Fatal(err)
	}
	s := startServed(t, "--demo=auto", "--config", deafConfig(t, dir), "--data", data)
	a, err := s.client().Sources(t.Context())
	if err != nil || a.Demo {
		t.Errorf("demo %t, %v", a.Demo, err)
	}
	eventually(t, "the records of before", func(ctx context.Context) bool {
		a, err := s.client().Term(ctx, "hashtag", "own", nil)
		return err == nil && len(a.Platforms) == 1
	})
}

// deafConfig is of one source, which does not answer.
func deafConfig(t *testing.T, dir string) string {
	t.Helper()
	file := filepath.Join(dir, "swell.toml")
	if err := os.WriteFile(file, []byte("[sources.bluesky]\nhosts = [\"wss://127.0.0.1:9\"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
