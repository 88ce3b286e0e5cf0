package workload

import (
	"slices"
	"testing"

	"github.com/swell-radar/swell/term"
)

// TestSpellings makes sure that every name is a hashtag whole, and that its
// spellings belong to one group.
func TestSpellings(t *testing.T) {
	t.Parallel()
	names := newNamer(newStream(1, "test"))
	var spans []term.Span
	several := 0
	for _, l := range locales() {
		for range 500 {
			tag := names.tag(l)
			if len(tag.spellings) > 1 {
				several++
			}
			for _, s := range tag.spellings {
				text := "so #" + s + " it is"
				spans = term.AppendHashtags(spans[:0], text)
				if len(spans) != 1 || text[spans[0].Start:spans[0].End] != s {
					t.Errorf("%s: %q is not found whole: %v", l.lang, text, spans)
				}
				if got, want := groupKey(s), groupKey(tag.spellings[0]); got != want {
					t.Errorf("%s: %q has the group key %q, %q has %q", l.lang, s, got, tag.spellings[0], want)
				}
			}
		}
	}
	if several < 2000 {
		t.Errorf("only %d of 5000 tags have several spellings", several)
	}
}

func TestSpell(t *testing.T) {
	for _, c := range []struct {
		l     *locale
		words string
		want  []string
	}{
		{&english, "slow cooking", []string{"SlowCooking", "slowcooking", "slow_cooking"}},
		{&spanish, "mañana", []string{"Mañana", "mañana", "manana"}},
		{&german, "straßen kunst", []string{"StraßenKunst", "straßenkunst", "straßen_kunst", "strassenkunst"}},
		{&turkish, "istasyon turu", []string{"İstasyonTuru", "istasyonturu", "istasyon_turu"}},
		{&indonesian, "jalan-jalan", []string{"Jalanjalan", "jalanjalan", "jalan2"}},
		{&japanese, "朝の 写真", []string{"朝の写真"}},
		{&arabic, "قهوة الصباح", []string{"قهوة_الصباح", "قهوةالصباح"}},
	} {
		if got := spell(c.l, c.words); !slices.Equal(got, c.want) {
			t.Errorf("spell(%s, %q) = %q, want %q", c.l.lang, c.words, got, c.want)
		}
	}
}

func TestNamesNeverRunOut(t *testing.T) {
	tiny := english
	tiny.heads, tiny.tails, tiny.ends = []string{"a"}, []string{"b"}, []string{"c"}
	tiny.onsets, tiny.vowels, tiny.codas = []string{"t"}, []string{"a"}, []string{"n"}
	names := newNamer(newStream(1, "test"))
	for range 1000 {
		names.tag(&tiny)
	}
	if len(names.taken) != 1000 {
		t.Errorf("%d different tags out of 1000", len(names.taken))
	}
}
