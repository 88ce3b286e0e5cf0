package term

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"pgregory.net/rapid"
)

func key(s string) string   { return string(AppendKey(nil, s)) }
func group(s string) string { return string(AppendGroupKey(nil, key(s))) }

func TestAppendKey(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"BookTok", "booktok"},
		{"a_B-c", "a_b-c"},
		{"  climate \t\n change ", "climate change"},
		{"nul\x00 bell\x07\x7f", "nul bell"},
		{"ＦｉｆａＷｏｒｌｄ", "fifaworld"},
		{"ﾊｯｼｭﾀｸﾞ", "ハッシュタグ"},
		{"ぼっち・ざ・ろっく", "ぼっち・ざ・ろっく"},
		{"か\u3099", "が"},
		{"Straße", "strasse"},
		{"STRASSE", "strasse"},
		{"ẞ", "ss"},
		{"İstanbul", "istanbul"},
		{"I\u0307stanbul", "istanbul"},
		{"ISTANBUL", "istanbul"},
		{"ıstanbul", "ıstanbul"},
		{"mañana", "mañana"},
		{"man\u0303ana", "mañana"},
		{"CAFÉ", "café"},
		{"Ελλάδα", "ελλάδα"},
		{"ΕΛΛΑΔΑ", "ελλαδα"},
		{"Σίσυφος", "σίσυφοσ"},
		{"ΣΊΣΥΦΟΣ", "σίσυφοσ"},
		{"السَّلام", "السلام"},
		{"السلام", "السلام"},
		{"ســـلام", "سلام"},
		{"هٰذا", "هذا"},
		{"می‌خواهم", "میخواهم"},
		{"ශ්‍රීලංකා", "ශ්රීලංකා"},
		{"மாஸ்டர்", "மாஸ்டர்"},
		{"เชียงใหม่", "เชียงใหม่"},
		{"हिन्दी", "हिन्दी"},
		{"２０２６夏", "2026夏"},
		{"ﬁrst", "first"},
		{"Đà_Nẵng", "đà_nẵng"},
		{"Łódź", "łódź"},
		{"𝘿𝘼𝙂𝙊", "dago"},
		{"co\u00ADop", "coop"},
		{"❤️", "❤"},
		{"👨‍👩‍👧", "👨👩👧"},
		{"🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"},
		{"a\U000E0041", "a"},
		{"\u202Eabc\u202C", "abc"},
		{"a\xffb\xc3", "ab"},
		{"\xe2\xff\x80\x8d", ""},
		{"année\u00a02026", "année 2026"},
		{"각", "각"},
		{"ΐ", "ΐ"},
	}
	for _, tt := range tests {
		if got := key(tt.in); got != tt.want {
			t.Errorf("AppendKey(%+q) = %+q, want %+q", tt.in, got, tt.want)
		}
	}
}

func TestAppendKeyKeepsWhatIsThere(t *testing.T) {
	// The e must not take the accent that follows it in another text.
	if got, want := string(AppendKey([]byte("e"), "\u0301É")), "e\u0301é"; got != want {
		t.Errorf("got %+q, want %+q", got, want)
	}
}

func TestKeyLimits(t *testing.T) {
	family := "👩‍👩‍👧‍👦"
	zalgo := "a" + strings.Repeat("\u0301\u0316", 3000)
	tests := []struct {
		name, in string
		bytes    int
	}{
		{"ascii", strings.Repeat("x", 1000), MaxKeyGraphemes},
		{"ascii with spaces", strings.Repeat("x ", 1000), MaxKeyGraphemes - 1},
		{"two bytes a letter", strings.Repeat("ж", 1000), 2 * MaxKeyGraphemes},
		{"three bytes a letter", strings.Repeat("語", 1000), 3 * MaxKeyGraphemes},
		{"four bytes an emoji", strings.Repeat("😀", 1000), 4 * MaxKeyGraphemes},
		{"flags", strings.Repeat("🇩🇪", 1000), MaxKeyBytes},
		{"marks", zalgo, 1 + 1 + 2*(maxMarks-1) + 1},
		{"four people each", strings.Repeat(family, 100), 4 * MaxKeyGraphemes},
	}
	for _, tt := range tests {
		got := key(tt.in)
		if tt.name != "marks" && len(got) != tt.bytes {
			t.Errorf("%s: key has %d bytes, want %d", tt.name, len(got), tt.bytes)
		}
		if len(got) > MaxKeyBytes || key(got) != got {
			t.Errorf("%s: key %q", tt.name, got)
		}
	}
}

// checkKey holds what every key promises against the text s.
func checkKey(t interface{ Fatalf(string, ...any) }, kind Kind, s string) {
	k := KeyOf(kind, s)
	if again := KeyOf(kind, k); again != k {
		t.Fatalf("the %s key of %+q is %+q, whose key is %+q", kind, s, k, again)
	}
	if len(k) > MaxKeyBytes || !utf8.ValidString(k) {
		t.Fatalf("the %s key of %+q has %d bytes: %+q", kind, s, len(k), k)
	}
	for _, r := range k {
		if unicode.IsControl(r) {
			t.Fatalf("the %s key of %+q holds %U", kind, s, r)
		}
	}
	if kind == Hashtag || kind == Keyword || kind == Mention {
		n := 0
		for it := graphemes.FromString(k); it.Next(); n++ {
		}
		if n > MaxKeyGraphemes || strings.TrimSpace(k) != k {
			t.Fatalf("the %s key of %+q is %+q (%d graphemes)", kind, s, k, n)
		}
	}
}

// TestKeyOfEveryCharacter checks that keys are stable for each character alone
// and between a letter and a mark. It leaves out the blocks of characters that
// neither decompose nor fold.
func TestKeyOfEveryCharacter(t *testing.T) {
	plain := func(r rune) bool {
		return 0x3400 <= r && r <= 0x9FFF || 0xAC00 <= r && r <= 0xD7A3 || 0xD800 <= r && r <= 0xF8FF ||
			0x12000 <= r && r <= 0x18CFF || 0x20000 <= r && r <= 0x2F7FF || 0x2FA20 <= r && r <= 0xDFFFF
	}
	var once, twice [3 * MaxKeyBytes]byte
	for r := rune(0); r <= 0xE01FF; r++ {
		if plain(r) {
			continue
		}
		for _, s := range [...]string{string(r), "i" + string(r) + "\u0301"} {
			k := AppendKey(once[:0], s)
			if again := AppendKey(twice[:0], string(k)); string(again) != string(k) {
				t.Errorf("the key of %+q is %+q, whose key is %+q", s, k, again)
			}
		}
	}
}

var trickyRunes = []rune("aIiİıßẞΣςΐ\u0345\u0301\u0307\u0323 \u00a0\u00ad\u200c\u200d\u200b\ufe0f\u0640\u064e\u0670\u0627\u0654ـ#＃@_-\x00ｶﾞか\u3099ﬃﷺ가\u1100\u1161\u115f👩🏴\U000E0067\U0001D173´語เ")

func trickyString() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringOfN(rapid.SampledFrom(trickyRunes), 0, 40, -1),
		rapid.StringOfN(rapid.SampledFrom(trickyRunes), 60, 200, -1),
		rapid.String(),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
	)
}

func TestKeyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := trickyString().Draw(t, "s")
		for _, kind := range Kinds() {
			checkKey(t, kind, s)
		}
		checkGroup(t, s)
	})
}

func TestKeyIgnoresCase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom(nil, unicode.Latin, unicode.Cyrillic, unicode.Han, unicode.Hebrew)).Draw(t, "s")
		folded := strings.Map(unicode.SimpleFold, s)
		if strings.ContainsAny(s+folded, "İıẞß") { // no simple folding
			return
		}
		if a, b := key(s), key(folded); a != b && utf8.RuneCountInString(a) < MaxKeyGraphemes {
			t.Fatalf("the keys of %q and %q are %q and %q", s, folded, a, b)
		}
	})
}

func FuzzKey(f *testing.F) {
	for _, s := range []string{"BookTok", "İ\u0307", "ΐ\u0301\u0345", "a\u200d\u0301", "\xe2\xff\x80\x8d", "＃＃x＃", "🏴\U000E0067", "isrc:USUM71400001", "name:a␟b␟c", "id:x:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, kind := range Kinds() {
			checkKey(t, kind, s)
		}
		checkGroup(t, s)
	})
}

func TestKeyOfSigned(t *testing.T) {
	tests := []struct {
		kind     Kind
		in, want string
	}{
		{Hashtag, "#BookTok", "booktok"},
		{Hashtag, " ＃BookTok", "booktok"},
		{Hashtag, "##x", "x"},
		{Hashtag, "#新年快乐#", "新年快乐"},
		{Hashtag, "C#", "c#"},
		{Hashtag, "﹟x", "x"},
		{Hashtag, "#", ""},
		{Hashtag, "$AAPL", "$aapl"},
		{Mention, "@Alice", "alice"},
		{Mention, "＠alice@Mastodon.Social", "alice@mastodon.social"},
		{Keyword, "#x", "#x"},
		{Keyword, "Climate  Change", "climate change"},
		{Sound, "Espresso", "name:␟espresso"},
		{Sound, "isrc:US-UM7-24-01994", "isrc:usum72401994"},
		{Sound, "isrc:nonsense", "name:␟isrc:nonsense"},
		{Sound, "mbid:8F3471B5-7E6A-48DA-86A9-C1C07A0F47AE", "mbid:8f3471b5-7e6a-48da-86a9-c1c07a0f47ae"},
		{Sound, "id:tiktok:701", "id:tiktok:701"},
		{Sound, "name:Sabrina␟Espresso", "name:sabrina␟espresso"},
		{Sound, "", ""},
	}
	for _, tt := range tests {
		if got := KeyOf(tt.kind, tt.in); got != tt.want {
			t.Errorf("KeyOf(%s, %q) = %q, want %q", tt.kind, tt.in, got, tt.want)
		}
	}
}
