package mastodon

import (
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/poll"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "write the golden files")

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const folder = "testdata/cases"

func read(file string, body []byte) ([]term.Record, []scrapers.Reject, error) {
	if strings.HasPrefix(file, "trends") {
		p, err := decodeTrends(body)
		in := instance{host: "a.example"}
		records, rejected := in.trendList().Records(now, p.Rows)
		return records, append(p.Rejected, rejected...), err
	}
	p, err := decode(body, "a.example", false, poll.Turn{Now: now, Last: now.Add(-time.Minute)})
	return p.records, p.rejected, err
}

func TestCases(t *testing.T) { contract.Cases(t, folder, *update, read) }

func fuzz(f *testing.F, file string) {
	for name, body := range contract.Inputs(f, folder) {
		if strings.HasPrefix(name, file) {
			f.Add(body)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		records, rejected, err := read(file, body)
		if err != nil && scrapers.StateOf(err) != scrapers.SchemaChanged {
			t.Errorf("the error of a decoder is %v", err)
		}
		contract.Sound(t, records, rejected)
		for i := range records {
			if records[i].TS > now.UnixMicro() {
				t.Errorf("a record of the future: %d", records[i].TS)
			}
		}
	})
}

func FuzzTimeline(f *testing.F) { fuzz(f, "timeline") }
func FuzzTrends(f *testing.F)   { fuzz(f, "trends") }

func FuzzAccess(f *testing.F) {
	f.Add([]byte(`{"configuration":{"timelines_access":{"live_feeds":{"local":"public","remote":"authenticated"},"hashtag_feeds":{"local":"disabled","remote":"disabled"}}}}`), true)
	f.Add([]byte(`{"configuration":{"timelines_access":null}}`), false)
	f.Add([]byte(`[]`), false)
	f.Fuzz(func(t *testing.T, body []byte, local bool) {
		only, err := decodeAccess(body).choose("live_feeds", local, "a.example")
		if s := scrapers.StateOf(err); err != nil && s != scrapers.Off && s != scrapers.LoginWall {
			t.Errorf("a timeline that is not given is %v", s)
		}
		if local && err == nil && only != "local" {
			t.Errorf("%q is asked for instead of local", only)
		}
	})
}

func TestAFirstLookTakesNoOldStatus(t *testing.T) {
	body := []byte(`[{"id":"2","account":{"acct":"a"},"content":"new #a","created_at":"2026-11-21T11:55:00Z"},
		{"id":"1","account":{"acct":"a"},"content":"old #a","created_at":"2026-11-21T11:45:00Z"}]`)
	p, err := decode(body, "a.example", false, poll.Turn{Now: now})
	if err != nil || len(p.records) != 1 || p.records[0].ID != "a.example/2" || p.newest != "2" || p.statuses != 2 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestBotsWhereTheyAreAskedFor(t *testing.T) {
	body := []byte(`[{"id":"2","account":{"acct":"a","bot":true},"content":"beep"}]`)
	for _, bots := range []bool{false, true} {
		p, err := decode(body, "a.example", bots, poll.Turn{Now: now, Last: now})
		if err != nil || (len(p.records) == 1) != bots {
			t.Errorf("with bots %t: %+v, %v", bots, p, err)
		}
	}
}

func TestIDsOfEveryKindGrow(t *testing.T) {
	for _, pair := range [][2]string{{"", "1"}, {"9", "10"}, {"115590000000000001", "115590000000000002"}, {"9vQ8abcDEFghijkl00", "9vQ8abcDEFghijkl01"}, {"01JD0000000000000000000000", "01JD0000000000000000000001"}} {
		if later(pair[0], pair[1]) != pair[1] || later(pair[1], pair[0]) != pair[1] {
			t.Errorf("%s is not later than %s", pair[1], pair[0])
		}
	}
}

func TestBefore(t *testing.T) {
	id := "115590000000000001"
	if got := before(id, 20*time.Second); later(got, id) != id || got == id {
		t.Errorf("%s is not before %s", got, id)
	}
	for _, id := range []string{"", "12345", "9vQ8abcDEFghijkl00"} {
		if got := before(id, time.Minute); got != id {
			t.Errorf("%s became %s", id, got)
		}
	}
}
