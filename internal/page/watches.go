package page

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"net/http"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/chart"
)

// drawnLists is how many lists have their mentions drawn in the overview: each takes a question of its own.
const drawnLists = 24

// watchesBody is what GET /watches shows.
type watchesBody struct {
	api.WatchesAnswer
	Lists  []watchRow
	Change bool
}

// watchRow is a watch list in the overview.
type watchRow struct {
	api.WatchSummary
	Drawn bool
	mentioned
}

// Called is what people call the list.
func (w watchRow) Called() string { return cmp.Or(w.Title, w.Name) }

// mentioned is how often a list was mentioned in 72 hours.
type mentioned struct {
	Low, High api.Number // posts of the last 24 hours
	AtLeast   bool
	Hours     []uint32
	Known     bool
}

// Last24 writes how often it was mentioned in the last 24 hours.
func (m mentioned) Last24() string {
	if !m.Known || !known(m.Low) {
		return "–"
	}
	return boundsWords(m.Low, m.High, m.AtLeast)
}

// boundsWords writes a number that is known to lie between two.
func boundsWords(low, high api.Number, atLeast bool) string {
	switch {
	case !known(low) || !known(high):
		return "–"
	case atLeast:
		return "at least " + plainNumber(low, 0)
	case low == high:
		return plainNumber(low, 0)
	}
	return plainNumber(low, 0) + "–" + plainNumber(high, 0)
}

// Spark draws the hours; empty: they are not known.
func (m mentioned) Spark() template.HTML {
	if len(m.Hours) == 0 {
		return ""
	}
	spark := chart.Spark{Posts: m.Hours, Label: fmt.Sprintf("Mentions of the last %d hours; in the last 24: %s", len(m.Hours), m.Last24())}
	return spark.SVG()
}

// watches answers GET /watches.
func (p *Page) watches(v *viewer) *Answer {
	body := &watchesBody{Change: p.opt.API.Allows(v.Request, http.MethodPost, api.WatchesPath)}
	if problem := p.opt.API.Get(v.Request, api.WatchesPath, nil, &body.WatchesAnswer); problem != nil {
		return failed(problem)
	}
	for i, w := range body.Watches {
		row := watchRow{WatchSummary: w, Drawn: i < drawnLists}
		if row.Drawn {
			row.mentioned = p.mentionsOf(v, w.Name)
		}
		body.Lists = append(body.Lists, row)
	}
	return p.show(v, "watches", "Watch lists", "watches", body)
}

// mentionsOf asks how often a list was mentioned. Where that cannot be told, nothing is known.
func (p *Page) mentionsOf(v *viewer, name string) mentioned {
	var voice api.WatchVoice
	if problem := p.opt.API.Get(v.Request, api.WatchVoicePath(name), nil, &voice); problem != nil {
		return mentioned{}
	}
	return mentionsIn(&voice)
}

// mentionsIn sums up the points of an answer.
func mentionsIn(voice *api.WatchVoice) mentioned {
	const day = 24
	m := mentioned{Known: len(voice.Points) > 0}
	for i := range voice.Points {
		posts := voice.Points[i].Posts
		n := uint32(0)
		if known(posts.High) {
			n = uint32(min(max(float64(posts.High), 0), math.MaxUint32))
		}
		m.Hours = append(m.Hours, n)
		if i >= len(voice.Points)-day && known(posts.Low) && known(posts.High) {
			m.Low, m.High, m.AtLeast = m.Low+posts.Low, m.High+posts.High, m.AtLeast || posts.AtLeast
		}
	}
	return m
}
