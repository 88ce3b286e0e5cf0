package all_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"

	"github.com/swell-radar/swell/scrapers/all"
	"github.com/swell-radar/swell/scrapers/fetch"
)

// The samples say every setting there is, and its default.
func TestSamplesAreTheDefaults(t *testing.T) {
	var text strings.Builder
	for _, k := range all.Kinds() {
		if !strings.Contains(k.Sample, "[sources."+k.Name+"]") {
			t.Errorf("the sample of %s has no table [sources.%s]", k.Name, k.Name)
		}
		text.WriteString(k.Sample + "\n")
	}
	var file struct {
		Sources all.Config `toml:"sources"`
	}
	d := toml.NewDecoder(strings.NewReader(text.String()))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(all.Default(), file.Sources); d != "" {
		t.Errorf("samples and defaults differ (- default, + sample):\n%s", d)
	}
}

// Every setting stands in the sample: one that nobody can find is none.
func TestSamplesAreWhole(t *testing.T) {
	c := reflect.TypeFor[all.Config]()
	for i := range c.NumField() {
		name := c.Field(i).Tag.Get("toml")
		sample := ""
		for _, k := range all.Kinds() {
			if k.Name == name {
				sample = k.Sample
			}
		}
		own := c.Field(i).Type
		for j := range own.NumField() {
			key, _, _ := strings.Cut(own.Field(j).Tag.Get("toml"), ",")
			if !strings.Contains(sample, key+" = ") && !strings.Contains(sample, "[sources."+name+"."+key+"]") && !strings.Contains(sample, "[[sources."+name+"."+key+"]]") {
				t.Errorf("the sample of %s does not mention %s", name, key)
			}
		}
	}
}

// Every source can be made of its defaults and has its page.
func TestEverySourceHasWhatItNeeds(t *testing.T) {
	f, err := fetch.New(fetch.Options{Agent: "swell/test", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	c := all.Default()
	index, err := os.ReadFile(filepath.Join("..", "..", "docs", "sources", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range all.Kinds() {
		if k.On(&c) != (k.Name == "bluesky") {
			t.Errorf("%s: on is %t without a configuration", k.Name, k.On(&c))
		}
		if len(k.Platforms(&c)) == 0 && k.Name != "feed" {
			t.Errorf("%s sees no platform", k.Name)
		}
		if _, err := k.New(&c, f.Client(k.Name, nil)); err != nil {
			// Some need something that has no default; they say what, and how to go on.
			if !strings.Contains(err.Error(), "sources."+k.Name) {
				t.Errorf("%s does not say which of its settings is wrong: %v", k.Name, err)
			}
		}
		if _, err := os.Stat(filepath.Join("..", "..", "docs", "sources", k.Name+".md")); err != nil {
			t.Error(err)
		}
		if !bytes.Contains(index, []byte(k.Name+".md")) {
			t.Errorf("docs/sources/README.md does not lead to %s.md", k.Name)
		}
		cases, err := filepath.Glob(filepath.Join("..", k.Name, "testdata", "cases", "*"))
		if err != nil || len(cases) == 0 {
			t.Errorf("%s has no test cases (%v)", k.Name, err)
		}
	}
}
