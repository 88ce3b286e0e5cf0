package entries

import (
	"bufio"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html/charset"
)

// level is an element that is open.
type level struct {
	from  int64 // where it begins
	one   bool  // it is an item, or within one, or holds none
	text  int   // bytes of text directly in it
	names int   // prefixes of namespaces that can be used in it
}

// checkXML is [check] for XML. It reads it by the same decoder, set up in the same way, as the parser, so
// that an element is open here for as long as there, whatever is not closed or closed twice.
func checkXML(ctx context.Context, body []byte) error {
	in := &tagReader{in: bufio.NewReader(bytes.NewReader(body))}
	d := xml.NewDecoder(in)
	d.Strict = false
	d.CharsetReader = func(label string, _ io.Reader) (io.Reader, error) {
		r, err := charset.NewReaderLabel(label, in.in)
		if err != nil {
			return nil, err
		}
		in.in = bufio.NewReader(r)
		return in, nil
	}
	c := xmlCheck{count: count{ctx: ctx}}
	for {
		from := d.InputOffset()
		t, err := d.Token()
		if errors.Is(err, errLongTag) {
			return beyond(mostOfTag, "bytes in one tag")
		}
		if err != nil {
			return nil // also at the end; the parser says what is wrong
		}
		in.begin()
		switch v := t.(type) {
		case xml.StartElement:
			err = c.start(v, from)
		case xml.EndElement:
			err = c.end(d.InputOffset())
		case xml.CharData:
			err = c.text(len(v))
		default:
			err = c.token(0)
		}
		if err != nil || c.ended() {
			return err // the parser does not look at what comes behind the feed
		}
	}
}

type xmlCheck struct {
	count
	open     []level
	elements int
	dates    int
	work     int
}

func (c *xmlCheck) start(e xml.StartElement, from int64) error {
	if len(c.open) == deepest {
		return beyond(deepest, "levels")
	}
	l := level{from: from}
	name := strings.ToLower(e.Name.Local)
	if n := len(c.open); n > 0 {
		l.one, l.names = c.open[n-1].one, c.open[n-1].names
		if l.one {
			l.from = c.open[n-1].from
		}
	}
	if !l.one && !holdsItems(name) {
		l.one = true
	}
	for _, a := range e.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			l.names++
		}
	}
	if l.names > mostNames {
		return beyond(mostNames, "namespaces")
	}
	c.open = append(c.open, l)
	c.elements++
	switch name {
	case "item", "entry":
		if err := c.item(); err != nil {
			return err
		}
	case "pubdate", "lastbuilddate", "updated", "published", "modified", "issued", "created":
		if c.dates++; c.dates > mostDates {
			return beyond(mostDates, "dates")
		}
	}
	return c.token(1 + len(e.Attr))
}

// holdsItems reports elements that may be as long as a feed.
func holdsItems(name string) bool {
	return name == "rss" || name == "rdf" || name == "channel" || name == "feed"
}

func (c *xmlCheck) end(at int64) error {
	if n := len(c.open); n > 0 {
		if c.open[n-1].one && at-c.open[n-1].from > mostOfOne {
			return beyond(mostOfOne, "bytes in one item")
		}
		c.open = c.open[:n-1]
	}
	return c.token(0)
}

// ended reports that the outermost element has ended.
func (c *xmlCheck) ended() bool { return c.elements > 0 && len(c.open) == 0 }

func (c *xmlCheck) text(n int) error {
	if len(c.open) > 0 {
		l := &c.open[len(c.open)-1]
		l.text += n
		if c.work += l.text; c.work > mostWork {
			return beyond(mostWork, "bytes of work in its texts")
		}
	}
	return c.token(0)
}

// errLongTag ends the reading of a tag before the decoder has made a list of all of its attributes.
var errLongTag = errors.New("a tag is too long")

// tagReader gives a decoder the bytes of a document, and an error within a start tag that is too long.
type tagReader struct {
	in   *bufio.Reader
	last byte
	n    int  // bytes of the token so far
	tag  bool // it may be a start tag
}

// begin says that the decoder has given a token. It has read one byte of the next one already
// where that was a text: the '<' at its end.
func (r *tagReader) begin() {
	r.n, r.tag = 0, false
	if r.last == '<' {
		r.note('<')
	}
}

func (r *tagReader) note(b byte) {
	switch r.n++; r.n {
	case 1:
		r.tag = b == '<'
	case 2:
		r.tag = r.tag && b != '!' && b != '?' && b != '/'
	}
}

// ReadByte implements [io.ByteReader], which is all that a decoder asks for where it is there.
func (r *tagReader) ReadByte() (byte, error) {
	b, err := r.in.ReadByte()
	if err != nil {
		return 0, err
	}
	r.last = b
	if r.note(b); r.tag && r.n > mostOfTag {
		return 0, errLongTag
	}
	return b, nil
}

// Read implements [io.Reader].
func (r *tagReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := r.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}
