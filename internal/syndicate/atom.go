package syndicate

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"strings"
	"time"
)

const (
	// AtomType is the media type of a feed (RFC 4287, section 7).
	AtomType = "application/atom+xml; charset=utf-8"

	// MaxEntries is how many entries a feed has at most.
	MaxEntries = 100
)

type atomFeed struct {
	XMLName   xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang      string      `xml:"xml:lang,attr"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Subtitle  string      `xml:"subtitle"`
	Updated   string      `xml:"updated"`
	Links     []atomLink  `xml:"link"`
	Author    atomAuthor  `xml:"author"`
	Generator string      `xml:"generator"`
	Entries   []atomEntry `xml:"entry"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr"`
	Label  string `xml:"label,attr"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Published  string         `xml:"published"`
	Updated    string         `xml:"updated"`
	Link       atomLink       `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Summary    string         `xml:"summary"`
	Content    atomContent    `xml:"content"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	HTML string `xml:",chardata"`
}

// Atom writes a feed of rises, in their order, of which there are at most [MaxEntries]. updated is when the
// newest change of any trend that is asked for was found. An error is one of encoding/xml, which has no reason
// for one.
func Atom(s *Site, updated time.Time, rises []Rise) ([]byte, error) {
	feed := atomFeed{
		Lang: "en", ID: s.tag() + "trends" + s.search(), Title: s.title(),
		Subtitle: "Hashtags and sounds that are about to trend; an entry is updated when the phase of its trend changes.",
		Updated:  stamp(updated), Links: []atomLink{{Rel: "self", Type: "application/atom+xml", Href: s.self()}},
		Author: atomAuthor{"Swell"}, Generator: "Swell", Entries: make([]atomEntry, 0, len(rises)),
	}
	for i := range rises[:min(len(rises), MaxEntries)] {
		feed.Entries = append(feed.Entries, s.entry(&rises[i]))
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", " ")
	if err := e.Encode(&feed); err != nil {
		return nil, fmt.Errorf("cannot write a feed: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func (s *Site) entry(r *Rise) atomEntry {
	category := func(of, term string) atomCategory {
		return atomCategory{Term: clean(term), Scheme: s.tag() + of, Label: clean(term)}
	}
	sentences := r.sentences()
	return atomEntry{
		ID: s.id(r), Title: s.titleOf(r), Published: stamp(r.Raised), Updated: stamp(r.Last.TS),
		Link:       atomLink{Rel: "alternate", Type: "application/json", Href: s.link(r)},
		Categories: []atomCategory{category("kind", r.Last.Kind), category("platform", r.Last.Platform), category("phase", r.Last.Phase)},
		Summary:    s.marked(strings.Join(sentences, " ")),
		Content:    atomContent{Type: "html", HTML: s.html(r, sentences)},
	}
}

// html shows a rise. Feed readers clean what they show, but not all do it well: there is no tag in it that
// does anything, no attribute but the address of a link, and what people wrote is escaped.
func (s *Site) html(r *Rise, sentences []string) string {
	var b strings.Builder
	if s.Demo {
		b.WriteString("<p><strong>All of this is made up.</strong></p>")
	}
	fmt.Fprintf(&b, "<p><strong><bdi>%s</bdi></strong> on <bdi>%s</bdi>: <strong>%s</strong></p><ul>",
		html.EscapeString(clean(r.name())), html.EscapeString(clean(r.Last.Platform)), html.EscapeString(clean(r.Last.Phase)))
	for _, sentence := range sentences {
		fmt.Fprintf(&b, "<li>%s</li>", html.EscapeString(sentence))
	}
	fmt.Fprintf(&b, "</ul><p><a href=\"%s\">All that is known of it</a></p>", html.EscapeString(s.link(r)))
	return b.String()
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
