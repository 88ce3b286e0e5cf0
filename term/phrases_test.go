package term

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestPhrases(t *testing.T) {
	w, err := NewPhrases([]string{"Nike", "New York", "York", "C++", "café", "iPhone", "아이폰", "東京", "กาแฟ", "क", "🔥", "straße", "_x", "NIKE"})
	if err != nil {
		t.Fatal(err)
	}
	if w.Len() != 13 {
		t.Errorf("%d phrases; NIKE is Nike", w.Len())
	}
	for text, want := range map[string][]string{
		"":                                  nil,
		"nothing":                           nil,
		"NIKE, nike's and #Nike":            {"Nike"},
		"nikeland, monike, nike_x, nike2":   nil,
		"new\u00a0york":                     {"New York", "York"},
		"NEW \n\t YORK!":                    {"New York", "York"},
		"newyork xnew-york":                 {"York"},
		"new-york new_york #NewYork":        {"New York", "York"},
		"#newyork":                          {"New York"},
		"c++11, c+":                         {"C++"},
		"CAFE\u0301":                        {"café"},
		"cafe":                              {"café"},
		"ｉＰｈｏｎｅ買った":                         {"iPhone"},
		"買iPhone了":                          {"iPhone"},
		"아이폰은 새아이폰":                         {"아이폰"},
		"새아이폰":                              nil,
		"明日は東京へ":                            {"東京"},
		"ดื่มกาแฟร้อน":                      {"กาแฟ"},
		"कि":                                nil, // the vowel sign makes it another letter
		"क, x":                              {"क"},
		"so 🔥🔥":                             {"🔥"},
		"STRASSE":                           {"straße"},
		"a_x _x":                            {"_x"},
		"york new york":                     {"York", "New York"},
		"n\u00adike":                        {"Nike"}, // a soft hyphen
		"nike\xff":                          {"Nike"},
		strings.Repeat("x ", 5000) + "Nike": {"Nike"},
	} {
		if got := w.Append([]string{"before"}, text)[1:]; !slices.Equal(got, want) {
			t.Errorf("%.40q: %q, want %q", text, got, want)
		}
	}
}

// Apostrophes and dashes are the same however they are set; keys stay what they are.
func TestPhrasesWithSigns(t *testing.T) {
	w, err := NewPhrases([]string{"McDonald's", "L’Oréal", "coca‑cola", "Mercedes–Benz"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"McDonald's McDonald’s": {"McDonald's"},
		"McDonald‘s":            {"McDonald's"},
		"MCDONALDʼS":            {"McDonald's"},
		"Ｍcdonald＇s":            {"McDonald's"},
		"l'oreal":               {"L’Oréal"},
		"coca-cola":             {"coca‑cola"},
		"coca—cola, x":          {"coca‑cola"},
		"cocacola":              {"coca‑cola"},
		"mercedes benz":         {"Mercedes–Benz"},
		"mercedes−benz é":       {"Mercedes–Benz"},
		"mcdonald s":            nil,
	} {
		if got := w.Append(nil, text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if key, err := PhraseKey("L’Oréal"); err != nil || key != "l’oréal" {
		t.Errorf("the key is %q, %v", key, err)
	}
}

// What an address of the web goes on with behind its host is not what a post says.
func TestPhrasesInAddresses(t *testing.T) {
	w, err := NewPhrases([]string{"coke", "booking.com", "東京", "now"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"https://example.com/coke":                             nil,
		"https://example.com/coke…":                            nil,
		"HTTP://example.com:80?q=coke&r=1#coke":                nil,
		"https://booking.com/coke now":                         {"booking.com", "now"},
		"https://www.booking.com":                              {"booking.com"},
		"https://coke.example/x":                               {"coke"},
		"(https://example.com/coke), coke":                     {"coke"},
		"https://example.com/a https://example.com/b?coke now": {"now"},
		"https://t.co/abc東京":                                   {"東京"},
		"coke://example.com/x":                                 {"coke"},
		"example.com/coke":                                     {"coke"},
		"://coke http://coke":                                  {"coke"},
	} {
		if got := w.Append(nil, text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestPhrasesRefuses(t *testing.T) {
	for what, phrases := range map[string][]string{
		"nothing":  {"ok", " \u200b"},
		"too long": {strings.Repeat("a", MaxKeyGraphemes+1)},
		"longer":   {strings.Repeat("ab ", maxKeyInput)},
		"too many": make([]string, MaxPhrases+1),
	} {
		if _, err := NewPhrases(phrases); !errors.Is(err, ErrPhrases) || len(err.Error()) > 300 {
			t.Errorf("%s: %v", what, err)
		}
	}
	if w, err := NewPhrases(nil); err != nil || len(w.Append(nil, "x")) > 0 {
		t.Errorf("nothing to watch: %v", err)
	}
}

// searched is what a text is searched in, made of the text as a whole.
func searched(text string) string {
	out := appendUnmarked(nil, string(appendNormal(nil, text)), true)
	text = strings.NewReplacer("‘", "'", "’", "'", "ʼ", "'", "＇", "'", "‐", "-", "\u2011", "-", "–", "-", "—", "-", "−", "-").Replace(string(out))
	out = []byte(text)
	part(out)
	return string(out)
}

// unlinked is a text without the paths of its URLs, from the end of the text on.
func unlinked(text string) string {
	for _, link := range slices.Backward(AppendLinks(nil, strings.ReplaceAll(text, "…", "\u3002"))) {
		host := link.Start + strings.Index(text[link.Start:], "://") + len("://")
		if path := strings.IndexAny(text[host:link.End], "/?#"); path >= 0 {
			text = text[:host+path] + " " + text[link.End:]
		}
	}
	return text
}

// naive finds phrases by looking for each spelling of each at every place.
func naive(phrases []string, text string) []string {
	type hit struct{ end, size, at int }
	normal := searched(unlinked(text))
	var hits []hit
	seen := map[string]bool{}
	for i, phrase := range phrases {
		key := KeyOf(Keyword, phrase)
		if seen[key] {
			continue
		}
		seen[key] = true
		var first *hit
		spellings(searched(key), !strings.Contains(key, " "), func(key string, tagged bool) {
			for from := 0; from+len(key) <= len(normal); from++ {
				to := from + len(key)
				if normal[from:to] != key || !bordered([]byte(normal), from, to) || tagged && (from == 0 || normal[from-1] != '#') {
					continue
				}
				if h := (hit{to, -len(key), i}); first == nil || h.end < first.end || h.end == first.end && h.size < first.size {
					first = &h
				}
				return
			}
		})
		if first != nil {
			hits = append(hits, *first)
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return slices.Compare([]int{a.end, a.size, a.at}, []int{b.end, b.size, b.at})
	})
	var out []string
	for _, h := range hits {
		out = append(out, phrases[h.at])
	}
	return out
}

// phraseWords are few pieces, so that phrases overlap and are found.
var phraseWords = []string{"a", "b", "ab", "A", " ", " ", "\u3000", "é", "e\u0301", "\u0301", "東", "京", "เ", "้", "क", "्", "ष", "아", "이", "🔥", "ß", "s", "İ", "1", "2", "_", "-", "·", "#", "aaa", "ё", "ا\u0653", "\u30fb", "\u200d", "ﬁ", "\xff", "'", "’", "ʼ", "–", "ŉ", "http://a.b.ab", "/", "?", "…"}

func TestPhrasesAgainstModel(t *testing.T) {
	some := rapid.Map(rapid.SliceOfN(rapid.SampledFrom(phraseWords), 1, 5), func(s []string) string { return strings.Join(s, "") })
	phrase := some.Filter(func(s string) bool { return KeyOf(Keyword, s) != "" })
	text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom(phraseWords), 0, 60), func(s []string) string { return strings.Join(s, "") })
	rapid.Check(t, func(t *rapid.T) {
		phrases := rapid.SliceOfN(phrase, 1, 12).Draw(t, "phrases")
		w, err := NewPhrases(phrases)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 { // with the memory of the text before, and without
			if i == 2 {
				w = w.Clone()
			}
			s := text.Draw(t, "text")
			if got, want := w.Append(nil, s), naive(phrases, s); !slices.Equal(got, want) {
				t.Fatalf("%q: %q, want %q", s, got, want)
			}
		}
	})
}

func FuzzPhrases(f *testing.F) {
	f.Add("new york\nc++", "I ❤ NEW YORK")
	f.Add("東京\nก", "東京กา")
	f.Add("é", "e\u0301 \u0301")
	f.Add("coke\ndrive.example", "see https://drive.example/coke?a#coke… (http://x.example/coke)coke http://localhost/coke")
	f.Add("mcdonald's\nrock’n’roll\na−b", "McDonald’s rock'n'roll A—B, ŉ")
	f.Fuzz(func(t *testing.T, list, text string) {
		phrases := strings.Split(list, "\n")
		if len(text) > 4<<10 || len(phrases) > 50 {
			return
		}
		w, err := NewPhrases(phrases)
		if err != nil {
			if !errors.Is(err, ErrPhrases) {
				t.Fatal(err)
			}
			return
		}
		if got := appendSearched(nil, text); !utf8.Valid(got) || string(got) != searched(text) {
			t.Fatalf("%q is searched as %q, want %q", text, got, searched(text))
		}
		if got, want := w.Append(nil, text), naive(phrases, text); !slices.Equal(got, want) {
			t.Fatalf("%q in %q: %q, want %q", phrases, text, got, want)
		}
	})
}

func TestPhrasesAllocatesNothing(t *testing.T) {
	w := manyPhrases(t)
	dst := make([]string, 0, 8)
	for name, text := range phraseTexts {
		if n := testing.AllocsPerRun(100, func() { dst = w.Append(dst[:0], text) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

var phraseTexts = map[string]string{
	"plain": "We'll watch the #debate tonight, says nobody who has seen what happened the last time",
	"found": "what about brand77 and its new line, compared with brand 4711?",
	"link":  "what about brand76x and its new line, see https://example.com/brand77?brand=77 and https://example.com",
	"cjk":   "明日は渋谷で新しいスマートフォンを買うつもりです、誰か一緒に行きませんか",
}

func manyPhrases(t testing.TB) *Phrases {
	phrases := make([]string, 0, MaxPhrases)
	for i := range MaxPhrases {
		phrases = append(phrases, fmt.Sprint("brand", []string{"", " "}[i%2], i))
	}
	w, err := NewPhrases(phrases)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func BenchmarkPhrases(b *testing.B) {
	w := manyPhrases(b)
	for name, text := range phraseTexts {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			var dst []string
			for b.Loop() {
				dst = w.Append(dst[:0], text)
			}
		})
	}
}
