package chart

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
)

// song decodes {"made":"…","songs":["…"]}.
func song(body []byte) (Page, error) {
	var doc struct {
		Made  Text
		Songs json.RawMessage
	}
	if err := Object(body, &doc); err != nil {
		return Page{}, NotJSON(err)
	}
	songs, ok := Elements(doc.Songs)
	if !ok {
		return Page{}, Missing("songs")
	}
	page := Page{Stamp: string(doc.Made)}
	for i, raw := range songs {
		var title Text
		if err := json.Unmarshal(raw, &title); err != nil {
			return Page{}, err
		}
		page.Rows = append(page.Rows, Row{Where: "song", Keyword: string(title), Rank: i + 1})
	}
	return page, nil
}

// TestAsk follows one list through its versions: what is new is delivered, what is not is none.
func TestAsk(t *testing.T) {
	h := contract.NewHost(now, 1)
	site, err := scrapetest.Open(http.NotFoundHandler())
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	p := Poll{
		List: List{Platform: "apple", Name: "top"}, Net: h.Client(t), Decode: song,
		Request: fetch.Request{URL: site.URL + "/list?count=9", API: true, Accept: []string{"application/json"}},
	}
	turn := poll.Turn{Now: now}
	ask := func(what string, answer scrapetest.Failure, records, rejected int) {
		t.Helper()
		site.Always(answer)
		turn.Now = turn.Now.Add(time.Hour)
		d, err := p.Ask(context.Background(), turn)
		if err != nil || len(d.Records) != records || len(d.Rejected) != rejected {
			t.Fatalf("%s: %d records, %d rejected, %v; want %d and %d", what, len(d.Records), len(d.Rejected), err, records, rejected)
		}
		for _, rec := range d.Records {
			if rec.TS != turn.Now.UnixMicro() {
				t.Errorf("%s: read at %d, the record is of %d", what, turn.Now.UnixMicro(), rec.TS)
			}
		}
		if len(d.Cursor) > 0 {
			turn.Cursor = d.Cursor
		}
	}
	is := func(body string) scrapetest.Failure { return scrapetest.Body("application/json", body) }

	ask("the first version", is(`{"made":"1","songs":["a","b","#"," "]}`), 3, 1)
	ask("the same bytes", is(`{"made":"1","songs":["a","b","#"," "]}`), 0, 0)
	ask("the same version in other bytes", is(`{"songs":["a","b","#"," "],"made":"1"}`), 0, 0)
	ask("nothing yet", func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(http.StatusNoContent) }, 0, 0)
	ask("the next version, of the same rows", is(`{"made":"2","songs":["a","b"]}`), 2, 0)
	ask("without a version", is(`{"songs":["a","b"]}`), 2, 0)
	ask("without a version, the same", is(`{"songs":["a","b"]}`), 0, 0)
	ask("empty", is(`{"made":"3","songs":[]}`), 0, 0)
	if got := Taken(turn); got != p.Request.URL {
		t.Errorf("what was taken is %q", got)
	}
	turn.Cursor = []byte("damaged")
	ask("with a cursor that cannot be read", is(`{"made":"3","songs":["a"]}`), 1, 0)
	p.Request.URL = site.URL + "/other"
	ask("the same version at another address", is(`{"made":"3","songs":["a"]}`), 0, 0)

	for body, says := range map[string]string{
		`{"made":"9","songs":[" ",""]}`: "none of the 2 rows",
		`{"made":"9"}`:                  "songs is missing",
		`{"made":`:                      "not the JSON",
	} {
		site.Always(is(body))
		d, err := p.Ask(context.Background(), turn)
		if scrapers.StateOf(err) != scrapers.SchemaChanged || !strings.Contains(err.Error(), says) || len(d.Records)+len(d.Cursor) > 0 {
			t.Errorf("%s: %v, a delivery of %d records", body, err, len(d.Records))
		}
	}
}
