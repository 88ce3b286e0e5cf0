package digest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
	"github.com/swell-radar/swell/internal/week"
)

// page is a digest for one audience, before it is written in a format. All its texts are harmless: what people
// wrote holds no line ends, nothing that turns the writing around, and is isolated where it stands in a sentence.
type page struct {
	title, headline string
	demo            bool
	sections        []section
	footer          []string
}

// section is a heading with a list, a table or a chart below, or just some lines.
type section struct {
	heading string
	lines   []string
	items   []item
	table   *table
	chart   *chart
	more    int // that were left out
}

// item is one of a list.
type item struct {
	aside string // by when
	lead  string // what it is about; a term where kind is set
	kind  string
	text  string
	link  string
	hours *line
}

// table has a row for each, of as many cells as there are columns; below stands what is said of a row.
type table struct {
	columns []column
	rows    []tableRow
}

type column struct {
	name  string
	right bool
}

type tableRow struct {
	cells []string
	link  string // of the first cell
	below string
}

// line are posts by hour, oldest first.
type line struct {
	hours []uint32
	today int    // from this hour on they are of the day
	alt   string // the same in words
}

// chart are several such lines, one on top of the other.
type chart struct {
	names    []string
	hours    [][]uint64
	from, to string // in words
	alt      string
	top      uint64 // the highest hour
}

// writer makes pages.
type pageWriter struct {
	d    *api.Digest
	base string
	zone *time.Location
	most int // rows of a list
}

func zoneOf(d *api.Digest) (*time.Location, error) { return week.Zone(d.Zone) }

func pageOf(d *api.Digest, s Style, zone *time.Location, most int) *page {
	w := &pageWriter{d: d, base: strings.TrimRight(s.Base, "/"), zone: zone, most: most}
	p := &page{title: w.title(), headline: plain(d.Headline), demo: d.Demo}
	switch s.Audience {
	case api.AudienceManager:
		w.manager(p)
	case api.AudienceStakeholder:
		w.stakeholder(p)
	case api.AudienceResearcher:
		w.researcher(p)
	}
	p.footer = w.footer()
	return p
}

func (p *page) add(s section) {
	if len(s.lines) > 0 || len(s.items) > 0 || s.table != nil && len(s.table.rows) > 0 || s.chart != nil {
		p.sections = append(p.sections, s)
	}
}

// title is the day in words.
func (w *pageWriter) title() string {
	day, err := time.Parse(time.DateOnly, w.d.Date)
	if err != nil {
		return "Trends of " + harmless(w.d.Date, longestTerm)
	}
	text := "Trends of " + day.Format("Monday, January 2")
	if w.d.Open {
		text += ", so far"
	}
	return text
}

// footer says what the numbers rest on.
func (w *pageWriter) footer() []string {
	var out []string
	if w.d.Coverage != nil {
		switch s := w.d.Coverage.Share; {
		case s == 1:
			out = append(out, "All of the day was seen.")
		case s == s:
			out = append(out, fmt.Sprintf("Of the platform that was seen least, %s of the day was seen.", share(s)))
		}
	}
	for _, s := range w.d.Unseen {
		out = append(out, plain(s))
	}
	if w.d.AsOf != nil {
		out = append(out, fmt.Sprintf("As of %s (%s).", w.d.AsOf.In(w.zone).Format("Mon 2 Jan 2006 15:04"), harmless(w.d.Zone, longestTerm)))
	}
	return out
}

// link is the address of a term; empty where there are no links.
func (w *pageWriter) link(kind, key string) string {
	if w.base == "" || kind == kindOfWatch {
		return ""
	}
	return w.base + api.TermPath(kind, key)
}

// kindOfWatch is the kind of the mentions of a watch list, which has no page of its own.
const kindOfWatch = "watch"

// line is what was posted by hour.
func (w *pageWriter) line(hours []uint32) *line {
	if len(hours) == 0 {
		return nil
	}
	top := highest(hours)
	out := &line{hours: hours, today: w.today(len(hours)), alt: "No posts in three days."}
	if hours[top] > 0 {
		at := w.d.HoursFrom.Add(time.Duration(top) * hour)
		out.alt = fmt.Sprintf("Posts by hour over three days: at most %s, on %s.", console.Count(uint64(hours[top])), moment(at, w.zone))
	}
	return out
}

// today is the first of the hours that is of the day.
func (w *pageWriter) today(n int) int {
	return min(max(0, int(w.d.Range.From.Sub(w.d.HoursFrom)/hour)), n)
}

func renderJSON(d *api.Digest) (*Document, error) {
	body, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("digest: cannot write that of %.80q as JSON: %w", d.Date, err)
	}
	return &Document{Type: api.TypeJSON, Body: append(body, '\n')}, nil
}
