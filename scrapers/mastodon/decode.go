package mastodon

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/scrapers/htmltext"
	"github.com/swell-radar/swell/scrapers/poll"
	"github.com/swell-radar/swell/term"
)

// firstLook is how old statuses may be that a first look at a timeline takes.
const firstLook = 10 * time.Minute

// page is what one answer of a timeline holds.
type page struct {
	statuses       int // in it
	records        []term.Record
	rejected       []scrapers.Reject
	newest, oldest string // IDs of statuses; empty: there is none
}

// status is as much of one as is used. Members that are no strings where they should be are
// empty, rather than the end of the whole.
type status struct {
	ID         chart.Text      `json:"id"`
	URI        chart.Text      `json:"uri"`
	URL        chart.Text      `json:"url"`
	CreatedAt  chart.Text      `json:"created_at"`
	Language   chart.Text      `json:"language"`
	Visibility chart.Text      `json:"visibility"`
	Spoiler    chart.Text      `json:"spoiler_text"`
	Content    json.RawMessage `json:"content"`
	Reblog     json.RawMessage `json:"reblog"`
	Tags       json.RawMessage `json:"tags"`
	Account    *account        `json:"account"`
}

type account struct {
	Acct chart.Text `json:"acct"`
	URL  chart.Text `json:"url"`
	URI  chart.Text `json:"uri"`
	Bot  yes        `json:"bot"`
}

// yes is true where true stands.
type yes bool

func (f *yes) UnmarshalJSON(raw []byte) error {
	*f = string(raw) == "true"
	return nil
}

// decode reads an answer of a timeline of the instance at host. Reblogs, statuses that are not public and,
// unless bots is set, those of bots are left out. Its error is a [*scrapers.Trouble].
func decode(body []byte, host string, bots bool, t poll.Turn) (page, error) {
	var p page
	raw, err := list(body, "a list of statuses")
	if err != nil {
		return p, err
	}
	for i, one := range raw {
		p.statuses++
		where := fmt.Sprintf("status %d", i)
		var s status
		if err := chart.Object(one, &s); err != nil {
			p.reject(where, err)
			continue
		}
		if id := string(s.ID); plainID(id) {
			where += " (" + id + ")"
			p.newest = later(p.newest, id)
			if p.oldest == "" || later(p.oldest, id) == p.oldest {
				p.oldest = id
			}
		}
		if err := s.check(); err != nil {
			p.reject(where, err)
			continue
		}
		if s.skipped(bots) {
			continue
		}
		rec, news := s.record(host, t)
		if !news {
			continue
		}
		switch err := scrapers.Fit(&rec); {
		case errors.Is(err, term.ErrNothingToCount): // a picture
		case err != nil:
			p.reject(where, err)
		default:
			p.records = append(p.records, rec)
		}
	}
	slices.Reverse(p.records) // oldest first
	return p, nil
}

func (p *page) reject(where string, why error) {
	p.rejected = append(p.rejected, scrapers.Reject{Where: where, Why: why})
}

// list reads an answer that has to be a list.
func list(body []byte, what string) ([]json.RawMessage, error) {
	var raw []json.RawMessage
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] != '[' {
		return nil, scrapers.NewTrouble(scrapers.SchemaChanged, "the answer is not %s, but begins with %.20q", what, body)
	}
	if err := json.Unmarshal(body, &raw); err != nil {
		return nil, chart.NotJSON(err)
	}
	return raw, nil
}

// plainID reports IDs as servers make them: letters, digits and hyphens, not long.
func plainID(id string) bool {
	return id != "" && len(id) <= 64 && !strings.ContainsFunc(id, func(r rune) bool {
		return !('0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '-')
	})
}

// check says what a status has to have and does not.
func (s *status) check() error {
	switch {
	case s.ID == "" && s.URI == "":
		return errors.New("its id is missing")
	case s.Account == nil:
		return errors.New("its account is missing")
	case s.Content == nil:
		return errors.New("its content is missing")
	}
	return nil
}

// skipped reports statuses that are understood and not counted.
func (s *status) skipped(bots bool) bool {
	return len(s.Reblog) > 0 && string(s.Reblog) != "null" ||
		s.Visibility != "" && s.Visibility != "public" ||
		bool(s.Account.Bot) && !bots
}

// record returns the status as an occurrence, and whether it is news.
func (s *status) record(host string, t poll.Turn) (term.Record, bool) {
	var content string
	if json.Unmarshal(s.Content, &content) != nil {
		content = "" // null, of a status with nothing but a picture
	}
	text, links := htmltext.Parse(content)
	if s.Spoiler != "" {
		text = strings.TrimSpace(string(s.Spoiler) + "\n" + text)
	}
	claimed, err := time.Parse(time.RFC3339, string(s.CreatedAt))
	if err != nil {
		claimed = time.Time{}
	}
	at, news := scrapers.Arrival(claimed, t.Last, t.Now, firstLook)
	return term.Record{
		TS: at.UnixMicro(), Platform: name, ID: s.id(host), Author: s.Account.id(host),
		Lang: string(s.Language), Text: text, Tags: s.tags(), Links: links,
	}, news
}

// id returns what the status is called on all instances.
func (s *status) id(host string) string {
	for _, id := range []chart.Text{s.URI, s.URL} {
		if id != "" && len(id) <= term.MaxFieldBytes {
			return string(id)
		}
	}
	return host + "/" + string(s.ID)
}

// id returns what the account is called on all instances.
func (a *account) id(host string) string {
	switch {
	case a.URI != "":
		return string(a.URI)
	case a.URL != "":
		return string(a.URL)
	case a.Acct == "" || strings.Contains(string(a.Acct), "@"):
		return string(a.Acct)
	}
	return string(a.Acct) + "@" + host
}

// tags returns the hashtags that the server found in the status.
func (s *status) tags() []string {
	raw, _ := chart.Elements(s.Tags)
	var out []string
	for _, one := range raw {
		var tag struct {
			Name chart.Text `json:"name"`
		}
		if json.Unmarshal(one, &tag) == nil && tag.Name != "" {
			out = append(out, string(tag.Name))
		}
	}
	return out
}
