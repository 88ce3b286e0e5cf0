package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/all"
)

// A file that says nothing, and one that says all defaults, are the same.
func TestDefaults(t *testing.T) {
	for _, data := range []string{"", Sample()} {
		c, err := Parse("swell.toml", []byte(data))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(Default(), c, cmpopts.EquateEmpty()); d != "" {
			t.Error(d)
		}
	}
}

func TestSettingsAreTaken(t *testing.T) {
	t.Setenv("SWELL_TEST_PROXY", "http://proxy.example:3128")
	path := filepath.Join(t.TempDir(), "swell.toml")
	err := os.WriteFile(path, []byte(`
[fetch]
contact = "mailto:a@example.org"
proxy = "$SWELL_TEST_PROXY"
[serve]
listen = "0.0.0.0:7310"
cors_origins = ["https://radar.example"]
rate = 12.5
[watch]
keywords = ["Acme", "acme cola"]
[sources.bluesky]
on = false
fill = "90m"
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Fetch = Fetch{Contact: "mailto:a@example.org", Proxy: "http://proxy.example:3128"}
	want.Serve.Listen, want.Serve.CORSOrigins, want.Serve.Rate = "0.0.0.0:7310", []string{"https://radar.example"}, 12.5
	want.Watch.Keywords = []string{"Acme", "acme cola"}
	want.Sources.Bluesky.On, want.Sources.Bluesky.Fill = false, scrapers.Duration(90*time.Minute)
	if d := cmp.Diff(want, c); d != "" {
		t.Error(d)
	}
}

// What is wrong is named with its place and key.
func TestErrorsSayWhere(t *testing.T) {
	t.Setenv("SWELL_TEST_PROXY", "")
	for text, want := range map[string]string{
		"[sources.blusky]\non = true\n":                     "swell.toml:1:2: there is no setting sources.blusky",
		"[fetch]\ncontact = \"\"\ncolour = 3\n":             "swell.toml:3:1: there is no setting fetch.colour",
		"[sources.bluesky]\nfill = \"soon\"\n":              "swell.toml:2:8: sources.bluesky.fill",
		"[sources.bluesky]\non = 7\n":                       "swell.toml:2:6: sources.bluesky.on",
		"[fetch\n":                                          "swell.toml:1:",
		"[fetch]\nproxy = \"$SWELL_NO_SUCH_VARIABLE\"\n":    "fetch.proxy: the environment has no variable SWELL_NO_SUCH_VARIABLE",
		"[fetch]\nproxy = \"$SWELL_TEST_PROXY\"\n":          "swell.toml: fetch.proxy: the variable SWELL_TEST_PROXY of the environment is empty",
		"[fetch]\nproxy = \"$\"\n":                          "fetch.proxy: the environment has no variable",
		"[sources.bluesky]\nfill = \"1h\"\nfill = \"2h\"\n": "swell.toml:3:",
	} {
		_, err := Parse("swell.toml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q in it", text, err, want)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.toml")); err == nil {
		t.Error("a file that is not there was read")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("[fetch]\ncontact = \"\"\n")
	for _, k := range all.Kinds() {
		f.Add(k.Sample)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := Parse("f", []byte(text)); err != nil && !strings.HasPrefix(err.Error(), "f:") {
			t.Errorf("an error without its place: %v", err)
		}
	})
}
