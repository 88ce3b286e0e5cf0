package bluesky

import (
	"github.com/swell-radar/swell/scrapers/stream"
	"github.com/swell-radar/swell/term"
)

// envelope reads an event: what it is into d.event, what a post holds into the record. It returns
// the post's text.
func (d *decoder) envelope(b *stream.Batch, rec *term.Record) (text []byte) {
	s, e := &d.s, &d.event
	for more := s.enter('{'); more; more = s.more('{') {
		switch string(s.name()) {
		case "did":
			e.did, _ = s.str()
		case "time_us":
			e.time, _ = s.integer()
		case "kind":
			e.kind, _ = s.str()
		case "commit":
			text = d.commit(b, rec)
		default:
			s.skip()
		}
	}
	return text
}

func (d *decoder) commit(b *stream.Batch, rec *term.Record) (text []byte) {
	s, e := &d.s, &d.event
	e.commit, e.record, e.text = s.peek() == '{', false, false
	e.operation, e.collection, e.rkey = nil, nil, nil
	for more := s.enter('{'); more; more = s.more('{') {
		switch string(s.name()) {
		case "operation":
			e.operation, _ = s.str()
		case "collection":
			e.collection, _ = s.str()
		case "rkey":
			e.rkey, _ = s.str()
		case "record":
			if len(e.operation) > 0 && len(e.collection) > 0 && (string(e.operation) != "create" || string(e.collection) != collection) {
				s.skip()
				continue
			}
			text = d.post(b, rec)
		default:
			s.skip()
		}
	}
	return text
}

// post reads a record of app.bsky.feed.post.
func (d *decoder) post(b *stream.Batch, rec *term.Record) (text []byte) {
	s, e := &d.s, &d.event
	e.record, e.text = s.peek() == '{', false
	rec.Lang, rec.Tags, rec.Links, d.spans = "", rec.Tags[:0], rec.Links[:0], d.spans[:0]
	for more := s.enter('{'); more; more = s.more('{') {
		switch string(s.name()) {
		case "text":
			text, e.text = s.str()
		case "langs":
			d.langs(b, rec)
		case "tags":
			for more := s.enter('['); more; more = s.more('[') {
				tag, _ := s.str()
				addTag(b, rec, tag)
			}
		case "facets":
			for more := s.enter('['); more; more = s.more('[') {
				d.facet(b, rec)
			}
		case "embed":
			d.embed(b, rec)
		default:
			s.skip()
		}
	}
	return text
}

// langs takes the first language.
func (d *decoder) langs(b *stream.Batch, rec *term.Record) {
	s := &d.s
	for more := s.enter('['); more; more = s.more('[') {
		if lang, _ := s.str(); rec.Lang == "" && len(lang) <= mostLang {
			rec.Lang = b.Keep(lang)
		}
	}
}

// facet reads a place in the text and what its author's program says is there.
func (d *decoder) facet(b *stream.Batch, rec *term.Record) {
	s := &d.s
	at := span{start: -1}
	var tag, url bool
	for more := s.enter('{'); more; more = s.more('{') {
		switch string(s.name()) {
		case "index":
			for more := s.enter('{'); more; more = s.more('{') {
				switch string(s.name()) {
				case "byteStart":
					at.start, _ = s.integer()
				case "byteEnd":
					at.end, _ = s.integer()
				default:
					s.skip()
				}
			}
		case "features":
			for more := s.enter('['); more; more = s.more('[') {
				isTag, isURL := d.feature(b, rec)
				tag, url = tag || isTag, url || isURL
			}
		default:
			s.skip()
		}
	}
	if (tag || url) && len(d.spans) < mostTags+mostLinks {
		at.tag = tag
		d.spans = append(d.spans, at)
	}
}

// feature reads what stands in a place, and reports whether it was taken as a tag or as a link.
func (d *decoder) feature(b *stream.Batch, rec *term.Record) (tag, url bool) {
	s := &d.s
	var kind, name, uri []byte
	for more := s.enter('{'); more; more = s.more('{') {
		switch string(s.name()) {
		case "$type":
			kind, _ = s.str()
		case "tag":
			name, _ = s.str()
		case "uri":
			uri, _ = s.str()
		default:
			s.skip()
		}
	}
	switch string(kind) {
	case tagFeature:
		return addTag(b, rec, name), false
	case urlFeature:
		return false, addLink(b, rec, uri)
	}
	return false, false
}

// embed looks for the card of a web page: in the embed itself, or in the media beside a quoted post.
func (d *decoder) embed(b *stream.Batch, rec *term.Record) {
	s := &d.s
	for more := s.enter('{'); more; more = s.more('{') {
		switch string(s.name()) {
		case "external":
			d.card(b, rec)
		case "media":
			for more := s.enter('{'); more; more = s.more('{') {
				if string(s.name()) == "external" {
					d.card(b, rec)
				} else {
					s.skip()
				}
			}
		default:
			s.skip()
		}
	}
}

func (d *decoder) card(b *stream.Batch, rec *term.Record) {
	s := &d.s
	for more := s.enter('{'); more; more = s.more('{') {
		if string(s.name()) == "uri" {
			uri, _ := s.str()
			addLink(b, rec, uri)
		} else {
			s.skip()
		}
	}
}

func addTag(b *stream.Batch, rec *term.Record, tag []byte) bool {
	if len(tag) == 0 || len(tag) > term.MaxFieldBytes || len(rec.Tags) == mostTags {
		return false
	}
	rec.Tags = append(rec.Tags, b.Keep(tag))
	return true
}

// addLink adds a link unless it is there: most cards stand in the text as well.
func addLink(b *stream.Batch, rec *term.Record, uri []byte) bool {
	if len(uri) == 0 || len(uri) > term.MaxLinkBytes {
		return false
	}
	for _, link := range rec.Links {
		if link == string(uri) {
			return true
		}
	}
	if len(rec.Links) == mostLinks {
		return false
	}
	rec.Links = append(rec.Links, b.Keep(uri))
	return true
}
