package tiktok

import (
	"errors"
	"flag"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "write the golden files")

const folder = "testdata/cases"

var scriptForm = regexp.MustCompile(`(?s)<script id="([^"]*)"[^>]*>(.*?)</script>`)

// pageOf returns a page with the scripts of a body.
func pageOf(body []byte) *fetch.Page {
	var p fetch.Page
	for _, m := range scriptForm.FindAllSubmatch(body, -1) {
		p.Scripts = append(p.Scripts, fetch.Script{ID: string(m[1]), Text: string(m[2])})
	}
	return &p
}

func read(name string, p *fetch.Page) ([]term.Record, []scrapers.Reject, error) {
	var got reading
	var err error
	switch {
	case strings.HasPrefix(name, "tag"):
		got, err = readTag(p, "booktok")
	case strings.HasPrefix(name, "sound"):
		got, err = readSound(p, espresso)
	case strings.HasPrefix(name, "list_music"):
		got, err = readList(p, "music")
	default:
		got, err = readList(p, "hashtag")
	}
	records, rejected := got.list.Records(now, got.rows)
	return records, append(got.rejected, rejected...), err
}

func TestCases(t *testing.T) {
	contract.Cases(t, folder, *update, func(name string, body []byte) ([]term.Record, []scrapers.Reject, error) {
		return read(name, pageOf(body))
	})
}

func FuzzRead(f *testing.F) {
	for _, body := range contract.Inputs(f, folder) {
		for _, s := range pageOf(body).Scripts {
			f.Add([]byte(s.Text))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var p fetch.Page
		for _, id := range []string{scriptRehydration, scriptSigi, scriptNext} {
			p.Scripts = append(p.Scripts, fetch.Script{ID: id, Text: string(body)})
		}
		for _, name := range []string{"tag", "sound", "list_hashtag", "list_music"} {
			records, rejected, err := read(name, &p)
			var trouble *scrapers.Trouble
			if err != nil && !errors.As(err, &trouble) && !errors.Is(err, errNoNumbers) {
				t.Errorf("the error of a decoder is %v", err)
			}
			contract.Sound(t, records, rejected)
		}
	})
}

func TestFigures(t *testing.T) {
	f := func(in string, want figure) {
		t.Helper()
		var got figure
		_ = got.UnmarshalJSON([]byte(in)) // never fails
		if got != want {
			t.Errorf("%s is %+v, want %+v", in, got, want)
		}
	}
	f(`52311877`, figure{52311877, true, true})
	f(`"310200000000"`, figure{310200000000, true, true})
	f(`0`, figure{0, true, true})
	f(`"863.9K"`, figure{863900, true, false})
	f(`"1.2m"`, figure{1200000, true, false})
	f(`"310.2B"`, figure{310200000000, true, false})
	f(`"1,204"`, figure{1204, true, true})
	f(`"12.5"`, figure{12.5, true, true})
	f(`-1`, figure{})
	f(`"-1K"`, figure{})
	f(`"1e9"`, figure{1e9, true, true})
	f(`"many"`, figure{})
	f(`"K"`, figure{})
	f(`""`, figure{})
	f(`null`, figure{})
	f(`"NaN"`, figure{})
	f(`"0x10"`, figure{})
	f(`{}`, figure{})
}

// TestShortFiguresAreNear: a number as it is shown to people is read to within what was rounded off.
func TestShortFiguresAreNear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Float64Range(1000, 1e12).Draw(t, "n")
		for _, unit := range []struct {
			sign string
			of   float64
		}{{"K", 1e3}, {"M", 1e6}, {"B", 1e9}} {
			if n < unit.of || n >= 1000*unit.of {
				continue
			}
			tenths := int64(n / unit.of * 10)
			shown := string(rune('0'+tenths%10)) + unit.sign
			got := parseFigure(decimal(tenths/10) + "." + shown)
			if !got.known || got.exact || got.n > n || n-got.n > unit.of/10+1 {
				t.Fatalf("%v, shown with a tenth of %s, is read as %+v", n, unit.sign, got)
			}
		}
	})
}

func decimal(n int64) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return decimal(n/10) + string(rune('0'+n%10))
}

// TestRoundedIsNoTotal: the number of the same sound, exact on one page and rounded on the next, gives no two
// totals, which would differ by what was rounded off.
func TestRoundedIsNoTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1e12).Draw(t, "n")
		step := int64(1)
		for _, unit := range []int64{1e3, 1e6, 1e9} {
			if n >= unit {
				step = unit / 10
			}
		}
		rounded := (n + step/2) / step * step
		exactly := stats{VideoCount: figure{float64(n), true, true}}
		shortly := stats{VideoCount: figure{float64(rounded), true, true}}
		for _, r := range append(values(exactly, shortly), values(stats{}, shortly)...) {
			if r.Unit == term.UnitTotal && r.Value != float64(n) || r.Name == "videos" != (r.Unit == term.UnitTotal) {
				t.Fatalf("%d, rounded to %d, gives %+v", n, rounded, r)
			}
		}
		if got := values(exactly, shortly); len(got) != 1 || got[0].Value != float64(n) {
			t.Fatalf("%d, which is exact, gives %+v", n, got)
		}
	})
	if got := values(stats{}, stats{VideoCount: figure{863_958_123, true, true}}); got[0].Name != "videos" {
		t.Errorf("a number that cannot have been rounded is no total: %+v", got)
	}
}
