package term

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestAppendPlain(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{"Good morning!", "goodmorning"},
		{"GOOD   Morning 2026 :-)", "goodmorning"},
		{"#BookTok", ""},
		{"read this #BookTok, now", "readthisnow"},
		{"#one#two three", "three"},
		{"number #1 of them", "numberofthem"},
		{"C# is a language", "cisalanguage"},
		{"今日は＃映画 楽しい！", "今日は楽しい"},
		{"@alice look", "look"},
		{"RT @alice: look", "rtlook"},
		{"＠alice look", "look"},
		{"@alice@mastodon.social look", "look"},
		{"@日本 look", "日本look"},
		{"see https://t.co/aB3 here", "seehere"},
		{"SEE HTTPS://T.CO/aB3, here", "seehere"},
		{"日本http://t.co/aB3", "日本"},
		{"(https://example.com/a_(b)) c", "c"},
		{"https://medium.com/@alice/story#top end", "end"},
		{"http://localhost/x end", "httplocalhostxend"},
		{"xhttp://t.co/aB3", "xhttptcoab"},
		{"#taghttp://t.co/aB3 x", "tcoabx"},
		{"wow pic.twitter.com/aBc123", "wow"},
		{"wow (pic.twitter.com/aBc123) yes", "wowyes"},
		{"日本pic.twitter.com/aBc123", "日本"},
		{"youtube.com/watch?v=x&y=z yes", "yes"},
		{"and/or he/she", "andorheshe"},
		{"Dr.Who/tag 3.50/2", "drwhotag"},
		{"a/pic.twitter.com/x", "apictwittercomx"},
		{"me@example.com", "me"},
		{"Straße ÉCOLE école", "straßeécoleécole"},
		{"ΣΊΣΥΦΟΣ σίσυφος", "σίσυφοσσίσυφοσ"},
		{"Ёлка ёлка", "ёлкаёлка"},
		{"السَّلام", "السلام"},
		{"เชียงใหม่ ๑๒", "เชียงใหม่"},
		{"हिन्दी १२", "हिन्दी"},
		{"1️⃣ 👍🏽 ❤️ go", "go"},
		{"e\u0301 e1\u0301", "e\u0301e"},
		{"می\u200cخواهم", "میخواهم"},
		{"\xff\xfea\xc3", "a"},
		{"a\x00b\tc", "abc"},
		{"“quoted” – it's", "quotedits"},
		{"ａＢ", "ａｂ"},
	}
	for _, tt := range tests {
		if got := string(AppendPlain(nil, tt.text)); got != tt.want {
			t.Errorf("AppendPlain(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
	if got := string(AppendPlain([]byte("x"), "http://t.co/a b")); got != "xb" {
		t.Errorf("behind x: %q", got)
	}
}

func TestComparable(t *testing.T) {
	for plain, want := range map[string]bool{
		"": false, "goodmorning": false, "goodmorningx": true, "おはようございますみな": false, "おはようございますみなさ": true,
	} {
		if got := Comparable([]byte(plain)); got != want {
			t.Errorf("%q (%d characters): %v", plain, utf8.RuneCountInString(plain), got)
		}
	}
}

// Folding must be stable, or the plain form of a plain form would be another.
func TestFoldLetter(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			continue
		}
		folded := foldLetter(r)
		if again := foldLetter(folded); again != folded {
			t.Errorf("%U folds to %U, which folds to %U", r, folded, again)
		}
		if !unicode.IsLetter(folded) && !unicode.IsMark(folded) {
			t.Errorf("%U folds to %U, which is no letter", r, folded)
		}
		if r < utf8.RuneSelf {
			continue
		}
		if upper := unicode.ToUpper(r); foldLetter(upper) != folded && folded != r {
			t.Errorf("%U folds to %U, its upper case %U to %U", r, folded, upper, foldLetter(upper))
		}
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{
		"Good morning #x @y https://t.co/z pic.twitter.com/q", "＃x＠y://", "#ahttp://b.cc/d", "a.bc/d/e.fg/h", "é1\u0301\u0345", "\xe2\x80", "K\u212a\u0130\u017f",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		plain := string(AppendPlain(nil, text))
		if !utf8.ValidString(plain) {
			t.Fatalf("the plain form of %+q is %+q", text, plain)
		}
		for _, r := range plain {
			if !unicode.IsLetter(r) && !unicode.IsMark(r) || 'A' <= r && r <= 'Z' {
				t.Fatalf("%U in the plain form of %+q", r, text)
			}
		}
		if again := string(AppendPlain(nil, plain)); again != plain {
			t.Fatalf("the plain form of %+q is %+q, whose plain form is %+q", text, plain, again)
		}
		prefixed := string(AppendPlain([]byte("x"), text))
		if prefixed != "x"+plain {
			t.Fatalf("behind x, the plain form of %+q is %+q", text, prefixed)
		}
		tail := " #tag ＃タグ 12, @user! https://t.co/aB1 pic.example.com/x"
		if longer := string(AppendPlain(nil, text+tail)); longer != plain {
			t.Fatalf("with what does not count, %+q becomes %+q", plain, longer)
		}
		if strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) || r >= utf8.RuneSelf }) < 0 && plain != strings.ToLower(text) {
			t.Fatalf("the plain form of %q is %q", text, plain)
		}
	})
}

func TestPlainAllocatesNothing(t *testing.T) {
	dst := make([]byte, 0, 1024)
	for name, text := range benchTexts {
		if n := testing.AllocsPerRun(100, func() { dst = AppendPlain(dst[:0], text) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
