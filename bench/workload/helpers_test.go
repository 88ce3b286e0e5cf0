package workload

import (
	"bytes"
	"testing"

	"github.com/swell-radar/swell/term"
)

// small is a world that takes a fraction of a second even under the race
// detector: the default platforms with two languages each.
func small(seed uint64, days int) Config {
	platforms := DefaultPlatforms()
	for i := range platforms {
		platforms[i].Audience = platforms[i].Audience[:2]
	}
	return Config{
		Seed: seed, Days: days, Scale: 0.02, Platforms: platforms,
		TrendsPerDay: 4, BurstsPerDay: 400, BotsPerDay: 60, SolosPerDay: 40, FloodsPerDay: 40,
	}
}

func newGenerator(t testing.TB, cfg Config) *Generator {
	t.Helper()
	g, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// output returns what a world writes: records and truth.
func output(t testing.TB, cfg Config) (records, truth []byte) {
	t.Helper()
	g := newGenerator(t, cfg)
	var r, tr bytes.Buffer
	n, err := g.WriteTo(&r)
	if err != nil || n != int64(r.Len()) {
		t.Fatalf("WriteTo = %d, %v; %d bytes arrived", n, err, r.Len())
	}
	if err := g.WriteTruth(&tr); err != nil {
		t.Fatal(err)
	}
	return r.Bytes(), tr.Bytes()
}

// each calls f with every record of a world and returns the generator.
func each(t testing.TB, cfg Config, f func(*term.Record)) *Generator {
	t.Helper()
	g := newGenerator(t, cfg)
	var rec term.Record
	for g.Next(&rec) {
		f(&rec)
	}
	return g
}

// groupKey returns the group key of a hashtag as typed.
func groupKey(text string) string {
	return string(term.AppendGroupKey(nil, term.KeyOf(term.Hashtag, text)))
}
