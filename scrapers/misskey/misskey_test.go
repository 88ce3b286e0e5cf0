package misskey

import (
	"context"
	"flag"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "write the golden files")

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const folder = "testdata/cases"

func read(_ string, body []byte) ([]term.Record, []scrapers.Reject, error) {
	p, err := decode(body)
	records, rejected := listOf("a.example").Records(now, p.Rows)
	return records, append(p.Rejected, rejected...), err
}

func TestCases(t *testing.T) { contract.Cases(t, folder, *update, read) }

func FuzzDecode(f *testing.F) {
	for _, body := range contract.Inputs(f, folder) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		records, rejected, err := read("", body)
		if err != nil && scrapers.StateOf(err) != scrapers.SchemaChanged {
			t.Errorf("the error of a decoder is %v", err)
		}
		contract.Sound(t, records, rejected)
	})
}

// trending changes every ten minutes, as the numbers of an instance do.
func trending(at time.Time) []scrapetest.Row {
	n := int(at.Unix() / 600 % 50)
	return []scrapetest.Row{{Title: "冬コミ", Total: int64(100 + n), Recent: []int{3, 20 + n, 15}}, {Title: "Mondays", Total: 12, Recent: []int{1, 2, n}}}
}

func TestContract(t *testing.T) {
	contract.Test(t, contract.Subject{
		Now:  now,
		Site: func(now func() time.Time) http.Handler { return scrapetest.NewMisskey(trending, now) },
		Source: func(t *testing.T, base string, h *contract.Host) scrapers.Source {
			c := Default()
			c.Instances = []string{base}
			s, err := New(c, h.Client(t))
			if err != nil {
				t.Fatal(err)
			}
			return relabelled{s, host(base)}
		},
		Want: []string{"misskey hashtags/trend/fake hashtag:冬コミ", "misskey hashtags/trend/fake hashtag:mondays"},
	})
}

// relabelled takes the port, which is another one in each test, out of what a source delivers.
type relabelled struct {
	scrapers.Source
	host string
}

func (r relabelled) Run(ctx context.Context, h scrapers.Host) error {
	return r.Source.Run(ctx, relabelling{h, r.host})
}

type relabelling struct {
	scrapers.Host
	host string
}

func (r relabelling) Deliver(ctx context.Context, d scrapers.Delivery) error {
	for i := range d.Records {
		d.Records[i].Gauge.List = strings.Replace(d.Records[i].Gauge.List, r.host, "fake", 1)
	}
	return r.Host.Deliver(ctx, d)
}

func TestSettingsSayTheWayOut(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"":                      func(*Config) {},
		"names nothing":         func(c *Config) { c.Instances = nil },
		`instances = "ftp://x"`: func(c *Config) { c.Instances = []string{"ftp://x"} },
		"twice":                 func(c *Config) { c.Instances = []string{"a.example", "https://A.example/"} },
		`every = "1s"`:          func(c *Config) { c.Every = scrapers.Duration(time.Second) },
		"requests_per_day = 10": func(c *Config) { c.RequestsPerDay = 10 },
	} {
		c := Default()
		change(&c)
		if _, err := New(c, nil); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want something with %q", err, want)
		}
	}
}
