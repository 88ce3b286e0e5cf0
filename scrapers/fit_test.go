package scrapers

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

// anyText is text as sites deliver it: of any length, and not always UTF-8.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.Just("#"), rapid.Just("\xff\x80"),
		rapid.Map(rapid.IntRange(0, 9000), func(n int) string { return strings.Repeat("é", n) }),
		rapid.Map(rapid.IntRange(0, 9000), func(n int) string { return strings.Repeat("\xfe", n) }))
}

// What fits is decoded to itself, and what names something to count and has an ID always fits.
func TestFittingRecordsAreRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyText()
		list := rapid.SliceOfN(text, 0, 4)
		rec := term.Record{
			TS: 1_763_740_000_000_000, Platform: "web", ID: "1", Text: text.Draw(t, "text"),
			Author: text.Draw(t, "author"), Group: text.Draw(t, "group"), Lang: text.Draw(t, "lang"), Region: text.Draw(t, "region"),
			Tags: list.Draw(t, "tags"), Keywords: list.Draw(t, "keywords"), Mentions: list.Draw(t, "mentions"), Links: list.Draw(t, "links"),
		}
		if rapid.Bool().Draw(t, "gauge") {
			shown := text.Draw(t, "term")
			rec.Gauge = &term.Gauge{
				List: "list", Category: text.Draw(t, "category"),
				Term:   term.Term{Kind: term.Hashtag, Key: term.KeyOf(term.Hashtag, shown), Display: shown},
				Values: []term.Reading{{Name: "uses", Unit: term.UnitTotal, Value: 3}, {Name: "rank", Unit: term.UnitRank, Value: 1}},
			}
		}
		err := Fit(&rec)
		if err != nil {
			if rec.Gauge == nil && !errors.Is(err, term.ErrNothingToCount) {
				t.Fatal(err)
			}
			return
		}
		var d term.Decoder
		var back term.Record
		line := term.AppendRecord(nil, &rec)
		if err := d.Decode(line, &back); err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		if diff := cmp.Diff(string(line), string(term.AppendRecord(nil, &back))); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestFitNamesWhatIsMissing(t *testing.T) {
	for name, rec := range map[string]term.Record{
		"id": {TS: 1_763_740_000_000_000, Text: "x", ID: strings.Repeat("i", term.MaxFieldBytes+1)},
		"ts": {Text: "x"},
	} {
		if err := Fit(&rec); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
