package sink

import "fmt"

// room is what a service takes of a note.
type room struct {
	title int // of the title alone
	line  int // of one line
	total int // of all text, the title included
	lines int // that there may be, headings included
	of    cost
}

// within returns the note as it fits: lines that are too long are cut, and what comes behind what fits is left out, and
// said to be. The links and the footer, which has at most 300, are always there; the total is for the rest.
func (n note) within(r room) note {
	out := note{Label: n.Label, Tone: n.Tone, Links: n.Links}
	out.Title = cut(n.Title, r.title, r.of)
	out.Footer = cut(n.Footer, min(300, r.line), r.of)
	total := 0
	for _, p := range n.Parts {
		total += len(p.Lines)
	}
	left := r.total - r.of(out.Title) - 350 // with what is said of the rest
	lines, told := r.lines-1, 0
	for _, p := range n.Parts {
		fitting := part{Heading: cut(p.Heading, min(100, r.line), r.of)}
		head := r.of(fitting.Heading)
		for _, l := range p.Lines {
			l = l.within(r)
			c := r.of(l.String()) + units(l.Link) + 12 + head
			if c > left || lines <= 1 {
				break
			}
			if len(fitting.Lines) == 0 && p.Heading != "" {
				lines--
			}
			left, head = left-c, 0
			lines--
			told++
			fitting.Lines = append(fitting.Lines, l)
		}
		if len(fitting.Lines) > 0 {
			out.Parts = append(out.Parts, fitting)
		}
		if len(fitting.Lines) < len(p.Lines) {
			break
		}
	}
	if told < total {
		out.Parts = append(out.Parts, part{Lines: []line{{Text: fmt.Sprintf("Left out here: %d more of %d lines.", total-told, total)}}})
	}
	return out
}

func (l line) within(r room) line {
	l.Bold = cut(l.Bold, r.line/3, r.of)
	l.Text = cut(l.Text, r.line-r.of(l.Bold)-4, r.of)
	if len(l.Link) > 1000 {
		l.Link = ""
	}
	return l
}
