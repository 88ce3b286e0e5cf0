package term

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestGroupKeyJoins(t *testing.T) {
	for _, variants := range [][]string{
		{"mañana", "manana", "MAN\u0303ANA"},
		{"café", "cafe", "CAFÉ"},
		{"Black_Lives_Matter", "blacklivesmatter", "black-lives-matter"},
		{"jalan2", "jalan-jalan", "jalan_jalan", "jalanjalan", "Jalan²"},
		{"Đà_Nẵng", "danang", "ĐàNẵng"},
		{"Łódź", "lodz"},
		{"İstanbul", "ıstanbul", "istanbul"},
		{"Ελλάδα", "ΕΛΛΑΔΑ", "ελλαδα"},
		{"Σίσυφος", "σισυφος"},
		{"Ærø", "aero"},
		{"Þór", "thor"},
		{"أحمد", "احمد"},
		{"آسيا", "اسيا"},
		{"ٱلسلام", "السلام"},
		{"مصطفى", "مصطفي"},
		{"مدرسة", "مدرسه"},
		{"ایران", "ايران"},
		{"کتاب", "كتاب"},
		{"ёлка", "елка"},
		{"ぼっち・ざ・ろっく", "ぼっちざろっく"},
		{"il·lusió", "illusio"},
		{"season_2", "season2"},
	} {
		want := group(variants[0])
		for _, v := range variants[1:] {
			if got := group(v); got != want {
				t.Errorf("group key of %q is %q, of %q is %q", variants[0], want, v, got)
			}
		}
	}
}

func TestGroupKeyKeepsApart(t *testing.T) {
	for _, pair := range [][2]string{
		{"covid2", "covid"},
		{"jalan2", "jalan"},
		{"g20", "g2"},
		{"mp2", "mpmp"},
		{"web22", "webweb"},
		{"か", "が"},
		{"ほっち", "ぼっち"},
		{"й", "и"},
		{"हिन्दी", "हनद"},
		{"เชียงใหม่", "เชยงใหม"},
		{"سلام", "سلم"},
		{"ано", "ano"}, // Cyrillic and Latin
	} {
		if a, b := group(pair[0]), group(pair[1]); a == b {
			t.Errorf("%q and %q share the group key %q", pair[0], pair[1], a)
		}
	}
}

func TestGroupKeyVectors(t *testing.T) {
	for in, want := range map[string]string{
		"jalan2": "jalanjalan", "_": "_", "__": "__", "-・·": "-・·", "covid2": "covidcovid", "covid19": "covid19", "": "",
	} {
		if got := group(in); got != want {
			t.Errorf("group key of %q is %q, want %q", in, got, want)
		}
	}
}

func checkGroup(t interface{ Fatalf(string, ...any) }, s string) {
	k := key(s)
	g := string(AppendGroupKey(nil, k))
	if again := string(AppendGroupKey(nil, g)); again != g {
		t.Fatalf("the group key of %+q is %+q, whose group key is %+q", k, g, again)
	}
	if len(g) > MaxKeyBytes || !utf8.ValidString(g) || (g == "") != (k == "") {
		t.Fatalf("the group key of %+q is %+q (%d bytes)", k, g, len(g))
	}
}

// The short way to a group key gives what the long one does, of every character beside others.
func TestGroupKeysOfPlainCharacters(t *testing.T) {
	beside := []string{"%s", "a%s", "%sb", "è%s_", "क%s", "-%s·", "ا%s", "%s\u0301", "е%s"}
	for r := rune(0); r <= 0x1FFFF; r++ {
		for i, form := range beside {
			if i > 0 && (r > 0x0E80 && r < 0x2000 || r > 0x3200) {
				break // of scripts with nothing to take off
			}
			key := KeyOf(Keyword, strings.Replace(form, "%s", string(r), 1))
			for _, joiners := range []bool{false, true} {
				if got, ok := appendUnmarkedPlain(nil, key, joiners); ok && string(got) != string(appendUnmarked(nil, key, joiners)) {
					t.Fatalf("%q is %q, want %q", key, got, appendUnmarked(nil, key, joiners))
				}
			}
		}
	}
}
