package rows

import (
	"strings"
	"testing"
	"unicode"
)

func TestGuarded(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "BookTok": "BookTok", "#tag": "#tag", "a=b": "a=b", "a - b": "a - b", " a": " a", "書": "書", "it's": "it's",
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "' =1", "\rx": "' x", "\nx": "' x",
		" =1": "' =1", "\u00a0=1": "'\u00a0=1", "\u200b=1": "'\u200b=1", "\ufeff@x": "'\ufeff@x", "\x00=1": "' =1",
		"＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠x": "'＠x", "﹦1": "'﹦1", "−1": "'−1",
		"a;=1": "a;'=1", "a; @x;b": "a;' @x;b", "a\x07b": "a b", "a\u0085b": "a b", "a\r\nb": "a  b", "'=1": "'=1", " ": " ", "\t": "' ",
		"=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0",
	} {
		if got := Guarded(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// FuzzGuarded holds that nothing guarded begins as a formula does, that harmless texts are as
// they were, and that guarding twice is as good as once.
func FuzzGuarded(f *testing.F) {
	for _, s := range []string{"=1", " +", "\t", "a;-", "＝", "BookTok", "a\r\n=b", ";;=", "\u202e@", "'=", "a b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = valid(s)
		got := Guarded(s)
		for _, part := range strings.Split(got, ";") {
			if dangerous(part) {
				t.Errorf("%q is %q, in which %q is a formula", s, got, part)
			}
		}
		if strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q is %q, with control characters", s, got)
		}
		if Guarded(got) != got {
			t.Errorf("%q is %q, and then %q", s, got, Guarded(got))
		}
		plain := strings.NewReplacer("'", "").Replace(got)
		for _, r := range strings.NewReplacer("'", "").Replace(s) {
			if !unicode.IsControl(r) && !strings.ContainsRune(plain, r) {
				t.Errorf("%q is %q, which lacks %q", s, got, r)
			}
		}
	})
}
