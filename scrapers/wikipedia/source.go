package wikipedia

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
)

const name = "wikipedia"

// Source reads the lists of the configured projects.
type Source struct {
	c   Config
	net *fetch.Client
}

// New returns the source. The error names the key that cannot be used, its value and the way out.
func New(c Config, net *fetch.Client) (*Source, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return &Source{c: c, net: net}, nil
}

// Redaction says where people are named: nowhere, the pages are about what the public reads.
func Redaction() scrapers.Redaction { return scrapers.Redaction{} }

// Run implements [scrapers.Source]. Each project is a part.
func (s *Source) Run(ctx context.Context, h scrapers.Host) error {
	var targets []poll.Target
	for _, project := range s.c.Projects {
		targets = append(targets, poll.Target{
			Name: project, Every: time.Duration(s.c.Every),
			Poll: func(ctx context.Context, t poll.Turn) (scrapers.Delivery, error) { return s.ask(ctx, project, t) },
		})
	}
	return poll.Run(ctx, h, 1, targets)
}

// ask reads the list of yesterday if there is one by now and it was not taken yet. Where
// none was ever taken, the one of the day before is better than nothing.
func (s *Source) ask(ctx context.Context, project string, t poll.Turn) (scrapers.Delivery, error) {
	yesterday := t.Now.UTC().AddDate(0, 0, -1)
	newest, before := s.address(project, yesterday), s.address(project, yesterday.AddDate(0, 0, -1))
	taken := chart.Taken(t)
	if taken == newest {
		return scrapers.Delivery{}, nil
	}
	d, err := s.read(ctx, project, newest, t)
	if !notYet(err) || taken == before {
		if notYet(err) {
			err = nil // it comes in the afternoon
		}
		return d, err
	}
	return s.read(ctx, project, before, t)
}

func (s *Source) read(ctx context.Context, project, address string, t poll.Turn) (scrapers.Delivery, error) {
	p := chart.Poll{
		List: chart.List{Platform: name, Name: "top/" + project, Lang: langOf(project)},
		Net:  s.net,
		Request: fetch.Request{
			URL: address, Accept: []string{"application/json", "*+json"}, MaxBytes: 4 << 20, API: true,
		},
		Decode: func(body []byte) (chart.Page, error) { return decode(body, project, s.c.Skip) },
	}
	return p.Ask(ctx, t)
}

func (s *Source) address(project string, day time.Time) string {
	return fmt.Sprintf("%s/metrics/pageviews/top/%s/all-access/%s", strings.TrimSuffix(s.c.Base, "/"), project, day.Format("2006/01/02"))
}

// notYet reports whether an address has nothing yet.
func notYet(err error) bool {
	var t *scrapers.Trouble
	return errors.As(err, &t) && t.Status == http.StatusNotFound
}

// langOf returns the language of a project, "en" of "en.wikipedia", or "".
func langOf(project string) string {
	lang, wiki, _ := strings.Cut(project, ".")
	switch {
	case wiki != "wikipedia":
		return ""
	case lang == "simple":
		return "en"
	}
	return lang
}
