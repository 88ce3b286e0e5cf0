package console

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "abc": 3, "é": 1, "e\u0301": 1, "日本": 4, "ﾊﾝｶｸ": 4, "ＦＵＬＬ": 8, "한국": 4, "ᄒ\u1161\u11ab": 2,
		"😀": 2, "👩‍👩‍👧": 2, "👍🏽": 2, "🇩🇪": 2, "❤\ufe0f": 2, "❤": 1, "שלום": 4, "سلام": 4, "a\u200bb": 2, "क्ष": 2, "…": 1,
		"\u2068ש\u2069": 1, "☕": 2,
	} {
		if got := Width(s); got != want {
			t.Errorf("%q is %d columns wide, want %d", s, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{
		{"abcdef", 6, "abcdef"}, {"abcdef", 5, "abcd…"}, {"abc", 0, ""}, {"abc", 1, "…"}, {"日本語", 5, "日本…"}, {"日本語", 4, "日…"},
		{"👩‍👩‍👧x", 2, "…"}, {"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
	} {
		if got := Cut(c.s, c.n); got != c.want {
			t.Errorf("%q cut to %d is %q, want %q", c.s, c.n, got, c.want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		s, n := rapid.String().Draw(rt, "text"), rapid.IntRange(0, 20).Draw(rt, "width")
		got := Cut(s, n)
		if Width(got) > n {
			rt.Fatalf("%q is %d columns wide, want at most %d", got, Width(got), n)
		}
		if got != s && n > 0 && !strings.HasPrefix(s, strings.TrimSuffix(got, "…")) {
			rt.Fatalf("%q is no beginning of %q", got, s)
		}
	})
}

// Whatever a term is made of, a terminal only shows it.
func TestPrintable(t *testing.T) {
	for s, want := range map[string]string{
		"a\x1b[2J\n\u202eb": "a[2Jb", "\x1b]0;title\x07x": "]0;titlex", "a\u2028b\u2029c": "abc", "\u009b31mx": "31mx", "\xff\x9bx": "\ufffd\ufffdx",
		"\u2066a\u2069\u200f\u061c\ufeff": "a", "日本 👍🏽 سلام": "日本 👍🏽 سلام",
	} {
		if got := Printable(s); got != want {
			t.Errorf("%q is shown as %q, want %q", s, got, want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		got := Printable(string(rapid.SliceOf(rapid.Byte()).Draw(rt, "bytes")))
		if !utf8.ValidString(got) || Printable(got) != got {
			rt.Fatalf("%q is not harmless", got)
		}
		for _, r := range got {
			if acts(r) {
				rt.Fatalf("%q holds %U", got, r)
			}
		}
	})
}

func TestIsolated(t *testing.T) {
	for s, want := range map[string]bool{"abc": false, "日本": false, "שלום": true, "a سلام": true, "": false, "\xff": false} {
		if got := strings.HasPrefix(Isolated(s), isolate) && strings.HasSuffix(Isolated(s), pop); got != want {
			t.Errorf("%q is isolated: %t, want %t", s, got, want)
		}
	}
}

// cells are what real terms are made of, and what terminals trip over.
func cells() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9,]{0,12}`), rapid.SampledFrom([]string{
		"日本語", "سلام", "שלום 12", "👩‍👩‍👧", "❤️", "a\x1b[31mb", "\u202edcba", "क्षत्रिय", "", "line\nbreak",
	}))
}

// Columns begin at the same place in every line, whatever stands in them.
func TestColumnsLineUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(rt, "columns")
		columns := make([]Column, n)
		for i := range columns {
			columns[i] = Column{Head: "|" + strings.Repeat("H", i), Right: rapid.Bool().Draw(rt, "right")}
		}
		table := NewTable(columns...)
		table.Width = rapid.SampledFrom([]int{0, 40, 80}).Draw(rt, "width")
		rows := rapid.SliceOfN(rapid.SliceOfN(cells(), n, n), 0, 5).Draw(rt, "rows")
		for _, r := range rows {
			row := make([]string, n)
			for i, c := range r {
				row[i] = "|" + strings.ReplaceAll(c, "|", "") + "|"
			}
			table.Row(row...)
		}
		var b strings.Builder
		table.AppendTo(&b)
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		if len(lines) != 1+len(rows) {
			rt.Fatalf("%d lines for %d rows:\n%s", len(lines), len(rows), b.String())
		}
		for i := range columns[:n-1] {
			edge := -1
			for _, line := range lines[1:] {
				parts := strings.SplitAfter(line, "|") // a cell's beginning and end
				head := strings.Join(parts[:2*i+1], "")
				if columns[i].Right {
					head = strings.Join(parts[:2*i+2], "")
				}
				if w := Width(head); edge == -1 {
					edge = w
				} else if w != edge {
					rt.Fatalf("column %d is at %d and at %d:\n%s", i, edge, w, b.String())
				}
			}
		}
		for _, line := range lines {
			if bare := strings.NewReplacer(isolate, "", pop, "").Replace(line); bare != Printable(bare) {
				rt.Fatalf("%q is not harmless", line)
			}
		}
	})
}

func TestTheLastColumnIsCutToFit(t *testing.T) {
	table := NewTable(Column{Head: "N", Right: true}, Column{Head: "TERM"})
	table.Width = 20
	table.Row("1", strings.Repeat("長い", 20))
	var b strings.Builder
	table.AppendTo(&b)
	if lines := strings.Split(b.String(), "\n"); lines[0] != "N  TERM" || Width(lines[1]) > 20 || !strings.HasSuffix(lines[1], "…") {
		t.Errorf("got %q", lines)
	}
}

func TestColoursLeaveNothingBehind(t *testing.T) {
	table := NewTable(Column{Head: "A", Paint: func(string) Colour { return Green }}, Column{Head: "B"})
	table.Palette.On = true
	table.Row("x", "y")
	var b strings.Builder
	table.AppendTo(&b)
	if got, want := b.String(), "\x1b[2mA\x1b[0m  \x1b[2mB\x1b[0m\n\x1b[32mx\x1b[0m  y\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSpark(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		values []float64
		width  int
		want   string
	}{
		{nil, 5, ""}, {[]float64{1}, 0, ""}, {[]float64{0, 0}, 5, "▁▁"}, {[]float64{0, 1, 7}, 5, "▁▂█"}, {[]float64{0, 0.001, 100}, 3, "▁▂█"},
		{[]float64{nan, 1, nan}, 3, "·█·"}, {[]float64{0, 2, 3, nan, nan, nan}, 3, "▄█·"}, {[]float64{1, 1, 1, 1}, 2, "██"},
	} {
		if got := Spark(c.values, c.width); got != c.want {
			t.Errorf("%v in %d characters is %s, want %s", c.values, c.width, got, c.want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		values, width := rapid.SliceOf(rapid.Float64()).Draw(rt, "values"), rapid.IntRange(1, 100).Draw(rt, "width")
		if got := Width(Spark(values, width)); got != min(width, len(values)) {
			rt.Fatalf("it is %d wide, want %d", got, min(width, len(values)))
		}
	})
}

func TestHeat(t *testing.T) {
	week := make([]float64, 168)
	week[0], week[1], week[25], week[167] = 10, 5, math.NaN(), 2.1
	var b strings.Builder
	Heat(&b, week, Palette{})
	want := `    00    03    06    09    12    15    18    21
Mon ██▒▒
Tue   ·
Wed
Thu
Fri
Sat
Sun                                               ░░
    ░ ▒ ▓ █: from 20, 40, 60, 80 % of the highest, 10.0
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	b.Reset()
	Heat(&b, nil, Palette{})
	if got := strings.Count(b.String(), string(missing)); got != 168 {
		t.Errorf("%d hours are unknown, want 168", got)
	}
}

func TestNumbers(t *testing.T) {
	for got, want := range map[string]string{
		Count(0): "0", Count(999): "999", Count(1000): "1,000", Count(1234567): "1,234,567",
		Decimal(-1234.56, 1): "-1,234.6", Decimal(-0.01, 0): "0", Decimal(math.NaN(), 1): "-", Decimal(math.Inf(1), 0): "-", Decimal(0.25, 2): "0.25",
		Share(0.999): "99.9%", Share(1): "100%", Share(0.001): "0.1%", Share(0): "0%", Share(0.5): "50%", Share(math.NaN()): "-",
		Span(-time.Hour): "0s", Span(59 * time.Second): "59s", Span(90 * time.Minute): "1h", Span(47 * time.Hour): "47h", Span(72 * time.Hour): "3d",
		DayName(0): "Mon", DayName(7): "-",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
