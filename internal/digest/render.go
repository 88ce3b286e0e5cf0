package digest

import (
	"fmt"

	"github.com/swell-radar/swell/internal/api"
)

// Document is a digest as it is read.
type Document struct {
	Type   string // media type
	Body   []byte
	Images []Image // what the body shows by their names, as in src="cid:NAME"
}

// Image is a picture in a document.
type Image struct {
	Name string // letters, digits, '-' and '.', each once in a document
	Alt  string
	PNG  []byte
}

// Style says how a digest is written.
type Style struct {
	Audience string // one of the api.Audience constants
	Format   string // one of the api.Digest… constants
	Base     string // address of the endpoint, with which links begin; empty: there are none
	// Attached puts pictures beside the document (for mail); else they stand in it.
	Attached bool
}

// Render writes a digest. The same arguments give the same bytes.
func Render(d *api.Digest, s Style) (*Document, error) {
	return nil, fmt.Errorf("cannot write a digest as %q", s.Format)
}

// Brief is a digest for a chat: some lines of plain text, which the caller escapes.
type Brief struct {
	Title    string // short: Trends of Saturday, November 21
	Headline string
	Sections []Section
	Footer   string // coverage, and what does not fit
}

// Section is a heading with some lines.
type Section struct {
	Heading string
	Lines   []Line
}

// Line is one line of plain text. Bold is how it begins; Link is an address that belongs to it, or empty.
type Line struct {
	Bold, Text, Link string
}

// BriefOf returns what of a digest fits into a chat, for the audience and with the links of the style.
func BriefOf(d *api.Digest, s Style) Brief { return Brief{Title: d.Date, Headline: d.Headline} }
