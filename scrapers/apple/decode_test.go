package apple

import (
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "write the golden files")

var now = time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)

const folder = "testdata/cases"

func read(decode func([]byte) (chart.Page, error), body []byte) ([]term.Record, []scrapers.Reject, error) {
	page, err := decode(body)
	list := chart.List{Platform: name, Name: "most-played/us", Region: "US"}
	records, rejected := list.Records(now, page.Rows)
	return records, append(page.Rejected, rejected...), err
}

func TestCases(t *testing.T) {
	contract.Cases(t, folder, *update, func(name string, body []byte) ([]term.Record, []scrapers.Reject, error) {
		if strings.HasPrefix(name, "classic") {
			return read(decodeClassic, body)
		}
		return read(decode, body)
	})
}

func FuzzDecode(f *testing.F) {
	for _, body := range contract.Inputs(f, folder) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, d := range []func([]byte) (chart.Page, error){decode, decodeClassic} {
			records, rejected, err := read(d, body)
			if err != nil && scrapers.StateOf(err) != scrapers.SchemaChanged {
				t.Errorf("the error of a decoder is %v", err)
			}
			contract.Sound(t, records, rejected)
		}
	})
}
