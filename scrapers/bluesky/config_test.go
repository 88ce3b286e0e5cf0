package bluesky

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

func TestConfig(t *testing.T) {
	junk := filepath.Join(t.TempDir(), "junk")
	if err := os.WriteFile(junk, []byte("no dictionary"), 0o644); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Config){
		"": func(*Config) {},
		"hosts is empty: name a server of Jetstream":                                                    func(c *Config) { c.Hosts = nil },
		`hosts: "https://example.org" is no address`:                                                    func(c *Config) { c.Hosts = []string{"https://example.org"} },
		`hosts: "wss://example.org?…" is no address`:                                                    func(c *Config) { c.Hosts = []string{"wss://example.org?x=1"} },
		`hosts: "wss://…@example.org" is no address`:                                                    func(c *Config) { c.Hosts = []string{"wss://me:secret@example.org"} },
		"fill is 100h0m0s: it may be from 0s to 36h0m0s":                                                func(c *Config) { c.Fill = scrapers.Duration(100 * time.Hour) },
		"fill is -1ns: it may be":                                                                       func(c *Config) { c.Fill = -1 },
		"max_age is 0s: it may be from 1m0s":                                                            func(c *Config) { c.MaxAge = 0 },
		"silence is 1ms: it may be":                                                                     func(c *Config) { c.Silence = scrapers.Duration(time.Millisecond) },
		"requests_per_day is -1: it may not be negative":                                                func(c *Config) { c.RequestsPerDay = -1 },
		`compression is "gzip": it may be "none", "deflate" or "zstd"`:                                  func(c *Config) { c.Compression = "gzip" },
		`dictionary is set, but compression is "none"`:                                                  func(c *Config) { c.Dictionary = junk },
		`dictionary is empty, which compression = "zstd" needs`:                                         func(c *Config) { c.Compression = "zstd" },
		"cannot read sources.bluesky.dictionary: stat /does/not/exist: no such file or directory: give": func(c *Config) { c.Compression, c.Dictionary = "zstd", "/does/not/exist" },
		"is no dictionary of zstd":                                                                      func(c *Config) { c.Compression, c.Dictionary = "zstd", junk },
	} {
		c := Default()
		change(&c)
		_, err := New(c, nil)
		switch {
		case want == "" && err != nil:
			t.Errorf("the default is refused: %v", err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "sources.bluesky.")):
			t.Errorf("want %q, it says %v", want, err)
		}
	}
}

func TestCursor(t *testing.T) {
	for text, want := range map[string]int64{
		"": 0, `{"time_us":1795870800000001}`: 1795870800000001, `{"time_us":1795870800000001,"more":1}`: 1795870800000001,
	} {
		if got, err := parseCursor([]byte(text)); err != nil || got != want {
			t.Errorf("%q is %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"x", "{}", `{"time_us":5}`, `{"time_us":"1795870800000001"}`, `{"time_us":99999999999999999}`} {
		if got, err := parseCursor([]byte(text)); err == nil || got != 0 {
			t.Errorf("%q is %d", text, got)
		}
	}
	if at, err := parseCursor(appendCursor(1795870800000001)); err != nil || at != 1795870800000001 {
		t.Errorf("a cursor does not come back: %d, %v", at, err)
	}
}
