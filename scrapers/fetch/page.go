package fetch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/gocolly/colly/v2"

	"github.com/swell-radar/swell/scrapers"
)

// Page is an HTML page.
type Page struct {
	Response
	Title   string   // without space around it
	Scripts []Script // those with text in them, in their order
}

// Script is a script element whose text is in the page.
type Script struct {
	ID   string
	Type string // of media: "application/json"; empty is JavaScript
	Text string
}

// Script returns the text of the script element with an ID, and whether there is one with any text.
func (p *Page) Script(id string) (string, bool) {
	for i := range p.Scripts {
		if p.Scripts[i].ID == id {
			return p.Scripts[i].Text, true
		}
	}
	return "", false
}

// pageMaxBytes bounds pages where nobody says otherwise. A parsed page takes up to a hundred times
// its size, if it is made to.
const pageMaxBytes = 4 << 20

// pageTypes are what is taken for a page where nobody says otherwise.
var pageTypes = []string{"text/html", "application/xhtml+xml"}

// Page asks for an HTML page. It is as [Client.Get], but that robots.txt is always asked
// ([Request.API] is of no effect); that MaxBytes is 4 MiB where it is 0; and that a page which is empty, or clearly wants a human, is a
// trouble.
func (c *Client) Page(ctx context.Context, q Request) (*Page, error) {
	q.API = false
	if q.MaxBytes <= 0 {
		q.MaxBytes = pageMaxBytes
	}
	if len(q.Accept) == 0 {
		q.Accept = pageTypes
	}
	x, r, err := c.request(ctx, &q)
	if err != nil {
		return nil, err
	}
	p := new(Page)
	if err := x.visit(r, q.Body, p); err != nil {
		return nil, asTrouble(ctx, r.URL, err)
	}
	res, err := x.response(&q)
	if err != nil {
		return nil, err
	}
	p.Response = *res
	if res.Unchanged {
		return p, nil
	}
	a := &answer{url: x.last.Request.URL, status: res.Status, header: res.Header, body: res.Body}
	if wall := wallOfPage(a, p.Title); wall != nil {
		return nil, wall
	}
	if len(bytes.TrimSpace(res.Body)) == 0 {
		return nil, scrapers.NewTrouble(scrapers.Blocked, "%s: status %d and an empty page: some sites answer so whom they do not want", shown(a.url), res.Status)
	}
	return p, nil
}

// visit has colly ask for a page and read it.
//
// Colly brings the selectors and the reading of pages. Everything else that it can do it does once, for the first
// address, or by settings that the environment overrides; so all of that is off here, and done by
// the exchange that it is given as its transport: robots.txt at every hop, paces, limits that are
// errors, decompression, charsets, conditional requests.
func (x *exchange) visit(r *http.Request, body []byte, p *Page) (err error) {
	unread := func(why any) error {
		return scrapers.NewTrouble(scrapers.SchemaChanged, "%s: the page cannot be read: %.200s", shown(r.URL), fmt.Sprint(why))
	}
	// Colly's parsers and our callbacks run on what strangers wrote.
	defer func() {
		if broken := recover(); broken != nil {
			err = unread(broken)
		}
	}()
	x.forColly = true
	c := x.collector(r.Context())
	c.OnHTML("title", func(e *colly.HTMLElement) {
		if p.Title == "" {
			p.Title = strings.TrimSpace(e.Text)
		}
	})
	c.OnHTML("script", func(e *colly.HTMLElement) {
		if e.Text != "" {
			p.Scripts = append(p.Scripts, Script{ID: e.Attr("id"), Type: e.Attr("type"), Text: e.Text})
		}
	})
	var broken error // what colly tells nobody else: a page that its parser gave up on
	c.OnError(func(_ *colly.Response, err error) { broken = err })
	var data io.Reader
	if len(body) > 0 {
		data = bytes.NewReader(body)
	}
	if err := c.Request(r.Method, r.URL.String(), data, nil, r.Header); err != nil {
		return err
	}
	if broken != nil {
		return unread(broken)
	}
	if x.last == nil {
		return unread("there was no answer")
	}
	return nil
}

// collector returns a collector for one request. It is not made by NewCollector, which reads settings from the
// environment after those of the program.
func (x *exchange) collector(ctx context.Context) *colly.Collector {
	c := new(colly.Collector)
	c.Init()
	c.Context = ctx
	c.UserAgent = x.c.f.agent
	c.WithTransport(x)
	c.SetRedirectHandler(x.redirect)
	c.SetRequestTimeout(0) // the exchange has its own
	c.DisableCookies()
	c.AllowURLRevisit = true        // to ask again is what polling is
	c.IgnoreRobotsTxt = true        // colly asks it for the first address alone, and never again
	c.MaxBodySize = 0               // colly would cut the body and say nothing
	c.ParseHTTPErrorResponse = true // colly takes 203 and 304 for errors; real ones do not reach it
	return c
}
