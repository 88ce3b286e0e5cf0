package watch

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

func make1(t testing.TB, d Draft) *List {
	t.Helper()
	l, err := Make(d)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func compile(t testing.TB, lists []*List, keywords ...string) *Matcher {
	t.Helper()
	m, err := Compile(lists, keywords)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// drinks are lists as somebody in the trade may have them.
func drinks(t testing.TB) []*List {
	return []*List{
		make1(t, Draft{
			Name: "cola", Purpose: Brand,
			Terms: []Term{{Kind: term.Hashtag, Spelling: "#ColaLife"}, {Kind: term.Sound, Spelling: "id:tiktok:7"}},
			Phrases: []Phrase{
				{Spelling: "Coca-Cola"},
				{Spelling: "coke", Exclude: []string{"coke oven", "diet coke®"}, Languages: []string{"en-US"}},
				{Spelling: "Nestea", Platforms: []string{"x"}},
			},
			Exclude: []string{"stock price"},
		}),
		make1(t, Draft{Name: "berlin", Phrases: []Phrase{{Spelling: "Späti"}, {Spelling: "Neu Kölln"}}, Languages: []string{"de", "tr"}}),
		make1(t, Draft{Name: "all.drinks", Phrases: []Phrase{{Spelling: "COCA COLA"}, {Spelling: "tea"}}}),
	}
}

func TestMentions(t *testing.T) {
	f := compile(t, drinks(t), "tea", "iced tea").Finder()
	for _, c := range []struct {
		rec      term.Record
		watches  []string
		keywords []string
	}{
		{rec: term.Record{Text: "nothing here"}},
		{rec: term.Record{Text: "Coca Cola!"}, watches: []string{"all.drinks", "cola"}, keywords: []string{"COCA COLA", "Coca-Cola"}},
		{rec: term.Record{Text: "cocacola"}, watches: []string{"cola"}, keywords: []string{"Coca-Cola"}},
		{rec: term.Record{Text: "#cocacola"}, watches: []string{"all.drinks", "cola"}, keywords: []string{"COCA COLA", "Coca-Cola"}},
		{rec: term.Record{Text: "coca-cola: the stock price"}, watches: []string{"all.drinks"}, keywords: []string{"COCA COLA"}},
		{rec: term.Record{Text: "a Coke", Lang: "en"}, watches: []string{"cola"}, keywords: []string{"coke"}},
		{rec: term.Record{Text: "a Coke"}, watches: []string{"cola"}, keywords: []string{"coke"}},
		{rec: term.Record{Text: "a Coke", Lang: "??"}, watches: []string{"cola"}, keywords: []string{"coke"}},
		{rec: term.Record{Text: "a Coke", Lang: "de"}},
		{rec: term.Record{Text: "coke and a coke-oven"}},
		{rec: term.Record{Text: "coke from a coke oven, and #colalife"}, watches: []string{"cola"}},
		{rec: term.Record{Text: "nestea"}},
		{rec: term.Record{Text: "nestea", Platform: "x"}, watches: []string{"cola"}, keywords: []string{"Nestea"}},
		{rec: term.Record{Tags: []string{"cola_life"}, Text: "so good"}, watches: []string{"cola"}},
		{rec: term.Record{Tags: []string{"cola_life"}, Text: "stock price"}},
		{rec: term.Record{Platform: "tiktok", Sound: &term.SoundRef{ID: "7"}}, watches: []string{"cola"}},
		{rec: term.Record{Tags: []string{"CocaCola", "#spaeti", "Spati", "neukölln"}}, watches: []string{"all.drinks", "berlin", "cola"}, keywords: []string{"COCA COLA", "Coca-Cola", "Späti", "Neu Kölln"}},
		{rec: term.Record{Text: "photo", Tags: []string{"CocaCola"}}, watches: []string{"all.drinks", "cola"}, keywords: []string{"COCA COLA", "Coca-Cola"}},
		{rec: term.Record{Text: "photo #cocacola", Tags: []string{"CocaCola"}}, watches: []string{"all.drinks", "cola"}, keywords: []string{"COCA COLA", "Coca-Cola"}},
		{rec: term.Record{Text: "photo #cocacolalight", Tags: []string{"#CocaCola"}}, watches: []string{"all.drinks", "cola"}, keywords: []string{"COCA COLA", "Coca-Cola"}},
		{rec: term.Record{Text: "a coke", Tags: []string{"cokeoven"}}},
		{rec: term.Record{Text: "spati", Lang: "en"}},
		{rec: term.Record{Text: "spati", Lang: "de-AT"}, watches: []string{"berlin"}, keywords: []string{"Späti"}},
		{rec: term.Record{Text: "iced tea", Keywords: []string{"own", "tea"}}, watches: []string{"all.drinks"}, keywords: []string{"own", "tea", "iced tea"}},
		{rec: term.Record{Text: "coca cola", Gauge: &term.Gauge{}}},
		{rec: term.Record{Watches: []string{"forged"}, Text: "x"}},
	} {
		rec := c.rec
		for range 2 { // as when it is offered again
			f.Note(&rec)
			if !slices.Equal(rec.Watches, c.watches) || !slices.Equal(rec.Keywords, c.keywords) {
				t.Errorf("%q %q: lists %q and keywords %q, want %q and %q", c.rec.Text, c.rec.Tags, rec.Watches, rec.Keywords, c.watches, c.keywords)
			}
		}
	}
}

func TestWhatIsFoundIsBounded(t *testing.T) {
	var lists []*List
	var text strings.Builder
	for i := range 2 * term.MaxWatches {
		d := Draft{Name: fmt.Sprintf("list%03d", i)}
		for j := range 10 {
			word := fmt.Sprintf("w%03dx%d", i, j)
			d.Phrases = append(d.Phrases, Phrase{Spelling: word})
			text.WriteString(word + " ")
		}
		lists = append(lists, make1(t, d))
	}
	rec := term.Record{Text: text.String(), Keywords: []string{"own"}}
	compile(t, lists).Finder().Note(&rec)
	if len(rec.Watches) != term.MaxWatches || rec.Watches[0] != "list000" || len(rec.Keywords) != maxKeywords || rec.Keywords[0] != "own" {
		t.Errorf("%d lists, %d keywords", len(rec.Watches), len(rec.Keywords))
	}
}

// mentions is the plain way: each list and each phrase by itself.
func mentions(t *rapid.T, lists []*List, keywords []string, rec *term.Record) (watches, found []string) {
	has := func(phrase string) bool {
		p, err := term.NewPhrases([]string{phrase})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Append(nil, rec.Text)) > 0 {
			return true
		}
		return slices.ContainsFunc(rec.Tags, func(tag string) bool { return len(p.Append(nil, "#"+tag)) > 0 })
	}
	spoken := func(languages []string) bool {
		l := Language(rec.Lang)
		return len(languages) == 0 || l == "" || slices.Contains(languages, l)
	}
	found = slices.Clone(keywords)
	found = slices.DeleteFunc(found, func(k string) bool { return !has(k) })
	on := func(platforms []string) bool { return len(platforms) == 0 || slices.Contains(platforms, rec.Platform) }
	takes := func(l *List) bool { return spoken(l.Languages) && !slices.ContainsFunc(l.Exclude, has) }
	var hit []*List
	for _, l := range lists {
		for _, p := range l.Phrases {
			if takes(l) && has(p.Spelling) && spoken(p.Languages) && on(p.Platforms) && !slices.ContainsFunc(p.Exclude, has) {
				hit, found = append(hit, l), append(found, p.Spelling)
			}
		}
	}
	with := *rec
	with.Keywords = append(slices.Clone(rec.Keywords), found...)
	terms, _ := new(term.Extractor).Terms(&with)
	for _, l := range lists {
		if takes(l) && slices.ContainsFunc(terms, func(x term.Term) bool { return l.Has(x.Kind, x.Key, rec.Platform) }) {
			hit = append(hit, l)
		}
	}
	for _, l := range hit {
		watches = append(watches, l.Name)
	}
	slices.Sort(watches)
	return slices.Compact(watches), append(slices.Clone(rec.Keywords), found...)
}

func TestMatcherAgainstModel(t *testing.T) {
	word := rapid.SampledFrom([]string{"a", "b", "a b", "a-b", "ab", "é", "e", "#a", "東", "b_a", "c", "c a", "#A", "#ab", "#aB-", "#a\u0301", "a#b", "http://a.bc/#a"})
	lang := rapid.SampledFrom([]string{"", "en", "de-AT", "x"})
	platform := rapid.SampledFrom([]string{"x", "y"})
	spoken := rapid.SliceOfN(rapid.SampledFrom([]string{"en", "de"}), 0, 1)
	places := rapid.SliceOfN(platform, 0, 1)
	few := rapid.SliceOfN(word, 0, 2)
	tags := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "A", "ab", "aB", "#a", "a\u0301", "é", "a_b", "東", "c", "a b"}), 0, 3)
	phrase := rapid.Custom(func(t *rapid.T) Phrase {
		return Phrase{Spelling: word.Draw(t, "phrase"), Exclude: few.Draw(t, "exclude"), Languages: spoken.Draw(t, "languages"), Platforms: places.Draw(t, "platforms")}
	})
	kinds := rapid.SampledFrom([]term.Kind{term.Hashtag, term.Keyword})
	tm := rapid.Custom(func(t *rapid.T) Term {
		return Term{Kind: kinds.Draw(t, "kind"), Spelling: word.Draw(t, "term"), Platforms: places.Draw(t, "platforms")}
	})
	key := cmpopts.SortSlices(strings.Compare)
	rapid.Check(t, func(t *rapid.T) {
		var lists []*List
		for i := range rapid.IntRange(0, 3).Draw(t, "lists") {
			l, err := Make(Draft{
				Name: fmt.Sprint("l", 3-i), Phrases: rapid.SliceOfN(phrase, 0, 3).Draw(t, "phrases"), Terms: rapid.SliceOfN(tm, 0, 2).Draw(t, "terms"),
				Exclude: rapid.SliceOfN(word, 0, 1).Draw(t, "bars"), Languages: spoken.Draw(t, "list languages"),
			})
			if err != nil {
				t.Fatal(err)
			}
			lists = append(lists, l)
		}
		keywords := few.Draw(t, "keywords")
		m, err := Compile(lists, keywords)
		if err != nil {
			t.Fatal(err)
		}
		f := m.Finder()
		for range 3 {
			rec := term.Record{
				Platform: platform.Draw(t, "platform"), Lang: lang.Draw(t, "lang"), Tags: tags.Draw(t, "tags"), Keywords: few.Draw(t, "own"),
				Text: strings.Join(rapid.SliceOfN(word, 0, 4).Draw(t, "text"), " "),
			}
			watches, found := mentions(t, lists, keywords, &rec)
			f.Note(&rec)
			keys := func(list []string) (out []string) {
				for _, k := range list {
					out = append(out, term.KeyOf(term.Keyword, k))
				}
				slices.Sort(out)
				return slices.Compact(out)
			}
			if diff := cmp.Diff(watches, rec.Watches, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%+v: lists (-want +got)\n%s", rec, diff)
			}
			if diff := cmp.Diff(keys(found), keys(rec.Keywords), cmpopts.EquateEmpty(), key); diff != "" {
				t.Fatalf("%+v: keywords (-want +got)\n%s", rec, diff)
			}
		}
	})
}

func TestNothingFoundAllocatesNothing(t *testing.T) {
	f := crowded(t).Finder()
	for _, text := range texts {
		rec := term.Record{Platform: "x", Lang: "en", Text: text, Tags: []string{"weather"}, Mentions: []string{"bob"}}
		if n := testing.AllocsPerRun(100, func() { f.Note(&rec) }); n != 0 || rec.Watches != nil {
			t.Errorf("%.20q: %v allocations, lists %q", text, n, rec.Watches)
		}
	}
}

var texts = []string{
	"We'll watch the debate tonight with friends, #popcorn ready: who wins? #Election2016",
	"今日は友達と映画を見に行きました。とても面白かったです。",
	"¿Quién irá mañana al fútbol? Qué día tan bonito",
}

// crowded is a Matcher with as much as lists may have.
func crowded(t testing.TB) *Matcher {
	syllables := strings.Fields("ba ce di fo gu la me ni po ru sa te vi xo zu kra ble tri sno plu")
	name := func(n int) string {
		s := ""
		for range 3 {
			s += syllables[n%len(syllables)]
			n /= len(syllables)
		}
		return s
	}
	var lists []*List
	for i := range 100 {
		d := Draft{Name: fmt.Sprint("list", i), Purpose: Brand}
		for j := range MaxPhrases / 100 {
			n := i*MaxPhrases/100 + j
			s := name(n)
			if n%3 == 0 {
				s += "-" + name(n*7+3)
			}
			d.Phrases = append(d.Phrases, Phrase{Spelling: s + fmt.Sprint(n%10), Exclude: []string{s + " oven"}})
		}
		for j := range 20 {
			d.Terms = append(d.Terms, Term{Kind: term.Hashtag, Spelling: name(i*20+j) + "tok"})
		}
		lists = append(lists, make1(t, d))
	}
	return compile(t, lists)
}

func BenchmarkNote(b *testing.B) {
	f := crowded(b).Finder()
	for i, text := range texts {
		b.Run([]string{"english", "japanese", "spanish"}[i], func(b *testing.B) {
			rec := term.Record{Platform: "x", Lang: "en", Text: text}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				f.Note(&rec)
			}
		})
	}
}

// BenchmarkCompile is what a change of a list costs.
func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		crowded(b)
	}
}
