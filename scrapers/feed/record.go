package feed

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers/entries"
	"github.com/swell-radar/swell/scrapers/htmltext"
	"github.com/swell-radar/swell/term"
)

// record makes an occurrence of an entry of a feed.
func record(f *Feed, from *entries.Feed, e *entries.Entry) (term.Record, error) {
	id := identity(f.URL, e)
	if id == "" {
		return term.Record{}, errors.New("it has no guid, no link, no title and no text")
	}
	body := e.Content
	if body == "" {
		body = e.Summary
	}
	title := htmltext.Text(e.Title)
	text, links := htmltext.Parse(body)
	if title != "" && !strings.HasPrefix(text, title) {
		text = strings.TrimSpace(title + "\n" + text)
	}
	if e.Link != "" && isAddress(e.Link) && !slices.Contains(links, e.Link) {
		links = append([]string{e.Link}, links...)
	}
	links = term.LinksIn(links, text) // those that are no elements of HTML
	lang := from.Lang
	if lang == "" {
		lang = f.Lang
	}
	return term.Record{
		Platform: f.platform(), ID: id, Author: e.Author, Group: hostOf(f.URL), Lang: lang, Text: text, Tags: tags(e), Links: links,
	}, nil
}

// identity returns what an entry is called: its guid, which is unique in the world or within
// its feed's host; else its link; else a hash of what it says.
func identity(feed string, e *entries.Entry) string {
	id := e.ID
	switch {
	case id == "" && e.Link != "":
		id = e.Link
	case id == "" && e.Title == "" && e.Summary == "" && e.Content == "":
		return ""
	case id == "":
		return hashed(feed, e.Title, e.Summary, e.Content, e.Published.UTC().Format(time.RFC3339))
	case !universal(id):
		id = hostOf(feed) + " " + id
	}
	if len(id) > term.MaxFieldBytes {
		return hashed(id)
	}
	return id
}

const hashPrefix = "sha256:"

func hashed(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hashPrefix + hex.EncodeToString(h.Sum(nil))
}

// universal reports names that are made to be unique in the world: addresses, tag: and urn: URIs.
func universal(id string) bool {
	return isAddress(id) || strings.HasPrefix(id, "tag:") || strings.HasPrefix(id, "urn:")
}

func isAddress(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// mostTags bounds the categories of an entry that are taken for hashtags.
const mostTags = 64

// tags returns the categories of an entry as hashtags. Some feeds list them in one
// element, with commas between; hashtags have no spaces.
func tags(e *entries.Entry) []string {
	var out []string
	for _, c := range e.Categories {
		for _, tag := range strings.Split(c, ",") {
			tag = strings.TrimPrefix(strings.Join(strings.Fields(htmltext.Text(tag)), ""), "#")
			if tag != "" && len(out) < mostTags && !slices.Contains(out, tag) {
				out = append(out, tag)
			}
		}
	}
	return out
}
