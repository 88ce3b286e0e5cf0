//go:build unix

package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers/scrapetest"
)

// Sources whose sites never answer do not keep the program from ending: it waits neither for as long as an
// answer may take, nor for their pauses. Bluesky, which may replay, is asked before all others.
func TestHangingSourcesDoNotDelayTheEnd(t *testing.T) {
	for name, sources := range map[string]map[string]string{
		"first":  {"bluesky": "hosts"},
		"others": {"nostr": "relays", "mastodon": "instances", "misskey": "instances"},
	} {
		t.Run(name, func(t *testing.T) {
			text, sites := "[fetch]\nprivate = true\n", []*scrapetest.Site(nil)
			if name == "others" {
				text += "[sources.bluesky]\non = false\n"
			}
			for source, key := range sources {
				site, err := scrapetest.Open(http.NotFoundHandler())
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { site.Close() })
				site.Always(scrapetest.Hang())
				sites = append(sites, site)
				address := site.URL
				if source == "bluesky" || source == "nostr" {
					address = "ws" + strings.TrimPrefix(address, "http")
				}
				text += fmt.Sprintf("[sources.%s]\non = true\n%s = [%q]\n", source, key, address)
			}
			dir := t.TempDir()
			config := filepath.Join(dir, "swell.toml")
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			s := startServed(t, "--config", config, "--data", filepath.Join(dir, "data"))
			eventually(t, "a request to each site", func(context.Context) bool {
				return !slices.ContainsFunc(sites, func(site *scrapetest.Site) bool { return len(site.Seen()) == 0 })
			})
			began := time.Now()
			if err := s.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := s.Wait(); err != nil {
				t.Errorf("it ended with %v", err)
			}
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("it took %s to end", took)
			} else {
				t.Logf("it took %s to end", took)
			}
		})
	}
}
