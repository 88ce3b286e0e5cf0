package term

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func bodies(spans []Span, text string) []string {
	var out []string
	for _, s := range spans {
		out = append(out, s.In(text))
	}
	return out
}

func TestAppendHashtags(t *testing.T) {
	tests := []struct{ text, want string }{ // want: bodies parted by a space
		// The sign and what may stand before it.
		{"", ""},
		{"#", ""},
		{"no tag at all", ""},
		{"#a", "a"},
		{"test #foo", "foo"},
		{"#foo bar", "foo"},
		{"#foo #bar", "foo bar"},
		{"#foo\n#bar\t#baz", "foo bar baz"},
		{"(#h1 )#h2 [#h3", "h1 h2 h3"},
		{"#hashtag: #a; #b!", "hashtag a b"},
		{"\"#quoted\" '#single' “#curly”", "quoted single curly"},
		{".#dot ,#comma -#dash ~#tilde", "dot comma dash tilde"},
		{"a#b", ""},
		{"1#b", ""},
		{"_#b", ""},
		{"é#b", ""},
		{"日本語ハッシュタグ#日本語", ""},
		{"ー#日本語", ""},
		{"&#39;", ""},
		{"&#nbsp;", ""},
		{"&amp;#tag", "tag"},
		{"a ✌️#hashtag here", "hashtag"},
		{"✌#hashtag", "hashtag"},
		{"\U0001F98B#butterfly", "butterfly"},
		{"😀︎#text", "text"},
		{"##double", "double"},
		{"###", ""},
		{"# spaced", ""},
		{"#!shebang", ""},
		{"#️⃣tag", ""},
		{"#⃣tag", ""},
		{"＃️tag", ""},
		{"＃wide", "wide"},
		{"#＃mixed", "mixed"},
		{"＃ｈａｓｈｔａｇ１２３", "ｈａｓｈｔａｇ１２３"},
		{"。#全角の後", "全角の後"},
		{"@#at", "at"},
		{"$#dollar %#percent", "dollar percent"},
		{"RT @who: #tag", "tag"},

		// The body.
		{"#1hashtag", "1hashtag"},
		{"#hashtag1", "hashtag1"},
		{"#1a1", "1a1"},
		{"On the #16 bus", ""},
		{"#0123456", ""},
		{"#3d", "3d"},
		{"#_", ""},
		{"#_a", "_a"},
		{"#a_", "a_"},
		{"#1_2", ""},
		{"#Black_Lives_Matter", "Black_Lives_Matter"},
		{"#with,punctuation", "with"},
		{"#with-hyphen", "with"},
		{"#selamat2pagi #jalan-jalan", "selamat2pagi jalan"},
		{"#it's", "it"},
		{"#end.", "end"},
		{"#dots...", "dots"},
		{"#über #Straße #ÑANDÚ", "über Straße ÑANDÚ"},
		{"#cafe\u0301", "cafe\u0301"},
		{"#Ελλάδα #Москва #Ёлка", "Ελλάδα Москва Ёлка"},
		{"できましたよー！#日本語ハッシュタグ。", "日本語ハッシュタグ"},
		{"#メ～テレ", "メ～テレ"},
		{"#云々 #各〃", "云々 各〃"},
		{"#〃", ""},
		{"#ぼっち・ざ・ろっく", "ぼっち・ざ・ろっく"},
		{"#ﾊｯｼｭﾀｸﾞ", "ﾊｯｼｭﾀｸﾞ"},
		{"#한국어 #해시태그!", "한국어 해시태그"},
		{"#新年快乐#", ""},
		{"#新年快乐 #春节，", "新年快乐 春节"},
		{"#سیاست #برنامه_نویسی", "سیاست برنامه_نویسی"},
		{"#می‌خواهم", "می‌خواهم"},
		{"#مرحبا، #السلام؟", "مرحبا السلام"},
		{"#ශ්‍රීලංකා", "ශ්‍රීලංකා"},
		{"#महात्मा_१२३४ #१२३४", "महात्मा_१२३४"},
		{"#हिन्दी।", "हिन्दी"},
		{"#เชียงใหม่ #மாஸ்டர்", "เชียงใหม่ மாஸ்டர்"},
		{"#וכו׳ #מ״כ", "וכו׳ מ״כ"},
		{"#il·lusió", "il·lusió"},
		{"#བོད་ཡིག", "བོད་ཡིག"},
		{"#\U00020021", "\U00020021"},
		{"#𐐀𐐨", "𐐀𐐨"},
		{"#butter🦋fly", "butter"},
		{"#🦋", ""},
		{"#\xffbad #ok", "ok"},
		{"#cut\xff", "cut"},

		// What may stand behind it.
		{"#a#b", ""},
		{"#a#b #c", "c"},
		{"#a##b", "b"},
		{"#a＃b", ""},
		{"#a:", "a"},
		{"#http://twitter.com", ""},
		{"#a:/", "a"},
		{"#a️#b", ""},
		{"#trunc…", "trunc"},

		// URLs.
		{"http://twitter.com/#hashtag", ""},
		{"https://x.com/search?q=#hashtag", ""},
		{"https://x.com/a/b.#c", ""},
		{"twitter.com/#search", ""},
		{"(http://x.com/#in) #out", "out"},
		{"http://x.com #out", "out"},
		{"http://x.com.#out", "out"},
		{"http://x.com:#out", "out"},
		{"http://x.com/。#out", "out"},
		{"見てhttp://x.com/#in", ""},
		{"(http://x.com/a)#out", "out"},
		{"http://x.com/a_(b)#in", ""},
		{"#this/#that", "this that"},
		{"and/or/#tag", "tag"},
		{"Dr.Who/#tag", "tag"},
		{"only 3.50?#deal", "deal"},
		{"://#tag", "tag"},
		{"/#tag", "tag"},
		{"http:///#tag", "tag"},
		{"http://x.com/#a/#b/#c d/#e", "e"},
	}
	if len(tests) < 70 {
		t.Fatalf("only %d vectors", len(tests))
	}
	for _, tt := range tests {
		got := bodies(AppendHashtags(nil, tt.text), tt.text)
		if want := strings.Fields(tt.want); !slices.Equal(got, want) {
			t.Errorf("AppendHashtags(%q) = %q, want %q", tt.text, got, want)
		}
	}
}

func TestAppendHashtagsKeepsWhatIsThere(t *testing.T) {
	got := AppendHashtags([]Span{{7, 9}}, "#a")
	if want := []Span{{7, 9}, {1, 2}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

var (
	modelLetter = regexp.MustCompile(`^[\p{L}\p{M}]$`)
	modelBody   = regexp.MustCompile(`^[\p{L}\p{M}\p{Nd}_\x{200c}\x{200d}\x{a67e}\x{05be}\x{05f3}\x{05f4}\x{ff5e}\x{301c}\x{309b}\x{309c}\x{30a0}\x{30fb}\x{3003}\x{0f0b}\x{0f0c}\x{b7}]$`)
)

// modelHashtags is the grammar of twitter-text read off its regular
// expressions, character by character, without regard to URLs.
func modelHashtags(text string) []string {
	var out []string
	runes := []rune(text)
	is := func(re *regexp.Regexp, i int) bool { return re.MatchString(string(runes[i])) }
	sign := func(i int) bool { return i < len(runes) && (runes[i] == '#' || runes[i] == '＃') }
	consumed := 0
	for i := range runes {
		if !sign(i) {
			continue
		}
		if i > 0 {
			before := runes[i-1]
			emoji := before == 0xFE0E || before == 0xFE0F
			if i-1 < consumed || !emoji && (is(modelBody, i-1) || before == '&') {
				continue
			}
		}
		end, named := i+1, false
		for end < len(runes) && is(modelBody, end) {
			named = named || is(modelLetter, end)
			end++
		}
		if !named || runes[i+1] == 0xFE0F || runes[i+1] == 0x20E3 {
			continue
		}
		consumed = end
		if !sign(end) && !strings.HasPrefix(string(runes[end:]), "://") {
			out = append(out, string(runes[i+1:end]))
		}
	}
	return out
}

func TestHashtagsMatchModel(t *testing.T) {
	alphabet := []rune("##＃#aBé1٣_·&:- \u0301\uFE0E\uFE0F\u20E3\u200D日ー～〃ไ्र�😀𐐀")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom(alphabet), 0, 24, -1).Draw(t, "text")
		got := bodies(AppendHashtags(nil, text), text)
		if want := modelHashtags(text); !slices.Equal(got, want) {
			t.Fatalf("AppendHashtags(%q) = %q, want %q", text, got, want)
		}
	})
}

// TestHashtagClasses holds the fast paths of the character classes against the
// Unicode tables, for every character of the planes that hold letters.
func TestHashtagClasses(t *testing.T) {
	const joiners = "\u00b7\u05be\u05f3\u05f4\u0f0b\u0f0c\u200c\u200d\u3003\u301c\u309b\u309c\u30a0\u30fb\ua67e\uff5e"
	for r := rune(0x80); r <= 0x323AF; r++ {
		want := classNone
		switch {
		case unicode.In(r, unicode.L, unicode.M):
			want = classLetter
		case unicode.Is(unicode.Nd, r), strings.ContainsRune(joiners, r) && utf8.ValidRune(r):
			want = classJoin
		}
		if got := classOf(r); got != want {
			t.Errorf("classOf(%U) = %d, want %d", r, got, want)
		}
	}
}

func FuzzHashtags(f *testing.F) {
	for _, s := range []string{"#a #b", "http://x.com/#a(b)#c", "＃日本語 ##x#y", "#a\xff#\xe3\x80", "twitter.com/#a/#b", "✌️#h #️⃣t"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, s := range AppendHashtags(nil, text) {
			if s.Start <= end-1 || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("span %v after %d in %q", s, end, text)
			}
			end = s.End
			sign, _ := utf8.DecodeLastRuneInString(text[:s.Start])
			if sign != '#' && sign != '＃' {
				t.Fatalf("no sign before %q in %q", s.In(text), text)
			}
			for _, r := range s.In(text) {
				if r < utf8.RuneSelf && asciiClass[r] == classNone || r >= utf8.RuneSelf && classOf(r) == classNone {
					t.Fatalf("%q in body %q", r, s.In(text))
				}
			}
			if len(AppendKeyOf(nil, Hashtag, s.In(text))) == 0 && modelVisible(s.In(text)) {
				t.Fatalf("hashtag %q has no key", s.In(text))
			}
		}
		if !strings.ContainsAny(text, "/?:") && utf8.ValidString(text) {
			if got, want := bodies(AppendHashtags(nil, text), text), modelHashtags(text); !slices.Equal(got, want) {
				t.Fatalf("AppendHashtags(%q) = %q, want %q", text, got, want)
			}
		}
	})
}

// modelVisible says whether s holds a letter that keys keep. Some presentation
// forms are nothing but vowel signs.
func modelVisible(s string) bool {
	for _, r := range norm.NFKC.String(s) {
		if modelLetter.MatchString(string(r)) && !ignorable(r) && !arabicVowel(r) && r != 0x307 {
			return true
		}
	}
	return false
}

// TestCommonLetters goes through every character: a common letter is one.
func TestCommonLetters(t *testing.T) {
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		if commonLetter(r) && !unicode.IsLetter(r) && !unicode.IsMark(r) {
			t.Errorf("%U is neither letter nor mark", r)
		}
	}
}
