package digest

import (
	"fmt"
	"strings"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

// manager tells what to do first, and then what is going on.
func (w *pageWriter) manager(p *page) {
	p.add(w.todo())
	p.add(w.alerts(8))
	p.add(w.brief("New", w.d.New, w.d.Counts.New, 8))
	p.add(w.brief("Growing", w.d.Rising, w.d.Counts.Rising, 8))
	p.add(w.brief("At the peak", w.d.Peaking, w.d.Counts.Peaking, 5))
	p.add(w.watches())
	if n := w.d.Counts.Fading + w.d.Counts.Gone; n > 0 {
		p.add(section{heading: "On the way out", lines: []string{fmt.Sprintf("%s, %d over: %s.", count(w.d.Counts.Fading, "trend is fading", "trends are fading"), w.d.Counts.Gone, w.some(w.d.Fading, w.d.Gone))}})
	}
	p.add(section{heading: "The calls of the day before", lines: w.callsInALine()})
	w.week(p)
}

// stakeholder tells the numbers.
func (w *pageWriter) stakeholder(p *page) {
	p.add(w.platforms(false))
	p.add(w.watchTable(w.d.Watches, "Watch lists"))
	p.add(w.chart())
	p.add(w.largest("The largest trends", 5))
	p.add(section{heading: "How good the calls were", lines: w.callsInALine()})
	w.week(p)
}

// researcher tells all there is.
func (w *pageWriter) researcher(p *page) {
	p.add(w.todo())
	p.add(w.platforms(true))
	p.add(w.chart())
	p.add(w.watchTable(w.d.Watches, "Watch lists"))
	p.add(w.alerts(api.MaxDigestTrends))
	p.add(w.full("New", w.d.New, w.d.Counts.New))
	p.add(w.full("Growing", w.d.Rising, w.d.Counts.Rising))
	p.add(w.full("At the peak", w.d.Peaking, w.d.Counts.Peaking))
	p.add(w.full("Fading", w.d.Fading, w.d.Counts.Fading))
	p.add(w.full("Gone", w.d.Gone, w.d.Counts.Gone))
	p.add(w.calls())
	p.add(w.coverage())
	w.week(p)
}

func (w *pageWriter) todo() section {
	s := section{heading: "What to do"}
	for _, t := range w.d.Todo {
		it := item{text: plain(t.Text), link: w.link(t.Kind, t.Key), aside: "soon"}
		if t.By != nil {
			it.aside = "by " + moment(*t.By, w.zone)
		}
		s.items = append(s.items, it)
	}
	if len(s.items) == 0 {
		s.lines = []string{"Nothing that cannot wait."}
	}
	return s
}

// brief lists trends in a line each.
func (w *pageWriter) brief(heading string, trends []api.DigestTrend, all, most int) section {
	s := section{heading: heading}
	shown := min(len(trends), most, w.most)
	for i := range trends[:shown] {
		t := &trends[i]
		s.items = append(s.items, item{lead: w.term(t.Kind, t.Term), kind: t.Kind, text: w.inBrief(t), link: w.link(t.Kind, t.Key), hours: w.line(t.Hours)})
	}
	s.more = all - shown
	return s
}

func (w *pageWriter) term(kind, term string) string {
	s := harmless(term, longestTerm)
	switch kind {
	case "hashtag":
		s = "#" + s
	case "mention":
		s = "@" + s
	}
	return console.Isolated(s)
}

// inBrief is a trend in half a line.
func (w *pageWriter) inBrief(t *api.DigestTrend) string {
	parts := []string{t.Phase + " on " + listedOf(harmlessAll(t.Platforms))}
	if t.Kind != "hashtag" && t.Kind != "mention" {
		parts[0] = t.Kind + ", " + parts[0]
	}
	if t.Before == "" && !grows(t.Phase) {
		parts = append(parts, "raised "+moment(t.Raised, w.zone))
	}
	if t.Posts != nil {
		text := w.posts(t)
		if t.PostsBefore != nil && (*t.PostsBefore > 0 || *t.Posts > 0) && !t.AtLeast {
			text += " (" + change(*t.Posts, *t.PostsBefore) + ")"
		}
		parts = append(parts, text)
	}
	if t.HoursLeft != nil {
		parts = append(parts, hours(t.HoursLeft)+" left")
	}
	if t.Confidence == t.Confidence {
		parts = append(parts, share(t.Confidence)+" sure")
	}
	if len(t.Watches) > 0 {
		parts = append(parts, "on "+listedOf(harmlessAll(t.Watches)))
	}
	return strings.Join(parts, " · ")
}

// posts writes the posts of a trend, which are at least so many where not all were counted.
func (w *pageWriter) posts(t *api.DigestTrend) string {
	if t.Posts == nil {
		return console.Unknown
	}
	if t.AtLeast {
		return "at least " + posts(*t.Posts)
	}
	return posts(*t.Posts)
}

func harmlessAll(words []string) []string {
	out := make([]string, len(words))
	for i, s := range words {
		out[i] = console.Isolated(harmless(s, longestTerm))
	}
	return out
}

// some names some trends of the lists.
func (w *pageWriter) some(lists ...[]api.DigestTrend) string {
	const most = 6
	var names []string
	all := 0
	for _, l := range lists {
		all += len(l)
		for i := range l {
			if len(names) < most {
				names = append(names, w.term(l[i].Kind, l[i].Term))
			}
		}
	}
	if all > len(names) {
		return strings.Join(names, ", ") + " and others"
	}
	return listedOf(names)
}

// mostWatches is how many watch lists a manager reads of.
const mostWatches = 12

func (w *pageWriter) watches() section {
	s := section{heading: "Watch lists"}
	for i := range w.d.Watches {
		x := &w.d.Watches[i]
		if i == min(w.most, mostWatches) {
			s.more = len(w.d.Watches) - i
			break
		}
		parts := []string{counted(x.Mentions, "mention")}
		if x.Before != nil {
			parts[0] += " (" + change(x.Mentions, *x.Before) + ")"
		}
		if x.Share == x.Share {
			parts = append(parts, share(x.Share)+" of the voice")
		}
		if n := len(x.Trends); n > 0 {
			names := harmlessAll(x.Trends[:min(n, 3)])
			text := count(n, "trend", "trends") + ": " + listedOf(names)
			if n > len(names) {
				text = count(n, "trend", "trends") + ": " + strings.Join(names, ", ") + " and others"
			}
			parts = append(parts, text)
		}
		if x.Alerts > 0 {
			parts = append(parts, count(x.Alerts, "alert", "alerts"))
		}
		s.items = append(s.items, item{lead: w.listName(x), text: strings.Join(parts, " · "), hours: w.line(x.Hours)})
	}
	return s
}

func (w *pageWriter) listName(x *api.DigestWatch) string {
	name := x.Title
	if strings.TrimSpace(name) == "" {
		name = x.Name
	}
	return console.Isolated(harmless(name, longestTerm))
}

func (w *pageWriter) alerts(most int) section {
	s := section{heading: "Alerts"}
	for i := range w.d.Alerts {
		a := &w.d.Alerts[len(w.d.Alerts)-1-i] // the newest first
		if i == min(most, w.most) {
			s.more = len(w.d.Alerts) - i
			break
		}
		s.items = append(s.items, item{aside: moment(a.TS, w.zone), text: plain(a.Severity + ": " + a.Title), link: w.link(a.Kind, a.Key)})
	}
	return s
}

// callsInALine says how the calls turned out.
func (w *pageWriter) callsInALine() []string {
	c := &w.d.Calls
	if c.Of == "" || c.Total == 0 {
		return []string{"There were none."}
	}
	judged := c.Hits + c.Misses
	text := fmt.Sprintf("%s: %d grew further, %d did not", count(c.Total, "trend was told as new or growing", "trends were told as new or growing"), c.Hits, c.Misses)
	if c.Open > 0 {
		text += fmt.Sprintf(", and of %d nobody can tell", c.Open)
	}
	text += "."
	if judged > 0 {
		text += fmt.Sprintf(" That is %s of those that can be judged.", share(api.Number(float64(c.Hits)/float64(judged))))
	}
	return []string{text}
}
