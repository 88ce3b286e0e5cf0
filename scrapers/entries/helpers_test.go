package entries

import (
	"net/http"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/poll"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
	"github.com/swell-radar/swell/term"
)

var now = time.Date(2026, 11, 21, 12, 10, 0, 0, time.UTC)

// rig is a reader, the site it asks and where it is.
type rig struct {
	t    *testing.T
	site *scrapetest.Site
	host *contract.Host
	r    *Reader
	turn poll.Turn
}

func plain(_ *Feed, e *Entry) (term.Record, error) {
	return term.Record{Platform: "web", ID: e.ID, Text: e.Title}, nil
}

func newRig(t *testing.T, h http.Handler) *rig {
	t.Helper()
	site, err := scrapetest.Open(h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() }) // what it served was seen
	host := contract.NewHost(now, 1)
	return &rig{
		t: t, site: site, host: host, turn: poll.Turn{Now: now},
		r: &Reader{Net: host.Client(t), URL: site.URL + "/feed.xml", Key: "url", Every: 15 * time.Minute, AsReader: true, Record: plain},
	}
}

// ask asks once, and goes on from what came a while later.
func (g *rig) ask() (scrapers.Delivery, error) {
	g.t.Helper()
	d, err := g.r.Ask(g.t.Context(), g.turn)
	if len(d.Cursor) > 0 {
		g.turn.Cursor = d.Cursor
	}
	if scrapers.StateOf(err) == scrapers.OK {
		g.turn.Last = g.turn.Now
	}
	g.pass(15 * time.Minute)
	return d, err
}

func (g *rig) pass(d time.Duration) {
	g.turn.Now = g.turn.Now.Add(d)
	g.host.Leap(d)
}

// good is ask that must not get into trouble.
func (g *rig) good() []string {
	g.t.Helper()
	d, err := g.ask()
	if err != nil {
		g.t.Fatal(err)
	}
	ids := []string{}
	for i := range d.Records {
		ids = append(ids, d.Records[i].ID)
	}
	return ids
}

// asked returns how often the site was asked.
func (g *rig) asked() int { return len(g.site.Seen()) }
