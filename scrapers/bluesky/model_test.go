package bluesky

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/swell-radar/swell/term"
)

// modelMessage is an event as encoding/json reads it.
type modelMessage struct {
	DID    string `json:"did"`
	TimeUS int64  `json:"time_us"`
	Kind   string `json:"kind"`
	Commit *struct {
		Operation  string `json:"operation"`
		Collection string `json:"collection"`
		Rkey       string `json:"rkey"`
		Record     *struct {
			Text   *string  `json:"text"`
			Langs  []string `json:"langs"`
			Tags   []string `json:"tags"`
			Facets []struct {
				Index struct {
					Start *int64 `json:"byteStart"`
					End   int64  `json:"byteEnd"`
				} `json:"index"`
				Features []struct {
					Type string `json:"$type"`
					Tag  string `json:"tag"`
					URI  string `json:"uri"`
				} `json:"features"`
			} `json:"facets"`
			Embed *struct {
				External modelCard `json:"external"`
				Media    struct {
					External modelCard `json:"external"`
				} `json:"media"`
			} `json:"embed"`
		} `json:"record"`
	} `json:"commit"`
}

type modelCard struct {
	URI string `json:"uri"`
}

// model decodes an event, slowly and by another way than decode does: what is not in the types that
// the lexicon gives, modelMessage does not read, and ok is false then. rec is nil where nothing comes of the event.
func model(message []byte, now int64) (rec *term.Record, ok bool) {
	var m modelMessage
	r := json.NewDecoder(bytes.NewReader(message))
	if err := r.Decode(&m); err != nil {
		return nil, false
	}
	c := m.Commit
	if m.TimeUS < earliest || m.TimeUS > latest || m.Kind != "commit" || c == nil || c.Operation != "create" || c.Collection != collection ||
		m.DID == "" || c.Rkey == "" || c.Record == nil || c.Record.Text == nil {
		return nil, true
	}
	post := c.Record
	rec = &term.Record{Platform: "bluesky", TS: min(m.TimeUS, now), ID: m.DID + "/" + c.Rkey, Author: m.DID}
	for _, lang := range post.Langs {
		if rec.Lang == "" && len(lang) <= mostLang {
			rec.Lang = lang
		}
	}
	text := []byte(*post.Text)
	tag := func(s string) bool {
		if s != "" && len(s) <= term.MaxFieldBytes {
			rec.Tags = append(rec.Tags, s)
			return true
		}
		return false
	}
	links := map[string]bool{}
	link := func(s string) bool {
		if s == "" || len(s) > term.MaxLinkBytes {
			return false
		}
		if !links[s] {
			rec.Links = append(rec.Links, s)
		}
		links[s] = true
		return true
	}
	// The order is that of encoding/json's objects: by name.
	if post.Embed != nil {
		link(post.Embed.External.URI)
		link(post.Embed.Media.External.URI)
	}
	for _, f := range post.Facets {
		tagged, linked := false, false
		for _, feature := range f.Features {
			switch feature.Type {
			case "app.bsky.richtext.facet#tag":
				tagged = tag(feature.Tag) || tagged
			case "app.bsky.richtext.facet#link":
				linked = link(feature.URI) || linked
			}
		}
		from, to := int64(-1), f.Index.End
		if f.Index.Start != nil {
			from = *f.Index.Start
		}
		if !tagged && !linked || from < 0 || from >= to || to > int64(len(*post.Text)) {
			continue
		}
		place := (*post.Text)[from:to]
		first, _ := utf8.DecodeRuneInString(place)
		if !utf8.ValidString(place) || tagged && first != '#' && first != '$' && first != '＃' {
			continue
		}
		copy(text[from:to], strings.Repeat(" ", len(place)))
	}
	for _, s := range post.Tags {
		tag(s)
	}
	rec.Text = strings.TrimSpace(string(text))
	if rec.Text == "" && len(rec.Tags)+len(rec.Links) == 0 {
		return nil, true
	}
	return rec, true
}
