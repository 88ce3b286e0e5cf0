package youtube

import (
	"errors"
	"strconv"
	"strings"

	"github.com/swell-radar/swell/scrapers/entries"
	"github.com/swell-radar/swell/term"
)

// record makes an occurrence of a video.
func record(_ *entries.Feed, e *entries.Entry) (term.Record, error) {
	id, _, ok := e.Ext("videoId")
	if !ok || id == "" {
		if id, ok = strings.CutPrefix(e.ID, "yt:video:"); !ok || id == "" {
			return term.Record{}, errors.New("it has no yt:videoId")
		}
	}
	author, _, ok := e.Ext("channelId")
	if !ok || author == "" {
		author = e.Author
	}
	description, _, _ := e.Ext("description")
	text := strings.TrimSpace(e.Title + "\n" + description)
	return term.Record{
		Platform: name, ID: strings.TrimSpace(id), Author: author, Text: text, Links: term.LinksIn(nil, text), Metrics: metrics(e),
	}, nil
}

// metrics returns the numbers of a video; those that are not given are left out.
func metrics(e *entries.Entry) []term.Metric {
	var out []term.Metric
	add := func(name, element, attribute string) {
		_, attrs, _ := e.Ext(element)
		if n, err := strconv.ParseUint(strings.TrimSpace(attrs[attribute]), 10, 64); err == nil {
			out = append(out, term.Metric{Name: name, Value: float64(n)})
		}
	}
	add("likes", "starRating", "count")
	add("views", "statistics", "views")
	return out
}
