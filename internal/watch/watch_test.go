package watch

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "write the golden files anew")

var monday = time.Date(2026, 3, 2, 0, 0, 0, 123000, time.UTC)

// example is a list with all that a list can have.
func example(t testing.TB) *List {
	t.Helper()
	l, err := Make(Draft{Name: "spring.2026", Title: " Spring <campaign> ", Purpose: Campaign, Changed: monday, Since: monday.Add(-time.Hour), Exclude: []string{"fall", " FALL"}, Languages: []string{"pt-BR", "en", "EN"}, Phrases: []Phrase{
		{Spelling: " Book Tok", Exclude: []string{"book token"}, Languages: []string{"en"}, Platforms: []string{"X", "bluesky"}},
		{Spelling: "späti"},
	}, Terms: []Term{
		{Kind: term.Hashtag, Spelling: " #BookTok ", Platforms: []string{"TikTok", "instagram", "tiktok"}},
		{Kind: term.Hashtag, Spelling: "book_tok", Platforms: []string{"x"}},
		{Kind: term.Hashtag, Spelling: "BOOKTOK", Platforms: []string{"reddit"}},
		{Kind: term.Sound, Spelling: "id:douyin:7481"},
		{Kind: term.Keyword, Spelling: "mañana"},
		{Kind: term.Link, Spelling: "https://example.com/a?utm_source=x"},
		{Kind: term.Mention, Spelling: "@Somebody"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestListIsNormalised(t *testing.T) {
	l := example(t)
	if l.Title != "Spring <campaign>" || len(l.Terms) != 6 {
		t.Fatalf("got %+v", l)
	}
	first := l.Terms[0]
	if p := l.Phrases[0]; p.Spelling != "Book Tok" || p.Key != "book tok" || !slices.Equal(p.Platforms, []string{"bluesky", "x"}) {
		t.Errorf("got %+v", p)
	}
	if !slices.Equal(l.Languages, []string{"en", "pt"}) || !slices.Equal(l.Exclude, []string{"fall"}) || l.Exclusions() != 2 {
		t.Errorf("got %+v", l)
	}
	if first.Key != "booktok" || first.Spelling != "#BookTok" || !slices.Equal(first.Platforms, []string{"instagram", "reddit", "tiktok"}) {
		t.Errorf("got %+v", first)
	}
}

func TestHas(t *testing.T) {
	l := example(t)
	for _, c := range []struct {
		kind          term.Kind
		key, platform string
		want          bool
	}{
		{term.Hashtag, "booktok", "tiktok", true},
		{term.Hashtag, "book_tok", "tiktok", true}, // another spelling of what is watched there
		{term.Hashtag, "booktok", "x", true},
		{term.Hashtag, "booktok", "mastodon", false},
		{term.Keyword, "booktok", "tiktok", false},
		{term.Keyword, "manana", "anywhere", true},
		{term.Hashtag, "mañana", "anywhere", false},
		{term.Sound, "id:douyin:7481", "douyin", true},
		{term.Sound, "id:douyin:748", "douyin", false},
		{term.Mention, "somebody", "x", true},
		{term.Mention, "some_body", "x", false},
		{term.Link, "example.com/a", "x", true},
	} {
		if got := l.Has(c.kind, c.key, c.platform); got != c.want {
			t.Errorf("%s %q on %s: %t", c.kind, c.key, c.platform, got)
		}
	}
}

func TestFaults(t *testing.T) {
	good := Term{Kind: term.Hashtag, Spelling: "a"}
	many := make([]Term, MaxTerms+1)
	for i := range many {
		many[i] = good
	}
	platforms := make([]string, MaxPlatforms+1)
	for i := range platforms {
		platforms[i] = "x"
	}
	for _, c := range []struct {
		name, title string
		terms       []Term
		path        string
	}{
		{"", "", nil, "name"}, {"A", "", nil, "name"}, {".a", "", nil, "name"}, {"a/b", "", nil, "name"}, {"ä", "", nil, "name"},
		{strings.Repeat("a", MaxName+1), "", nil, "name"},
		{"a", strings.Repeat("x", MaxTitle+1), nil, "title"}, {"a", "\xff", nil, "title"},
		{"a", "", many, "terms"},
		{"a", "", []Term{good, {Spelling: "a"}}, "terms[1].kind"},
		{"a", "", []Term{{Kind: 99, Spelling: "a"}}, "terms[0].kind"},
		{"a", "", []Term{{Kind: term.Hashtag, Spelling: "#"}}, "terms[0].term"},
		{"a", "", []Term{{Kind: term.Hashtag, Spelling: "a\xff"}}, "terms[0].term"},
		{"a", "", []Term{{Kind: term.Hashtag, Spelling: strings.Repeat("a", MaxSpelling+1)}}, "terms[0].term"},
		{"a", "", []Term{{Kind: term.Hashtag, Spelling: "a", Platforms: []string{""}}}, "terms[0].platforms"},
		{"a", "", []Term{{Kind: term.Hashtag, Spelling: "a", Platforms: []string{"tik tok"}}}, "terms[0].platforms"},
		{"a", "", []Term{{Kind: term.Hashtag, Spelling: "a", Platforms: platforms}}, "terms[0].platforms"},
	} {
		_, err := New(c.name, c.title, monday, c.terms)
		var fault *FieldError
		if !errors.As(err, &fault) || fault.Path() != c.path || !strings.HasPrefix(err.Error(), c.path+" ") {
			t.Errorf("%.20q %.20q: got %v, want a fault of %s", c.name, c.title, err, c.path)
		}
	}
	if _, err := New("0", "", monday, nil); err != nil {
		t.Errorf("an empty list: %v", err)
	}
}

// TestGoldenList holds the stored form to what was once looked at.
func TestGoldenList(t *testing.T) {
	const file = "testdata/list-2.json"
	l := example(t)
	got, err := l.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %s, want %s (%v)", got, want, err)
	}
	back, err := Decode(want)
	if err != nil {
		t.Fatal(err)
	}
	again, err := back.AppendBinary(nil)
	if err != nil || !bytes.Equal(again, want) || !back.Changed.Equal(l.Changed) || len(back.set) != len(l.set) {
		t.Errorf("read and written again: %s (%v)", again, err)
	}
	for name, data := range map[string]string{
		"older": `{"version":0,"name":"a"}`, "more": `{"version":2,"name":"a","rules":[]}`, "torn": `{"version":1`, "kind": `{"version":1,"name":"a","terms":[{"kind":"tag","term":"a"}]}`,
		"nothing": `{"version":1,"name":"a","terms":[{"kind":"hashtag","term":"#"}]}`,
	} {
		if _, err := Decode([]byte(data)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Decode([]byte(`{"version":3,"rules":[]}`)); !errors.Is(err, ErrNewer) {
		t.Errorf("of a newer version: %v", err)
	}
}

// TestOlderList reads what a version before wrote.
func TestOlderList(t *testing.T) {
	data, err := os.ReadFile("testdata/list-1.json")
	if err != nil {
		t.Fatal(err)
	}
	l, err := Decode(data)
	if err != nil || len(l.Terms) != 6 || len(l.Phrases) != 0 || !l.Since.IsZero() || !l.Changed.Equal(monday) {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestRefusedDrafts(t *testing.T) {
	many := make([]string, MaxLanguages+1)
	for i := range many {
		many[i] = "en"
	}
	one := func(p Phrase) Draft { return Draft{Phrases: []Phrase{{Spelling: "a"}, p}} }
	for path, d := range map[string]Draft{
		"purpose":               {Purpose: "Brand"},
		"languages":             {Languages: []string{"english"}},
		"exclude[1]":            {Exclude: []string{"a", " "}},
		"phrases":               {Phrases: make([]Phrase, MaxPhrases+1)},
		"phrases[1].phrase":     one(Phrase{Spelling: "\u200b"}),
		"phrases[1].exclude[0]": one(Phrase{Spelling: "a", Exclude: []string{strings.Repeat("a", term.MaxKeyGraphemes+1)}}),
		"phrases[1].languages":  one(Phrase{Spelling: "a", Languages: many}),
		"phrases[1].platforms":  one(Phrase{Spelling: "a", Platforms: []string{"tik tok"}}),
		"terms[0].kind":         {Terms: []Term{{Kind: term.Watch, Spelling: "other"}}},
	} {
		d.Name = "a"
		_, err := Make(d)
		var fault *FieldError
		if !errors.As(err, &fault) || fault.Path() != path || !strings.HasPrefix(err.Error(), path+" ") {
			t.Errorf("got %v, want a fault of %s", err, path)
		}
	}
}

// TestHasAgainstModel compares the set with a walk over the terms.
func TestHasAgainstModel(t *testing.T) {
	spelling := rapid.SampledFrom([]string{"a_b", "ab", "á b", "A-B", "abc", "ab2", "id:x:1"})
	platform := rapid.SampledFrom([]string{"tiktok", "x", "bluesky"})
	kind := rapid.SampledFrom(term.PostKinds())
	rapid.Check(t, func(rt *rapid.T) {
		terms := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Term {
			return Term{Kind: kind.Draw(t, "kind"), Spelling: spelling.Draw(t, "spelling"), Platforms: rapid.SliceOfN(platform, 0, 2).Draw(t, "platforms")}
		}), 0, 8).Draw(rt, "terms")
		l, err := New("a", "", monday, terms)
		if err != nil {
			rt.Fatal(err)
		}
		k, on := kind.Draw(rt, "kind"), platform.Draw(rt, "platform")
		key := term.KeyOf(k, spelling.Draw(rt, "key"))
		want := slices.ContainsFunc(terms, func(w Term) bool {
			other := term.KeyOf(w.Kind, w.Spelling)
			same := other == key
			if k == term.Hashtag || k == term.Keyword {
				same = string(term.AppendGroupKey(nil, other)) == string(term.AppendGroupKey(nil, key))
			}
			return w.Kind == k && same && (len(w.Platforms) == 0 || slices.Contains(w.Platforms, on))
		})
		if got := l.Has(k, key, on); got != want {
			rt.Fatalf("%s %q on %s: %t in %+v", k, key, on, got, l.Terms)
		}
		members := 0
		for m, at := range l.Members() {
			members++
			if m == (Member{k, GroupKey(k, key)}) && at(on) != want {
				rt.Fatalf("%+v on %s: %t", m, on, !want)
			}
		}
		if members > len(l.Terms) || members == 0 && len(terms) > 0 {
			rt.Fatalf("%d members of %d terms", members, len(l.Terms))
		}
	})
}

func FuzzDecode(f *testing.F) {
	enc, err := example(f).AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(enc)
	f.Add([]byte(`{"version":1,"name":"a","changed":-9223372036854775808,"terms":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Decode(data)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNewer) {
				t.Fatal(err)
			}
			return
		}
		first, err := l.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(first)
		if err != nil {
			t.Fatalf("%v of %s", err, first)
		}
		if second, err := back.AppendBinary(nil); err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s is read as %s (%v)", first, second, err)
		}
	})
}

func BenchmarkHas(b *testing.B) {
	l := example(b)
	b.ReportAllocs()
	for b.Loop() {
		l.Has(term.Hashtag, "booktok", "tiktok")
	}
}

// A list that matches other posts than before says so, one that is called or sorted otherwise does not.
func TestAltered(t *testing.T) {
	make := func(d Draft) *List {
		l, err := Make(d)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	day := func(n int) time.Time { return monday.AddDate(0, 0, n) }
	terms := []Term{{Kind: term.Hashtag, Spelling: "a"}, {Kind: term.Hashtag, Spelling: "b"}}
	l := make(Draft{Name: "l", Changed: day(0), Since: day(0), Terms: terms})
	for _, c := range []struct {
		draft Draft
		want  time.Time
	}{
		{Draft{Title: "L", Terms: []Term{terms[1], {Kind: term.Hashtag, Spelling: "#A"}}}, day(0)},
		{Draft{Terms: append(terms, Term{Kind: term.Hashtag, Spelling: "c"})}, day(2)},
		{Draft{Terms: terms}, day(3)},
		{Draft{Terms: terms, Phrases: []Phrase{{Spelling: "some words"}}}, day(4)},
		{Draft{Terms: terms, Phrases: []Phrase{{Spelling: "Some words"}}, Purpose: Brand}, day(4)},
		{Draft{Terms: terms, Phrases: []Phrase{{Spelling: "some words", Languages: []string{"de"}}}}, day(6)},
		{Draft{Terms: terms, Phrases: []Phrase{{Spelling: "some words", Languages: []string{"de"}}}, Exclude: []string{"x"}}, day(7)},
	} {
		c.draft.Name, c.draft.Changed = "l", l.Changed.AddDate(0, 0, 1)
		next := make(c.draft).After(l)
		enc, err := next.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		if l, err = Decode(enc); err != nil || !l.Alike().Equal(c.want) || !l.Since.Equal(day(0)) {
			t.Fatalf("%+v is alike since %v: %v", c.draft, l.Alike(), err)
		}
	}
}
