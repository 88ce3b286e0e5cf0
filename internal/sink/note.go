package sink

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
	"github.com/swell-radar/swell/internal/digest"
	"github.com/swell-radar/swell/internal/message"
)

// note is a message in the order in which it is read, in plain text that is clean. Services differ in how they write
// it, not in what it says.
type note struct {
	Label  string // what it is: Crisis
	Title  string
	Tone   string // a severity, or empty
	Parts  []part
	Links  []link
	Footer string
}

// part is a heading with lines below it; it may have no heading.
type part struct {
	Heading string
	Lines   []line
}

// line begins with Bold, which may be empty. Link is an address that belongs to it, or empty.
type line struct{ Bold, Text, Link string }

func (l line) String() string {
	switch {
	case l.Bold == "":
		return l.Text
	case l.Text == "":
		return l.Bold
	}
	return l.Bold + ": " + l.Text
}

// link is an address of the endpoint, and what is to be read on it.
type link struct{ Text, URL string }

// writer writes digests.
type writer struct {
	render func(*api.Digest, digest.Style) (*digest.Document, error)
	brief  func(*api.Digest, digest.Style) digest.Brief
}

var standard = writer{render: digest.Render, brief: digest.BriefOf}

// noteOf returns what a message says.
func (w writer) noteOf(m *message.Message) note {
	var n note
	switch {
	case m.Kind == message.Digest && m.Digest != nil:
		n = w.digestNote(m)
	case m.Alert != nil:
		n = alertNote(m)
	default:
		n = note{Label: "Test", Title: m.Title(), Parts: []part{{Lines: []line{{Text: "This is what was asked for by swell sink test. There is nothing to do."}}}}}
	}
	n.Title = clean(n.Title)
	if n.Title == "" {
		n.Title = "(nothing that can be shown)" // services refuse empty texts
	}
	n.Parts = filled(n.Parts)
	if m.Demo {
		n.Label += " (demo)"
		n.Footer = strings.TrimSpace("This is a demo: all of it is made up. " + n.Footer)
	}
	return n
}

// filled returns the parts without lines that say nothing once they are clean.
func filled(parts []part) []part {
	var out []part
	for _, p := range parts {
		p.Lines = slices.DeleteFunc(p.Lines, func(l line) bool { return l.Text == "" && l.Bold == "" })
		if len(p.Lines) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// label is what an alert is, in a word or two.
func label(m *message.Message) string {
	switch {
	case m.Kind == message.Over:
		return "Over"
	case m.Kind == message.Change:
		return "Changed"
	case m.Alert.Severity == api.SeverityCrisis:
		return "Crisis"
	case m.Alert.Severity == api.SeverityWarning:
		return "Warning"
	}
	return "Alert"
}

// alertNote says what, where, how sure, how long is left, what to do by when, and why.
func alertNote(m *message.Message) note {
	a := m.Alert
	zone := zoneOf(m)
	n := note{Label: label(m), Title: a.Title, Tone: a.Severity, Footer: fmt.Sprintf("Rule %s, found %s.", clean(a.Rule), moment(a.TS, zone))}
	if m.Kind == message.Over {
		n.Tone = ""
	}
	var facts part
	add := func(bold, text string) {
		if text != "" {
			facts.Lines = append(facts.Lines, line{Bold: bold, Text: text})
		}
	}
	add("Where", platforms(a))
	add("How sure", confidence(a))
	if m.Kind != message.Over {
		add("Time left", hoursLeft(a))
		add("What to do", clean(a.Advice))
		if a.ActBy != nil {
			add("By", moment(*a.ActBy, zone))
		}
	}
	n.Parts = append(n.Parts, facts)
	if len(a.Reasons) > 0 {
		why := part{Heading: "Why"}
		for _, r := range a.Reasons {
			why.Lines = append(why.Lines, line{Text: clean(r)})
		}
		n.Parts = append(n.Parts, why)
	}
	if p := withIt(a); len(p.Lines) > 0 {
		n.Parts = append(n.Parts, p)
	}
	if base := pageBase(m); base != "" {
		n.Links = append(n.Links, link{"Open the alert", tame(base + api.AlertsPath + "/" + url.PathEscape(a.ID))})
		if a.Kind != "" && a.Kind != "watch" && a.Key != "" && len(a.Key) <= 300 {
			n.Links = append(n.Links, link{"Open the numbers", tame(base + api.TermPath(a.Kind, a.Key))})
		}
	}
	return n
}

// most of what is named one after the other in a line.
const most = 8

// withIt is what comes in the same posts more than usual.
func withIt(a *api.Alert) part {
	p := part{Heading: "In the same posts"}
	var words []string
	for _, w := range a.Words[:min(len(a.Words), most)] {
		words = append(words, fmt.Sprintf("%s (%s)", short(w.Word), count(w.Posts)))
	}
	if len(words) > 0 {
		p.Lines = append(p.Lines, line{Bold: "Words", Text: strings.Join(words, ", ")})
	}
	var links, terms []string
	for _, r := range a.Company {
		name := fmt.Sprintf("%s (%s)", short(r.Term), count(r.Both))
		if r.Kind == "link" {
			links = append(links, name)
		} else {
			terms = append(terms, name)
		}
	}
	if len(links) > 0 {
		p.Lines = append(p.Lines, line{Bold: "Links", Text: strings.Join(links[:min(len(links), most)], ", ")})
	}
	if len(terms) > 0 {
		p.Lines = append(p.Lines, line{Bold: "Terms", Text: strings.Join(terms[:min(len(terms), most)], ", ")})
	}
	return p
}

func count(n uint64) string {
	if n == 1 {
		return "1 post"
	}
	return console.Count(n) + " posts"
}

// short is a term among others.
func short(s string) string { return cut(clean(s), 80, units) }

func platforms(a *api.Alert) string {
	var out []string
	for _, p := range a.Platforms {
		s := short(p.Platform)
		if p.Phase != "" {
			s += " (" + short(p.Phase) + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// confidence is that of the platform on which it is highest.
func confidence(a *api.Alert) string {
	best := -1.0
	for _, p := range a.Platforms {
		best = max(best, known(p.Confidence))
	}
	if best < 0 {
		return ""
	}
	return console.Share(best)
}

// known returns a number, and -1 for one that is not known.
func known(n api.Number) float64 {
	if f := float64(n); f >= 0 {
		return f
	}
	return -1
}

// hoursLeft is the range of the platform on which it lasts longest.
func hoursLeft(a *api.Alert) string {
	var longest *api.Range
	for _, p := range a.Platforms {
		if r := p.HoursLeft; r != nil && known(r.Low) >= 0 && known(r.High) >= 0 && (longest == nil || r.Mid > longest.Mid) {
			longest = r
		}
	}
	if longest == nil {
		return ""
	}
	low, high := console.Decimal(float64(longest.Low), 0), console.Decimal(float64(longest.High), 0)
	if low == high {
		return "about " + low + " h"
	}
	return low + " to " + high + " h"
}

// digestNote is what of a digest fits into a chat.
func (w writer) digestNote(m *message.Message) note {
	base := pageBase(m)
	b := w.brief(m.Digest, digest.Style{Audience: m.Audience, Base: base})
	n := note{Label: "Digest", Title: b.Title, Footer: clean(b.Footer)}
	if b.Headline != "" && b.Headline != b.Title {
		n.Parts = append(n.Parts, part{Lines: []line{{Text: clean(b.Headline)}}})
	}
	for _, s := range b.Sections {
		p := part{Heading: clean(s.Heading)}
		for _, l := range s.Lines {
			p.Lines = append(p.Lines, line{Bold: clean(l.Bold), Text: clean(l.Text), Link: ours(base, l.Link)})
		}
		n.Parts = append(n.Parts, p)
	}
	if base != "" {
		n.Links = append(n.Links, link{"Open the whole digest", tame(digestAddress(base, m, api.DigestHTML))})
	}
	return n
}

// digestAddress returns where the digest of a message can be read: that one, of the same day, platforms and lists. An
// empty format is that of whoever asks.
func digestAddress(base string, m *message.Message, format string) string {
	query := url.Values{}
	set := func(name, value string) {
		if value != "" {
			query.Set(name, value)
		}
	}
	set("format", format)
	set("zone", m.Digest.Zone)
	set("platform", strings.Join(m.Platforms, ","))
	set("watch", strings.Join(m.Watches, ","))
	if m.Digest.Week != nil {
		set("week", "1")
	}
	if format != "" {
		set("audience", m.Audience)
	}
	address := base + api.DigestsPath + "/" + url.PathEscape(m.Digest.Date)
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}

// baseOf returns the address that links begin with, or nothing if it is none of the web.
func baseOf(m *message.Message) string {
	u, err := url.Parse(m.Base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return strings.TrimRight(u.Scheme+"://"+u.Host+u.EscapedPath(), "/")
}

// pageBase returns the same for links that people open, or nothing where a browser would be asked for a token.
func pageBase(m *message.Message) string {
	if m.Guarded {
		return ""
	}
	return baseOf(m)
}

// ours returns an address in a form that is safe in every service's, if it is one of the endpoint's; else nothing.
func ours(base, s string) string {
	u, err := url.Parse(s)
	if base == "" || err != nil || !strings.HasPrefix(s, base+"/") {
		return ""
	}
	return tame(u.String())
}

// tame escapes what may stand in an address and means something to one service or other in the text around it: the end
// of a link, the name of somebody, formatting.
func tame(address string) string {
	return strings.NewReplacer("(", "%28", ")", "%29", "[", "%5B", "]", "%5D", "|", "%7C", "<", "%3C", ">", "%3E", "\"", "%22", "'", "%27",
		"*", "%2A", "@", "%40", "!", "%21", "`", "%60", " ", "%20", "\\", "%5C").Replace(address)
}

// zoneOf returns the zone that hours are told in.
func zoneOf(m *message.Message) *time.Location {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func moment(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("Mon, 2 Jan 2006, 15:04 MST")
}
