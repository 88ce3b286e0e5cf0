package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

// searchModel finds in a list of terms what Search has to.
func searchModel(terms []Term, q Search) (found []Match, all bool) {
	type hit struct {
		Match
		form string
	}
	var hits []hit
	for _, t := range terms {
		if q.Kinds != nil && !slices.Contains(q.Kinds, t.Kind) || q.Platforms != nil && !slices.Contains(q.Platforms, t.Platform) {
			continue
		}
		text, forms := q.Key, []form{{t.Key, markWhole}}
		switch t.Kind {
		case term.Hashtag, term.Keyword:
			text, forms = string(term.AppendGroupKey(nil, text)), []form{{string(term.AppendGroupKey(nil, t.Key)), markWhole}}
		case term.Sound:
			text, forms = string(term.AppendGroupKey(nil, text)), t.forms()
		}
		best := hit{}
		for _, f := range forms {
			h := hit{Match{t, 0}, f.text}
			switch {
			case f.mark == markWhole && f.text == text && t.Key == q.Key:
				h.Likeness = SameKey
			case f.mark == markWhole && f.text == text:
				h.Likeness = SameGroup
			case strings.HasPrefix(f.text, text):
				h.Likeness = SamePrefix
			case f.mark == markWhole && len([]rune(text)) >= 5 && oneTypo([]rune(text), []rune(f.text)):
				h.Likeness = NearlySame
			default:
				continue
			}
			if best.Likeness == 0 || cmp.Or(cmp.Compare(h.Likeness, best.Likeness), strings.Compare(h.form, best.form)) < 0 {
				best = h
			}
		}
		if best.Likeness != 0 {
			hits = append(hits, best)
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.Likeness, b.Likeness), strings.Compare(a.form, b.form), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	limit := q.Limit
	if limit == 0 {
		limit = searchLimit
	}
	for _, h := range hits[:min(limit, len(hits))] {
		found = append(found, h.Match)
	}
	return found, len(hits) <= limit
}

// oneTypo tells whether a and b differ by one rune more, less, other or swapped, in the
// way of a table of distances.
func oneTypo(a, b []rune) bool {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
			default:
				same := 1
				if a[i-1] == b[j-1] {
					same = 0
				}
				d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+same)
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d[i][j] = min(d[i][j], d[i-2][j-2]+1)
				}
			}
		}
	}
	return d[len(a)][len(b)] == 1
}

// searchLetters are of scripts in which something may go wrong: letters that group keys
// join, wide and narrow ones, right to left, marks, emoji of several runes.
var searchLetters = []string{
	"a", "b", "A", "é", "e", "đ", "d", "ß", "_", "-", "2", " ", "あ", "か", "が", "大", "本", "أ", "ا", "ى", "ي", "ש", "ל", "й", "и", "ё",
	"한", "क", "ि", "ก", "่", "\u0301", "😀", "😁", "🇩🇪", "👩\u200d👩\u200d👧", "\u200b", "/", ".",
}

func drawText(rt *rapid.T, most int) string {
	// Few letters of each text, or none would be near another.
	from := rapid.SliceOfN(rapid.SampledFrom(searchLetters), 1, 3).Draw(rt, "letters")
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(from), 1, most).Draw(rt, "text"), "")
}

func drawTerm(rt *rapid.T) (Term, bool) {
	t := Term{Kind: rapid.SampledFrom(term.Kinds()).Draw(rt, "kind"), Platform: rapid.SampledFrom([]string{"x", "tiktok"}).Draw(rt, "platform"), FirstSeen: 1 << 60}
	if t.Kind == term.Sound {
		ref := term.SoundRef{Title: drawText(rt, 8), Artist: rapid.SampledFrom([]string{"", "ab & ba", "أا"}).Draw(rt, "artist")}
		if rapid.Bool().Draw(rt, "by ID") {
			ref.ID = rapid.StringMatching("[1-3]{1,5}").Draw(rt, "id")
		}
		named, ok := term.SoundTerm(t.Platform, ref)
		t.Key, t.Display = named.Key, named.Display
		t.ID = term.ScopeOf(t.Kind, t.Platform).ID(t.Key)
		return t, ok
	}
	t.Key = term.KeyOf(t.Kind, drawText(rt, 8))
	t.ID = term.ScopeOf(t.Kind, t.Platform).ID(t.Key)
	return t, t.Key != ""
}

// drawQuery takes a key that there is, or what a term is found by, and changes it by up to
// one rune or cuts it short.
func drawQuery(rt *rapid.T, terms []Term) string {
	t := rapid.SampledFrom(terms).Draw(rt, "term")
	text := t.Key
	if rapid.Bool().Draw(rt, "by a form") {
		if forms := t.forms(); len(forms) > 0 {
			text = rapid.SampledFrom(forms).Draw(rt, "form").text
		}
	}
	runes := []rune(text)
	at := rapid.IntRange(0, len(runes)-1).Draw(rt, "at")
	other := []rune(rapid.SampledFrom(searchLetters).Draw(rt, "letter"))
	switch rapid.IntRange(0, 5).Draw(rt, "change") {
	case 0:
		runes = slices.Insert(runes, at, other...)
	case 1:
		runes = slices.Delete(runes, at, at+1)
	case 2:
		runes[at] = other[0]
	case 3:
		runes = runes[:at+1]
	case 4:
		if at > 0 {
			runes[at], runes[at-1] = runes[at-1], runes[at]
		}
	}
	return string(runes)
}

// Search finds what a look at every term finds, in the same order, while terms come, get
// other names and go.
func TestSearchMatchesModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := openTest(t, t.TempDir())
		defer func() { s.Close() }()
		var terms []Term
		for range rapid.IntRange(1, 6).Draw(rt, "rounds") {
			var batch []Term
			for range rapid.IntRange(1, 30).Draw(rt, "terms") {
				switch n, ok := drawTerm(rt); {
				case ok && !slices.ContainsFunc(terms, func(o Term) bool { return o.ID == n.ID }):
					terms, batch = append(terms, n), append(batch, n)
				case ok: // it is known: it gets another display
					at := slices.IndexFunc(terms, func(o Term) bool { return o.ID == n.ID })
					n.Display = "Ab ba – " + drawText(rt, 5)
					terms[at].Display = n.Display
					batch = append(batch, terms[at])
				}
			}
			if err := s.RegisterTerms(batch); err != nil {
				rt.Fatal(err)
			}
			switch rapid.IntRange(0, 4).Draw(rt, "then") {
			case 0:
				s = reopen(t, s)
			case 1: // the first ones have been seen lately, the others go
				hour := int64(24 * 30)
				var points []Point
				for _, n := range terms[:len(terms)/2] {
					points = append(points, Point{n.ID, 1, 1})
				}
				terms = terms[:len(terms)/2]
				if err := s.AppendHour(hour, points); err != nil {
					rt.Fatal(err)
				}
				for ord := range s.terms.ords { // all are from before the floor
					entry, err := s.Term(ord)
					if err != nil {
						rt.Fatal(err)
					}
					entry.FirstSeen = 0
					if err := s.RegisterTerms([]Term{entry}); err != nil {
						rt.Fatal(err)
					}
				}
				for i := range terms {
					terms[i].FirstSeen = 0
				}
				if _, err := s.Prune(Floors{Points: hour}); err != nil {
					rt.Fatal(err)
				}
			}
			for range rapid.IntRange(1, 12).Draw(rt, "questions") {
				if len(terms) == 0 {
					break
				}
				q := Search{Key: drawQuery(rt, terms), Limit: rapid.SampledFrom([]int{0, 0, 1, 2, 5}).Draw(rt, "limit")}
				if q.Key == "" {
					continue
				}
				if rapid.IntRange(0, 2).Draw(rt, "filter") == 0 {
					q.Platforms = []string{"x"}
				}
				if rapid.IntRange(0, 2).Draw(rt, "filter") == 0 {
					q.Kinds = rapid.SliceOfN(rapid.SampledFrom(term.Kinds()), 1, 3).Draw(rt, "kinds")
				}
				checkSearch(rt, s, terms, q)
			}
		}
		wantSound(t, s)
	})
}

func checkSearch(rt *rapid.T, s *Store, terms []Term, q Search) {
	want, all := searchModel(terms, q)
	got, complete, err := s.Search(q)
	if err != nil {
		rt.Fatal(err)
	}
	if !slices.Equal(got, want) || complete != all {
		rt.Fatalf("Search(%#v) = %v\n%#v, want %v\n%#v", q, complete, got, all, want)
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	var terms []Term
	add := func(kind term.Kind, platform, key, display string) {
		terms = append(terms, Term{ID: term.ScopeOf(kind, platform).ID(key), Kind: kind, Platform: platform, Key: key, Display: display})
	}
	add(term.Hashtag, "x", "mañana", "Mañana")
	add(term.Hashtag, "tiktok", "manana", "manana")
	add(term.Hashtag, "x", "mañanero", "")
	add(term.Keyword, "x", "banana", "")
	add(term.Hashtag, "x", "booktok", "")
	add(term.Hashtag, "x", "book_tok", "")
	add(term.Hashtag, "x", "booktoks", "")
	add(term.Hashtag, "x", "boktook", "")
	add(term.Sound, "tiktok", "id:tiktok:70", "Sabrina Carpenter – Espresso (Sped Up)")
	add(term.Sound, "spotify", "name:sabrina carpenter␟espresso", "Sabrina Carpenter – Espresso")
	add(term.Mention, "x", "mañana", "@mañana")
	add(term.Link, "x", "example.com/a_b", "")
	if err := s.RegisterTerms(terms); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		key  string
		want string
	}{
		{"mañana", "[1 hashtag mañana 1 mention mañana 2 hashtag manana 4 keyword banana]"},
		{"manana", "[1 hashtag manana 2 hashtag mañana 4 keyword banana 4 mention mañana]"},
		{"man", "[3 hashtag mañana 3 hashtag manana 3 hashtag mañanero]"},
		{"booktok", "[1 hashtag booktok 2 hashtag book_tok 3 hashtag booktoks]"},
		{"booktko", "[4 hashtag booktok 4 hashtag book_tok]"},
		{"ooktok", "[4 hashtag booktok 4 hashtag book_tok]"},
		{"cooktok", "[4 hashtag booktok 4 hashtag book_tok]"},
		{"booktokk", "[4 hashtag booktok 4 hashtag book_tok 4 hashtag booktoks]"},
		{"espresso", "[2 sound name:sabrina carpenter␟espresso 2 sound id:tiktok:70]"},
		{"expresso", "[4 sound name:sabrina carpenter␟espresso 4 sound id:tiktok:70]"},
		{"carpenter esp", "[3 sound name:sabrina carpenter␟espresso 3 sound id:tiktok:70]"},
		{"sabrina carpenter espresso", "[2 sound name:sabrina carpenter␟espresso 2 sound id:tiktok:70]"},
		{"id:tiktok:70", "[1 sound id:tiktok:70]"},
		{"example.com/a", "[3 link example.com/a_b]"},
		{"example.com/ab", "[4 link example.com/a_b]"},
		{"tok", "[]"},
	} {
		found, all, err := s.Search(Search{Key: c.key})
		if err != nil || !all {
			t.Fatal(c.key, all, err)
		}
		var got []string
		for _, f := range found {
			got = append(got, fmt.Sprintf("%d %s %s", f.Likeness, f.Kind, f.Key))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%q: %v, want %s", c.key, got, c.want)
		}
	}
	_, _, err := s.Search(Search{})
	wantErr(t, err, ErrInvalid, "nothing to search for")
	_, _, err = s.Search(Search{Key: strings.Repeat("x", maxText+1)})
	wantErr(t, err, ErrInvalid, "too long a key")
}

// Whatever is asked, the index is looked at a bounded number of times, and the answer says
// where it is not whole.
func TestSearchIsBounded(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	var terms []Term
	for i := range 10_000 {
		terms = append(terms, Term{ID: testID(i), Kind: term.Hashtag, Platform: "x", Key: fmt.Sprintf("tag%c%05d", 'a'+i%26, i)})
	}
	if err := s.RegisterTerms(terms); err != nil {
		t.Fatal(err)
	}
	found, all, err := s.Search(Search{Key: "t", Platforms: []string{"none"}})
	if err != nil || all || len(found) > 0 {
		t.Errorf("a platform with nothing: %d, all %v (%v)", len(found), all, err)
	}
	found, all, err = s.Search(Search{Key: "t", Limit: 7})
	if err != nil || all || len(found) != 7 || found[0].Key != "taga00000" {
		t.Errorf("a limit: %v, all %v (%v)", found, all, err)
	}
	found, all, err = s.Search(Search{Key: "tage00003"})
	if err != nil || !all || len(found) != 3 || found[0].Key != "tagd00003" || found[1].Key != "tage00004" || found[2].Key != "tage00030" {
		t.Errorf("%v, all %v (%v)", found, all, err)
	}
}

// FuzzForms takes any texts for what a term is found by: an index of them is in order, and
// the term is found by its key.
func FuzzForms(f *testing.F) {
	f.Add(byte(1), "mañana", "Mañana")
	f.Add(byte(2), "name:ab & ba␟title - remix", "")
	f.Add(byte(2), "id:x:1", "Artist – Title (sped up)")
	f.Add(byte(5), "a\x00\xff\x01b", "")
	f.Add(byte(200), strings.Repeat("é", 300), "")
	f.Fuzz(func(t *testing.T, kind byte, key, display string) {
		entry := Term{ID: 7, Kind: term.Kind(kind), Platform: "x", Key: key, Display: display}
		seen := map[string]bool{}
		for _, f := range entry.forms() {
			if seen[f.text] || f.text == "" || len(f.text) > maxForm || !utf8.ValidString(f.text) || strings.ContainsFunc(f.text, func(r rune) bool { return r < formsFrom }) {
				t.Fatalf("%+q is a form of %+v", f.text, entry)
			}
			seen[f.text] = true
		}
		if text := cleanForm(formOf(entry.Kind, key)); text != "" && !seen[text] {
			t.Fatalf("%+v is not found by %+q", entry, text)
		}
		keys := map[string]bool{}
		for _, c := range entry.index() {
			if wantKeyLen(c.key) != nil || keys[string(c.key)] {
				t.Fatalf("key %+q of %+v", c.key, entry)
			}
			keys[string(c.key)] = true
		}
	})
}
