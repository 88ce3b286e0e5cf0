package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/term"
)

// searchBenchTerms makes terms as a store of years has them: words of several scripts that
// share their beginnings, alone and in pairs, on a few platforms; one in twenty a sound.
func searchBenchTerms(n int) []Term {
	rng := rand.New(rand.NewPCG(5, 6))
	syllables := []string{"ba", "be", "bo", "ca", "chi", "da", "de", "er", "es", "fa", "ga", "in", "ka", "la", "le", "lo", "ma", "me", "mo", "na",
		"ne", "o", "or", "pa", "ra", "re", "ri", "sa", "se", "so", "sta", "ta", "te", "tik", "to", "tok", "un", "va", "vi", "y"}
	word := func() string {
		switch k := rng.IntN(20); {
		case k < 3: // ideographs, of which there are thousands
			var b strings.Builder
			for range 2 + rng.IntN(4) {
				b.WriteRune(rune(0x4e00 + int(rng.ExpFloat64()*800)%20000))
			}
			return b.String()
		case k < 5:
			var b strings.Builder
			for range 3 + rng.IntN(6) {
				b.WriteRune([]rune("абвгдеиклмнопрстуя")[rng.IntN(18)])
			}
			return b.String()
		}
		var b strings.Builder
		for range 2 + int(rng.ExpFloat64()*1.5) {
			b.WriteString(syllables[int(rng.ExpFloat64()*12)%len(syllables)])
		}
		return b.String()
	}
	seen := make(map[term.ID]bool, n)
	terms := make([]Term, 0, n)
	for len(terms) < n {
		t := Term{Kind: term.Hashtag, Platform: []string{"x", "tiktok", "bluesky", "mastodon"}[rng.IntN(4)], Key: word()}
		switch k := rng.IntN(100); {
		case k < 5:
			t.Kind, t.Key = term.Sound, fmt.Sprintf("id:tiktok:%d", rng.Uint64())
			t.Display = word() + " " + word() + " – " + word() + " " + word()
		case k < 15:
			t.Kind = term.Mention
		case k < 40:
			t.Key += word()
		}
		if rng.IntN(6) == 0 && t.Kind == term.Hashtag {
			t.Key += fmt.Sprint(rng.IntN(2000))
		}
		t.ID = term.ScopeOf(t.Kind, t.Platform).ID(t.Key)
		if !seen[t.ID] {
			seen[t.ID] = true
			terms = append(terms, t)
		}
	}
	return terms
}

// BenchmarkSearch asks for what there is and what is nearly there, in a dictionary of a
// million terms, or of as many as SWELL_TERMS says.
func BenchmarkSearch(b *testing.B) {
	n := 1_000_000
	if s := os.Getenv("SWELL_TERMS"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			b.Fatal(err)
		}
	}
	s := openTest(b, b.TempDir())
	terms := searchBenchTerms(n)
	start := time.Now()
	for part := range slices.Chunk(terms, 20_000) {
		if err := s.RegisterTerms(part); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("%d terms registered at %v each", n, time.Since(start)/time.Duration(n))
	s = reopen(b, s)
	start = time.Now()
	if err := s.buildIndex(); err != nil {
		b.Fatal(err)
	}
	b.Logf("the index is built in %v", time.Since(start))
	if err := s.Compact(); err != nil {
		b.Fatal(err)
	}
	runesOf := func(rng *rand.Rand) []rune {
		for {
			if t := terms[rng.IntN(n)]; t.Kind == term.Hashtag {
				if runes := []rune(t.Key); len(runes) >= 6 {
					return runes
				}
			}
		}
	}
	prefix := func(n int) func(*rand.Rand) Search {
		return func(rng *rand.Rand) Search { return Search{Key: string(runesOf(rng)[:n])} }
	}
	for _, q := range []struct {
		name string
		of   func(*rand.Rand) Search
	}{
		{"prefix of 1", prefix(1)},
		{"prefix of 3", prefix(3)},
		{"prefix of 6", prefix(6)},
		{"exact", func(rng *rand.Rand) Search { return Search{Key: string(runesOf(rng))} }},
		{"typo", func(rng *rand.Rand) Search {
			runes := runesOf(rng)
			runes[rng.IntN(len(runes))] = 'q'
			return Search{Key: string(runes)}
		}},
		{"typo of hashtags", func(rng *rand.Rand) Search {
			runes := runesOf(rng)
			runes[rng.IntN(len(runes))] = 'q'
			return Search{Key: string(runes), Kinds: []term.Kind{term.Hashtag}}
		}},
		{"hostile", func(rng *rand.Rand) Search { return Search{Key: string(runesOf(rng)[:1]), Platforms: []string{"none"}} }},
	} {
		b.Run(q.name, func(b *testing.B) {
			rng := rand.New(rand.NewPCG(7, 8))
			var took []time.Duration
			cut := 0
			for b.Loop() {
				ask := q.of(rng)
				start := time.Now()
				_, all, err := s.Search(ask)
				took = append(took, time.Since(start))
				if err != nil {
					b.Fatal(err)
				}
				if !all {
					cut++
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
			b.ReportMetric(float64(cut)/float64(len(took)), "cut")
		})
	}
}
