package term

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestTerms(t *testing.T) {
	all := Extractor{ScanMentions: true, ScanLinks: true}
	tests := []struct {
		name string
		x    Extractor
		rec  Record
		want []Term
	}{
		{"nothing", all, Record{Text: "plain words"}, nil},
		{
			"tags before text, first spelling shown", Extractor{},
			Record{Tags: []string{"#BookTok", "fyp", "FYP"}, Text: "#booktok and #New by @alice http://a.b"},
			[]Term{{Hashtag, "booktok", "BookTok"}, {Hashtag, "fyp", "fyp"}, {Hashtag, "new", "New"}},
		},
		{
			"mentions and links on request", all,
			Record{Mentions: []string{"@Alice"}, Links: []string{"https://a.bc/"}, Text: "@alice @bob http://www.a.bc http://c.de/f?utm_x=1"},
			[]Term{{Mention, "alice", "Alice"}, {Mention, "bob", "bob"}, {Link, "a.bc", "https://a.bc/"}, {Link, "c.de/f", "http://c.de/f?utm_x=1"}},
		},
		{
			"one key, two kinds", Extractor{},
			Record{Tags: []string{"x"}, Keywords: []string{"X"}},
			[]Term{{Hashtag, "x", "x"}, {Keyword, "x", "X"}},
		},
		{
			"sound", Extractor{},
			Record{Platform: "tiktok", Sound: &SoundRef{ID: "7", Title: "Espresso", Artist: "Sabrina Carpenter"}},
			[]Term{{Sound, "id:tiktok:7", "Sabrina Carpenter – Espresso"}},
		},
		{"sound without identity", Extractor{}, Record{Sound: &SoundRef{Title: "original sound"}}, nil},
		{"terms without a key", Extractor{}, Record{Tags: []string{"#", "\u200b"}, Keywords: []string{" "}}, nil},
		{
			"watch lists first", Extractor{},
			Record{Tags: []string{"acme"}, Watches: []string{"acme", "drinks.2", "acme"}},
			[]Term{{Watch, "acme", "acme"}, {Watch, "drinks.2", "drinks.2"}, {Hashtag, "acme", "acme"}},
		},
		{"gauge", Extractor{}, Record{Tags: []string{"x"}, Gauge: &Gauge{}}, nil},
	}
	for _, tt := range tests {
		got, dropped := tt.x.Terms(&tt.rec)
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); diff != "" || dropped != 0 {
			t.Errorf("%s: dropped %d (-want +got)\n%s", tt.name, dropped, diff)
		}
	}
}

func TestTermsLimit(t *testing.T) {
	var text strings.Builder
	for i := range 10000 {
		text.WriteString("#t" + strconv.Itoa(i) + " ")
	}
	rec := Record{Watches: []string{"acme"}, Tags: []string{"t0", "t1"}, Text: text.String(), Keywords: []string{"late"}}
	terms, dropped := new(Extractor).Terms(&rec)
	if len(terms) != MaxTerms || dropped != 10000-MaxTerms+2 {
		t.Errorf("%d terms, %d dropped", len(terms), dropped)
	}
	if first, last := terms[0].Key, terms[MaxTerms-1].Key; first != "acme" || last != "t126" {
		t.Errorf("terms from %q to %q", first, last)
	}
}

// TestTermsMatchModel compares with the plain way of doing it: strings, a map,
// no reuse. The extractor is shared to catch what one call leaves to the next.
func TestTermsMatchModel(t *testing.T) {
	x := Extractor{ScanMentions: true, ScanLinks: true}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(rapid.SampledFrom([]string{"a", "A", "b", "é", "É", "#a", "@a", "http://a.b/", "ａ"}), trickyString())
		list := rapid.SliceOfN(word, 0, 60)
		rec := Record{
			Tags: list.Draw(t, "tags"), Keywords: list.Draw(t, "keywords"), Mentions: list.Draw(t, "mentions"), Links: list.Draw(t, "links"),
			Text: strings.Join(list.Draw(t, "text"), " #"),
		}
		var want []Term
		left := 0
		add := func(kind Kind, list []string) {
			for _, s := range list {
				k := KeyOf(kind, s)
				switch {
				case k == "", slices.ContainsFunc(want, func(t Term) bool { return t.Kind == kind && t.Key == k }):
				case len(want) == MaxTerms:
					left++
				default:
					want = append(want, Term{kind, k, display(kind, s)})
				}
			}
		}
		add(Hashtag, rec.Tags)
		add(Hashtag, bodies(AppendHashtags(nil, rec.Text), rec.Text))
		add(Keyword, rec.Keywords)
		add(Mention, rec.Mentions)
		add(Mention, bodies(AppendMentions(nil, rec.Text), rec.Text))
		add(Link, rec.Links)
		add(Link, bodies(AppendLinks(nil, rec.Text), rec.Text))
		got, dropped := x.Terms(&rec)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" || dropped != left {
			t.Fatalf("dropped %d, want %d (-want +got)\n%s", dropped, left, diff)
		}
	})
}

func TestTermsAllocateNothing(t *testing.T) {
	x := Extractor{ScanMentions: true, ScanLinks: true}
	rec := Record{
		Platform: "x", Tags: []string{"BookTok", "#FYP"}, Keywords: []string{"Climate Change"},
		Text:  "RT @alice: #BookTok and #Summer at https://www.example.com/a?utm_source=b&c=d #one #two",
		Sound: &SoundRef{ID: "7016", Title: "Espresso"},
	}
	var n int
	if got := testing.AllocsPerRun(100, func() {
		terms, _ := x.Terms(&rec)
		n = len(terms)
	}); got != 0 || n != 9 {
		t.Errorf("%v allocations for %d terms", got, n)
	}
}

func TestScannersAndKeysAllocateNothing(t *testing.T) {
	spans := make([]Span, 0, 64)
	buf := make([]byte, 0, 4*MaxKeyBytes)
	for name, f := range map[string]func(){
		"hashtags in ASCII":    func() { AppendHashtags(spans, benchTexts["ascii"]) },
		"hashtags in Japanese": func() { AppendHashtags(spans, benchTexts["japanese"]) },
		"mentions":             func() { AppendMentions(spans, "RT @alice: see @bob@example.com, me@example.com") },
		"links":                func() { AppendLinks(spans, "see https://example.com/a_(b), http://t.co/x.") },
		"ASCII key":            func() { AppendKey(buf, "BlackLivesMatter") },
		"Japanese key":         func() { AppendKey(buf, "日本語ハッシュタグ") },
		"group key":            func() { AppendGroupKey(buf, "black_lives_matter") },
		"link key":             func() { AppendLinkKey(buf, "https://www.Example.com/a/?utm_source=b&c=d#e") },
	} {
		if got := testing.AllocsPerRun(100, f); got != 0 {
			t.Errorf("%s: %v allocations", name, got)
		}
	}
}

// TestScannersAreLinear feeds texts that would take minutes if a scanner looked
// back over the same bytes again and again. It fails by the test's own timeout.
func TestScannersAreLinear(t *testing.T) {
	for _, unit := range []string{"/#", "#", "##a", "http://x.com/#", "http://", "@", "@a", "@a.", "a@b.c@", "x.com/#", "://", "-#a", "(#", "h", "_#a"} {
		text := strings.Repeat(unit, MaxTextBytes/len(unit))
		AppendHashtags(nil, text)
		AppendMentions(nil, text)
		AppendLinks(nil, text)
	}
}
