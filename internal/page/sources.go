package page

import (
	"cmp"
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/chart"
)

// sourcesBody is what the page of sources shows.
type sourcesBody struct {
	V         *viewer
	Demo      bool
	AsOf      time.Time
	Sources   []*sourceCard // that are on: what is in trouble first
	Off       []*sourceCard
	Bad, Slow int // sources in trouble, and that wait
	Partly    int // that work but for some of their parts
	Platforms []*platformCard
	Window    *api.Span
	Status    *api.StatusAnswer // null where it cannot be had
}

// remembered is for how long it is told how a source was doing.
const remembered = 72 * time.Hour

// sources answers GET /sources, and with part=1 what a script puts in the place of what has grown old.
func (p *Page) sources(v *viewer) *Answer {
	body := &sourcesBody{V: v}
	if problem := p.gatherSources(v, body); problem != nil {
		return failed(problem)
	}
	if v.URL.Query().Get("part") == "1" {
		return p.part("sources", "sources-now", body)
	}
	return p.show(v, "sources", "Sources", "sources", body)
}

func (p *Page) gatherSources(v *viewer, body *sourcesBody) *api.Problem {
	var sources api.SourcesAnswer
	if problem := p.opt.API.Get(v.Request, api.SourcesPath, nil, &sources); problem != nil {
		return problem
	}
	body.Demo, body.AsOf = sources.Demo, sources.AsOf
	for i := range sources.Sources {
		c := v.sourceCard(&sources.Sources[i], sources.AsOf)
		switch c.Level {
		case levelOff:
			body.Off = append(body.Off, c)
			continue
		case levelBad:
			body.Bad++
		case levelWait:
			body.Slow++
		default:
			if len(c.Troubled) > 0 {
				body.Partly++
			}
		}
		body.Sources = append(body.Sources, c)
	}
	for i, c := range slices.Concat(body.Sources, body.Off) {
		c.ID = "source-" + strconv.Itoa(i) + "-" + slug(c.Name)
	}
	slices.SortStableFunc(body.Sources, func(a, b *sourceCard) int {
		return cmp.Or(cmp.Compare(levelOrder[a.Level], levelOrder[b.Level]), strings.Compare(a.Name, b.Name))
	})
	var status api.StatusAnswer
	if problem := p.opt.API.Get(v.Request, api.StatusPath, nil, &status); problem == nil {
		body.Status = &status
		var trends api.TrendsAnswer
		if problem := p.opt.API.Get(v.Request, api.TrendsPath, url.Values{"limit": {"1"}}, &trends); problem == nil {
			body.Window = trends.Window
			body.Platforms = v.platformCards(&status, &trends)
		}
	}
	return nil
}

// The levels of a source, as the page tells states apart.
const (
	levelGood = "good"
	levelWait = "wait"
	levelBad  = "bad"
	levelOff  = "off"
	levelDone = "done"
)

var levelOrder = map[string]int{levelBad: 0, levelWait: 1, levelGood: 2, levelDone: 3, levelOff: 4}

func levelOf(state string) string {
	switch state {
	case "ok":
		return levelGood
	case "starting", "paused", "throttled", "budget_spent":
		return levelWait
	case "ended":
		return levelDone
	case "off":
		return levelOff
	}
	return levelBad
}

// sourceCard is a source as the page shows it.
type sourceCard struct {
	api.SourceStatus
	V        *viewer
	ID       string
	Title    string // as people write its name
	State    shownWord
	Level    string
	Shown    []string // platforms that its own name does not tell
	Reason   string   // why it is in its state; empty: that needs no saying
	Advice   string   // what that means and what to do, in a sentence; empty: nothing
	Timeline template.HTML
	Worked   string // for how much of the last 72 hours, in words
	Budget   *meter
	Troubled []sourcePart // parts that are not well, as the next
	Well     []sourcePart
	Spells   []spell // its states, newest first
}

type sourcePart struct {
	api.SourcePart
	V     *viewer
	State shownWord
	Level string
}

// spell is a time that a source was in one state.
type spell struct {
	State    shownWord
	Level    string
	From, To time.Time
	Lasting  string
	Running  bool
}

func (v *viewer) sourceCard(s *api.SourceStatus, asOf time.Time) *sourceCard {
	c := &sourceCard{SourceStatus: *s, V: v, Title: sourceTitle(s.Name), State: stateWord(s.State), Level: levelOf(s.State)}
	c.Advice, c.Reason = stateAdvice(s.State, c.Title), v.Reason(s.Why)
	if s.State == "starting" && s.Why != "" {
		c.Advice = "" // the reason says more
	}
	for _, name := range s.Platforms {
		if shown := platformName(name); shown != c.Title {
			c.Shown = append(c.Shown, shown)
		}
	}
	if s.RequestsLeft != nil && s.RequestsPerDay != nil && *s.RequestsPerDay > 0 {
		c.Budget = newMeter(float64(*s.RequestsLeft) / float64(*s.RequestsPerDay))
	}
	for _, part := range s.Parts {
		row := sourcePart{SourcePart: part, V: v, State: stateWord(part.State), Level: levelOf(part.State)}
		row.Why = v.Reason(part.Why)
		if row.Level == levelGood || row.Level == levelDone {
			c.Well = append(c.Well, row)
		} else {
			c.Troubled = append(c.Troubled, row)
		}
	}
	v.course(c, asOf)
	return c
}

// course fills in how the source was doing in the last 72 hours.
func (v *viewer) course(c *sourceCard, asOf time.Time) {
	begin := asOf.Add(-remembered)
	line := &chart.Timeline{From: begin, To: asOf, Zone: v.zone}
	var worked time.Duration
	for i, h := range c.History {
		from, to := h.From, asOf
		if i+1 < len(c.History) {
			to = c.History[i+1].From
		}
		if from.Before(begin) {
			from = begin
		}
		if !to.After(begin) {
			continue
		}
		s := spell{State: stateWord(h.State), Level: levelOf(h.State), From: from, To: to, Lasting: lasting(to.Sub(from)), Running: i+1 == len(c.History)}
		level := s.Level
		if level == levelDone || h.State == "paused" { // all that there is was seen
			level = levelGood
		}
		if level == levelGood {
			worked += to.Sub(from)
		}
		line.Pieces = append(line.Pieces, chart.TimePiece{From: from, To: to, Level: level, Text: s.State.Label + " from " + v.When(from) + ", " + s.Lasting})
		c.Spells = append(c.Spells, s)
	}
	slices.Reverse(c.Spells)
	if len(c.Spells) > maxSpells {
		c.Spells = c.Spells[:maxSpells]
	}
	of := "of the last 72 hours"
	if len(c.History) > 0 && c.History[0].From.After(begin.Add(time.Minute)) {
		of = "of the " + lasting(asOf.Sub(c.History[0].From)) + " since it was started"
	}
	switch {
	case len(c.History) == 0:
		c.Worked = "nothing is known of the last 72 hours"
	case worked == 0:
		c.Worked = "worked for none " + of
	default:
		c.Worked = "worked " + lasting(worked) + " " + of
	}
	line.Label = "The last 72 hours: " + c.Worked
	c.Timeline = line.SVG()
}

// maxSpells is how many changes of state a page tells of one source.
const maxSpells = 20

// moments are what reasons hold for programs.
var moments = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`)

// Reason is why something is as it is, its times as the viewer has them.
func (v *viewer) Reason(why string) string {
	return moments.ReplaceAllStringFunc(text(why), func(s string) string {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return s
		}
		return v.When(t)
	})
}

// slug makes part of an element's name of what somebody named.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, s[:min(len(s), 40)])
}
