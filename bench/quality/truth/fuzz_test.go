package truth

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

// FuzzLoad holds Load to what it promises of any file: rows within the rules, by
// onset, and every line either a row, an error or blank.
func FuzzLoad(f *testing.F) {
	f.Add("term,onset\na,1780272000\n")
	f.Add("term,kind,platform,type,shape,onset,peak,end,posts\n#A,sound,x,bot,weekly,2026-06-01T00:00:00Z,2026-06-01T01:00:00Z,2026-06-03T01:00:00Z,9\n")
	f.Add("event,term,tier,kind,onset,crossed,peak\n1,\"a,\"\"b\",near,spike,2016-02-08T01:00:00Z,,2016-02-08T01:00:00Z\nx\n\n")
	f.Add("\ufeffnear,event,term,onset\r\n1,e,\"a\r\nb,c,d,e\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		set, err := Load(strings.NewReader(text), "f")
		var bad *RowErrors
		if err != nil && !errors.As(err, &bad) {
			if !errors.Is(err, ErrHeader) || len(set.Rows) > 0 {
				t.Fatalf("%d rows and the error %v", len(set.Rows), err)
			}
			return
		}
		lines := -1 // without the header
		for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
			if strings.TrimSpace(line) != "" {
				lines++
			}
		}
		left := 0
		if bad != nil {
			left = bad.Total
		}
		if len(set.Rows)+left != lines {
			t.Fatalf("%d rows and %d errors for %d lines", len(set.Rows), left, lines)
		}
		for i, r := range set.Rows {
			switch {
			case r.Key == "" || r.Key != term.KeyOf(max(r.Kind, term.Hashtag), r.Key),
				!slices.Contains(Types(), r.Type),
				r.Onset < 1 || r.Onset > maxTime,
				r.Peak != 0 && r.Peak < r.Onset,
				r.End != 0 && r.End < max(r.Onset, r.Peak),
				r.Event < 1 || r.Event > len(set.Rows)+left,
				r.Kind == 0 && !set.Oracle,
				i > 0 && r.Onset < set.Rows[i-1].Onset:
				t.Fatalf("row %d is %+v", i, r)
			}
		}
	})
}

// Any order of columns, any quoting and any damage between the rows leave the same rows.
func TestOrderAndDamageDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.Permutation([]string{"term", "onset", "platform", "peak", "note"}).Draw(t, "columns")
		var b strings.Builder
		out := csv.NewWriter(&b)
		out.Write(names)
		n := rapid.IntRange(0, 20).Draw(t, "rows")
		var want []Row
		wrong := 0
		for i := range n {
			r := Row{
				Kind: term.Hashtag, Key: fmt.Sprintf("k%d", i), Platform: rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "platform"),
				Type: Trend, Onset: int64(1780272000 + i), Event: i + 1,
			}
			cells := map[string]string{
				"term": "#K" + fmt.Sprint(i), "onset": fmt.Sprint(r.Onset), "platform": r.Platform,
				"note": rapid.SampledFrom([]string{"", `a "b", c`, "ü"}).Draw(t, "note"),
			}
			if rapid.Bool().Draw(t, "with peak") {
				r.Peak = r.Onset + 60
				cells["peak"] = fmt.Sprint(r.Peak)
			}
			row := make([]string, len(names))
			for j, name := range names {
				row[j] = cells[name]
			}
			out.Write(row)
			want = append(want, r)
			if rapid.Bool().Draw(t, "damage") {
				out.Flush()
				b.WriteString(rapid.SampledFrom([]string{"x\n", "\"a,b,c,d,e\n", "a\"b\n", ",,,,\n"}).Draw(t, "damaged"))
				wrong++
			}
		}
		out.Flush()
		set, err := Load(strings.NewReader(b.String()), "t")
		if !slices.Equal(set.Rows, want) {
			t.Fatalf("got %+v, want %+v", set.Rows, want)
		}
		var bad *RowErrors
		if errors.As(err, &bad) != (wrong > 0) || bad != nil && bad.Total != wrong {
			t.Fatalf("got the error %v for %d damaged lines", err, wrong)
		}
	})
}
