package bluesky

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/swell-radar/swell/scrapers/stream"
	"github.com/swell-radar/swell/term"
)

// The names that are asked for and looked for.
const (
	platform   = "bluesky"
	collection = "app.bsky.feed.post"
	tagFeature = "app.bsky.richtext.facet#tag"
	urlFeature = "app.bsky.richtext.facet#link"
)

// What is taken from one post. The lexicon allows far less: 3,000 bytes of text, tags of 640, eight
// more tags. Servers of accounts need not keep to it.
const (
	mostTags  = term.MaxTerms
	mostLinks = 32
	mostLang  = 64 // bytes
)

// decoder turns events of Jetstream into records. It keeps buffers: one goroutine at a time.
type decoder struct {
	s     scanner
	spans []span
	event event
}

// span is a part of a text, in bytes, and what stands in it.
type span struct {
	start, end int64
	tag        bool
}

// event is what the envelope of a message says. Its bytes are valid until the next message.
type event struct {
	did, kind, operation, collection, rkey []byte
	time                                   int64 // microseconds since 1970, by the server's clock
	commit, record, text                   bool  // whether there is one
}

func (e *event) post() bool {
	return string(e.kind) == "commit" && string(e.operation) == "create" && string(e.collection) == collection
}

// The structure that every event has, and every event of a new post. The errors name what is missing.
var (
	errTime   = errors.New("time_us is no time")
	errKind   = errors.New("kind is missing")
	errCommit = errors.New("commit is missing, in an event of that kind")
	errDID    = errors.New("did is missing")
	errRkey   = errors.New("commit.rkey is missing")
	errRecord = errors.New("commit.record is missing, in the event of a new post")
	errText   = errors.New("commit.record.text is missing, in the event of a new post")
	errUTF8   = errors.New("the message is not UTF-8")
)

// The times that are believed of a server: after Bluesky began, and before records end.
var (
	earliest = time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
)

// decode adds what one event holds to the batch and returns the event's time by the server's clock,
// 0 where it says none. The record of a post is at that time, or at now if that is earlier. Whatever is
// not a new post is passed over. An error says what cannot be understood; it is an item
// without a record then.
func (d *decoder) decode(message []byte, now int64, b *stream.Batch) (int64, error) {
	d.s.reset(message)
	d.spans = d.spans[:0]
	d.event = event{}
	from, rec := len(b.Buf), b.Next()
	text := d.envelope(b, rec)
	err := d.complete()
	post := err == nil && d.event.post()
	if post {
		err = d.finish(b, rec, text, now)
	}
	if !post || err != nil || nothing(rec) {
		b.Drop()
		b.Buf = b.Buf[:from]
	}
	if post || err != nil {
		b.Items++
	}
	return d.event.time, err
}

// complete says what is missing of the structure of an event.
func (d *decoder) complete() error {
	e := &d.event
	if e.time < earliest || e.time > latest {
		e.time = 0
	}
	switch {
	case d.s.failed, d.s.peek() != 0, d.s.at != len(d.s.text):
		return errNoJSON
	case e.time == 0:
		return errTime
	case len(e.kind) == 0:
		return errKind
	case string(e.kind) != "commit":
		return nil
	case !e.commit:
		return errCommit
	}
	if !e.post() {
		return nil
	}
	switch {
	case len(e.did) == 0:
		return errDID
	case len(e.rkey) == 0:
		return errRkey
	case !e.record:
		return errRecord
	case !e.text:
		return errText
	}
	return nil
}

// finish makes the record whole.
func (d *decoder) finish(b *stream.Batch, rec *term.Record, text []byte, now int64) error {
	e := &d.event
	if n := len(e.did) + 1 + len(e.rkey); n > term.MaxFieldBytes {
		return fmt.Errorf("did and commit.rkey have %d bytes, the most that an ID may have is %d", n, term.MaxFieldBytes)
	}
	if len(text) > term.MaxTextBytes {
		return fmt.Errorf("commit.record.text has %d bytes, the most is %d", len(text), term.MaxTextBytes)
	}
	if !utf8.Valid(text) || !utf8.Valid(e.did) || !utf8.Valid(e.rkey) || !utf8.ValidString(rec.Lang) || !valid(rec.Tags) || !valid(rec.Links) {
		return errUTF8
	}
	rec.Platform = platform
	rec.TS = min(e.time, now)
	id := len(b.Buf)
	b.Buf = append(append(append(b.Buf, e.did...), '/'), e.rkey...)
	rec.ID = b.Since(id)
	rec.Author = rec.ID[:len(e.did)]
	start := len(b.Buf)
	b.Buf = append(b.Buf, text...)
	d.blank(b.Buf[start:], text)
	rec.Text = strings.TrimSpace(b.Since(start))
	return nil
}

// blank puts spaces over the tags and links in a copy of a text, of which the record has the whole in its
// lists: another rule of where a tag ends, or a link that is cut short to be read, would make
// other terms of them. Where a place does not fit the text, nothing is done there.
func (d *decoder) blank(own, text []byte) {
	end := int64(len(text))
	for _, at := range d.spans {
		if at.start < 0 || at.end > end || at.start >= at.end ||
			!utf8.RuneStart(text[at.start]) || at.end < end && !utf8.RuneStart(text[at.end]) {
			continue
		}
		part := text[at.start:at.end]
		if at.tag && part[0] != '#' && part[0] != '$' && !bytes.HasPrefix(part, []byte("＃")) {
			continue
		}
		for i := at.start; i < at.end; i++ {
			own[i] = ' '
		}
	}
}

func valid(list []string) bool {
	for _, s := range list {
		if !utf8.ValidString(s) {
			return false
		}
	}
	return true
}

// nothing reports a post with nothing to count in it: a picture without words.
func nothing(rec *term.Record) bool {
	return rec.Text == "" && len(rec.Tags) == 0 && len(rec.Links) == 0
}
