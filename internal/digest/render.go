package digest

import (
	"fmt"
	"slices"
	"time"

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

// maxHTML is how many bytes an HTML document has at most: some mail clients cut what is behind 102 KB off.
const maxHTML = 100_000

// Render writes a digest. The same arguments give the same bytes. What people wrote is text in all formats, and what would
// turn the writing around or does not end is left out. HTML is made for mail clients and has at most 100,000 bytes:
// lists are cut where they would make it longer, and say so. A digest with a zone that is not known, and a style with an
// audience or a format that there is none of, are errors.
func Render(d *api.Digest, s Style) (*Document, error) {
	zone, err := check(d, s)
	if err != nil {
		return nil, err
	}
	switch s.Format {
	case api.DigestJSON:
		return renderJSON(d)
	case api.DigestText:
		return &Document{Type: "text/plain; charset=utf-8", Body: textOf(pageOf(d, s, zone, api.MaxDigestTrends))}, nil
	case api.DigestMarkdown:
		return &Document{Type: "text/markdown; charset=utf-8", Body: markdownOf(pageOf(d, s, zone, api.MaxDigestTrends))}, nil
	}
	for most := api.MaxDigestTrends; ; most /= 2 {
		out, err := htmlOf(pageOf(d, s, zone, most), s)
		if err != nil || len(out.Body) <= maxHTML || most == 0 {
			return out, err
		}
	}
}

func check(d *api.Digest, s Style) (*time.Location, error) {
	audiences := []string{api.AudienceManager, api.AudienceStakeholder, api.AudienceResearcher}
	formats := []string{api.DigestJSON, api.DigestHTML, api.DigestMarkdown, api.DigestText}
	switch {
	case d == nil:
		return nil, fmt.Errorf("digest: there is none to be written")
	case !slices.Contains(audiences, s.Audience):
		return nil, fmt.Errorf("digest: the audience is %.80q; use manager, stakeholder or researcher", s.Audience)
	case !slices.Contains(formats, s.Format):
		return nil, fmt.Errorf("digest: the format is %.80q; use html, md, json or txt", s.Format)
	}
	zone, err := zoneOf(d)
	if err != nil {
		return nil, fmt.Errorf("digest: the zone is %.80q; use an IANA name, as in Europe/Berlin", d.Zone)
	}
	return zone, nil
}
