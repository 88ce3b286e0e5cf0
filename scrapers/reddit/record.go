package reddit

import (
	"errors"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"github.com/swell-radar/swell/scrapers/entries"
	"github.com/swell-radar/swell/scrapers/htmltext"
	"github.com/swell-radar/swell/term"
)

// record makes an occurrence of a post.
func record(_ *entries.Feed, e *entries.Entry) (term.Record, error) {
	at := strings.LastIndex(e.ID, "t3_")
	if at < 0 || len(e.ID) == at+len("t3_") {
		return term.Record{}, errors.New("its id is none of a post (t3_…)")
	}
	rec := term.Record{
		Platform: name, ID: e.ID[at:], Author: strings.TrimPrefix(e.Author, "/u/"), Text: strings.TrimSpace(e.Title),
	}
	if len(e.Categories) > 0 {
		rec.Group = "r/" + strings.TrimPrefix(e.Categories[0], "r/")
	}
	body, links := written(e.Content)
	if body != "" {
		rec.Text = strings.TrimSpace(rec.Text + "\n" + body)
	}
	if link := target(e.Content); link != "" {
		links = append([]string{link}, links...)
	}
	rec.Links = links
	return rec, nil
}

// What people wrote stands between these comments; around it are the author's name and links to the post.
const (
	writtenBegins = "<!-- SC_OFF -->"
	writtenEnds   = "<!-- SC_ON -->"
)

// written returns the text of a post and the addresses in it.
func written(content string) (string, []string) {
	_, rest, ok := strings.Cut(content, writtenBegins)
	if !ok {
		return "", nil
	}
	text, _, ok := strings.Cut(rest, writtenEnds)
	if !ok {
		return "", nil
	}
	return htmltext.Parse(text)
}

// target returns the address that a post points to, behind the word "[link]"; empty where that is
// the post itself, or something else of Reddit.
func target(content string) string {
	before, _, ok := strings.Cut(content, ">[link]</a>")
	if !ok {
		return ""
	}
	at := strings.LastIndex(before, `href="`)
	if at < 0 {
		return ""
	}
	address, _, _ := strings.Cut(before[at+len(`href="`):], `"`)
	address = html.UnescapeString(address)
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	for _, own := range []string{"reddit.com", "redd.it"} {
		if host == own || strings.HasSuffix(host, "."+own) {
			return ""
		}
	}
	return address
}
