package digest

import (
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

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

// linesOfBrief is how many lines each section of a brief has: chats show some dozen before they fold a message.
const linesOfBrief = 5

// BriefOf returns what of a digest fits into a chat, for the audience and with the links of the style: what it says to a
// manager as a list, and to others in numbers. Times are in the zone of the digest, or in UTC where that is not known.
func BriefOf(d *api.Digest, s Style) Brief {
	zone, err := zoneOf(d)
	if err != nil {
		zone = time.UTC
	}
	if s.Audience == "" {
		s.Audience = api.AudienceManager
	}
	p := pageOf(d, s, zone, linesOfBrief)
	out := Brief{Title: p.title, Headline: p.headline, Footer: strings.Join(p.footer, " ")}
	if p.demo {
		out.Title = "Demo: " + out.Title
	}
	for i := range p.sections {
		if b := briefOf(&p.sections[i]); len(b.Lines) > 0 {
			out.Sections = append(out.Sections, b)
		}
	}
	return out
}

func briefOf(s *section) Section {
	out := Section{Heading: s.heading}
	for _, l := range s.lines {
		out.Lines = append(out.Lines, Line{Text: l})
	}
	for i := range s.items[:min(len(s.items), linesOfBrief)] {
		it := &s.items[i]
		l := Line{Bold: it.lead, Text: it.text, Link: it.link}
		if it.lead == "" {
			l.Bold = it.aside
		}
		out.Lines = append(out.Lines, l)
	}
	more := s.more + max(0, len(s.items)-linesOfBrief)
	if s.table != nil {
		rows := s.table.rows
		more += max(0, len(rows)-linesOfBrief)
		for _, r := range rows[:min(len(rows), linesOfBrief)] {
			var parts []string
			for i, c := range r.cells[1:] {
				if c != "-" {
					parts = append(parts, strings.ToLower(s.table.columns[i+1].name)+" "+c)
				}
			}
			out.Lines = append(out.Lines, Line{Bold: r.cells[0], Text: strings.Join(parts, " · "), Link: r.link})
		}
	}
	if more > 0 {
		out.Lines = append(out.Lines, Line{Text: "… " + whole(more) + " more"})
	}
	return out
}
