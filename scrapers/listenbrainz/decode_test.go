package listenbrainz

import (
	"errors"
	"flag"
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

func read(body []byte, running bool) ([]term.Record, []scrapers.Reject, error) {
	page, err := decode(body, running)
	list := chart.List{Platform: name, Name: "sitewide/this_week"}
	records, rejected := list.Records(now, page.Rows)
	return records, append(page.Rejected, rejected...), err
}

func TestCases(t *testing.T) {
	contract.Cases(t, folder, *update, func(name string, body []byte) ([]term.Record, []scrapers.Reject, error) {
		return read(body, name != "finished.json")
	})
}

func FuzzDecode(f *testing.F) {
	for _, body := range contract.Inputs(f, folder) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		records, rejected, err := read(body, true)
		var trouble *scrapers.Trouble
		if err != nil && !errors.As(err, &trouble) {
			t.Errorf("the error of a decoder is %v", err)
		}
		contract.Sound(t, records, rejected)
	})
}
