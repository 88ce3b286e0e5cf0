package wikipedia

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

func read(project string, body []byte) ([]term.Record, []scrapers.Reject, error) {
	page, err := decode(body, project, []string{"Deaths in 2026", "Entwurf:"})
	list := chart.List{Platform: name, Name: "top/" + project, Lang: langOf(project)}
	records, rejected := list.Records(now, page.Rows)
	return records, append(page.Rejected, rejected...), err
}

func TestCases(t *testing.T) {
	contract.Cases(t, folder, *update, func(name string, body []byte) ([]term.Record, []scrapers.Reject, error) {
		switch {
		case strings.HasPrefix(name, "japanese"):
			return read("ja.wikipedia", body)
		case strings.HasPrefix(name, "odd"):
			return read("de.wikipedia", body)
		}
		return read("en.wikipedia", body)
	})
}

func FuzzDecode(f *testing.F) {
	for _, body := range contract.Inputs(f, folder) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		records, rejected, err := read("en.wikipedia", body)
		if err != nil && scrapers.StateOf(err) != scrapers.SchemaChanged {
			t.Errorf("the error of a decoder is %v", err)
		}
		contract.Sound(t, records, rejected)
	})
}

func TestWhatIsNoArticle(t *testing.T) {
	d := newDropper(nil)
	for _, title := range []string{"Main_Page", "Main Page", "Special:Search", "special:search", "Wikipedia:Hauptseite", "Spezial:Suche", "Служебная:Поиск", "Portal:Aktuelles", "-"} {
		if !d.drops(title) {
			t.Errorf("%s is taken for an article", title)
		}
	}
	for _, title := range []string{"Portal:_Prelude", "Special:_Effects", "2001:_A_Space_Odyssey", "Re:Zero", "Wikipedia", "Portal", "Main_Street", ":D", ""} {
		if d.drops(title) {
			t.Errorf("%s is left out", title)
		}
	}
}
