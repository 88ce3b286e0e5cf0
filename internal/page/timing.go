package page

import (
	"fmt"
	"html/template"
	"math"
	"net/url"
	"slices"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/chart"
	"github.com/swell-radar/swell/internal/console"
)

// timingBody is what the page of the best hours shows.
type timingBody struct {
	weekView
	Platforms []timingChoice
	Term      string // as it was asked for
	Zone      string
	Refused   string // why there is no answer
}

type timingChoice struct {
	Name   string
	Chosen bool
}

// weekView is the heat map of the hours of a week, with the same in words.
type weekView struct {
	*api.TimingAnswer
	SVG  template.HTML
	Best []bestHour
	By   string // what is measured, in words
	Days []weekDay
	Why  string // there is too little; empty: there is not
}

// bestHour is an hour to post in.
type bestHour struct{ When, Times, Between string }

// weekDay is a row of the table.
type weekDay struct {
	Name  string
	Hours []weekHour
}

type weekHour struct {
	Clock, Lift string
	Best        bool
}

// timing answers GET /timing.
func (p *Page) timing(v *viewer) *Answer {
	given := v.URL.Query()
	body := &timingBody{Term: given.Get("term"), Zone: v.zone.String()}
	q := url.Values{"zone": {v.zone.String()}}
	for _, name := range []string{"platform", "term", "from", "to"} {
		if s := given.Get(name); s != "" {
			q.Set(name, s)
		}
	}
	body.Platforms = p.platformChoices(v, given.Get("platform"))
	answer := &api.TimingAnswer{}
	switch problem := p.opt.API.Get(v.Request, api.TimingPath, q, answer); {
	case problem == nil:
		body.weekView = v.weekOf(answer)
	case problem.Status < 500:
		body.Refused = body.refusal(problem)
	default:
		return failed(problem)
	}
	return p.show(v, "timing", "When to post", "timing", body)
}

// refusal says why there is no answer.
func (b *timingBody) refusal(problem *api.Problem) string {
	switch {
	case problem.Type == api.ProblemUnknownTerm:
		return fmt.Sprintf("No post with %s is counted. Look for another spelling, or leave the field empty to see the hours of all posts.", quoted(b.Term))
	case problem.Type == api.ProblemNotKept:
		return "Nothing is counted yet: hours can be told apart once two weeks of them are."
	case problem.Parameter == "platform":
		return "No post of that platform was ever seen: choose one of the list."
	}
	return standalone(problem.Detail)
}

// platformChoices are the platforms that were seen, and the one that was asked for.
func (p *Page) platformChoices(v *viewer, chosen string) []timingChoice {
	var names []string
	var trends api.TrendsAnswer
	if p.opt.API.Get(v.Request, api.TrendsPath, url.Values{"limit": {"1"}}, &trends) == nil && trends.Coverage != nil {
		for _, on := range trends.Coverage.Platforms {
			names = append(names, on.Platform)
		}
	}
	if chosen != "" && !slices.Contains(names, chosen) {
		names = append(names, chosen)
	}
	slices.Sort(names)
	out := []timingChoice{{Chosen: chosen == ""}}
	for _, name := range names {
		out = append(out, timingChoice{name, name == chosen})
	}
	return out
}

// weekOf asks for the best hours on the platform of the strongest trend of a term, or on that which is drawn large; nil where
// that is not known.
func (p *Page) weekOf(v *viewer, b *termBody) *weekView {
	platform := b.Course.Platform
	if platform == "" && b.Lead != nil {
		platform = b.Lead.Platform
	}
	if platform == "" {
		return nil
	}
	answer := &api.TimingAnswer{}
	q := url.Values{"zone": {v.zone.String()}, "platform": {platform}}
	if p.opt.API.Get(v.Request, api.TimingPath, q, answer) != nil {
		return nil
	}
	w := v.weekOf(answer)
	return &w
}

// weekOf draws the hours of a week.
func (v *viewer) weekOf(a *api.TimingAnswer) weekView {
	w := weekView{TimingAnswer: a, By: measureWord(a.By)}
	drawing := chart.Week{ID: "week", Label: "Hours of the week: " + w.By}
	for i := range drawing.Lift {
		drawing.Lift[i] = math.NaN()
	}
	best := map[[2]int]bool{}
	for _, h := range a.Best {
		best[[2]int{h.Weekday, h.Hour}] = true
		drawing.Best = append(drawing.Best, h.Weekday*24+h.Hour)
		w.Best = append(w.Best, bestHour{
			When: hourOfWeek(h.Weekday, h.Hour), Times: lift(h.Lift, &h) + " times as much as usual",
			Between: fmt.Sprintf("%s to %s", lift(h.Low, &h), lift(h.High, &h)),
		})
	}
	w.Days = make([]weekDay, 7)
	for i := range w.Days {
		w.Days[i].Name = dayName(i)
	}
	for _, c := range a.Cells {
		i := c.Weekday*24 + c.Hour
		if i < 0 || i >= len(drawing.Lift) {
			continue
		}
		drawing.Lift[i] = float64(c.Lift)
		cell := weekHour{Clock: fmt.Sprintf("%d:00", c.Hour), Lift: unknown(console.Decimal(float64(c.Lift), 1)), Best: best[[2]int{c.Weekday, c.Hour}]}
		drawing.Notes[i] = hourOfWeek(c.Weekday, c.Hour) + ": " + liftWord(c.Lift)
		w.Days[c.Weekday].Hours = append(w.Days[c.Weekday].Hours, cell)
	}
	if a.By == "" {
		w.Why = tooLittle(a)
		return w
	}
	w.SVG = drawing.SVG()
	return w
}

// lift writes a multiple of a best hour, with as many decimals as tell its bounds apart.
func lift(n api.Number, h *api.BestHour) string {
	decimals := 1
	if h.High < 1.5 {
		decimals = 2
	}
	return console.Decimal(float64(n), decimals)
}

func liftWord(n api.Number) string {
	if !known(n) {
		return "not known"
	}
	return console.Decimal(float64(n), 1) + " times as much as usual"
}

// tooLittle says what is missing before anything can be said of the hours.
func tooLittle(a *api.TimingAnswer) string {
	var posts uint64
	longest := 0.0
	for _, p := range a.Platforms {
		posts += p.Posts
		if h := float64(p.CountedH); h > longest {
			longest = h
		}
	}
	const twoWeeks = 14 * 24
	if longest < twoWeeks {
		return fmt.Sprintf("Two whole weeks have to be counted before hours can be told apart; so far it is %s.", lasting(time.Duration(longest*float64(time.Hour))))
	}
	return fmt.Sprintf("%s posts are too few to tell hours apart: ten for each hour of the week are needed.", countWord(posts))
}

// measureWord names what the lifts are of.
func measureWord(by string) string {
	switch by {
	case "reactions":
		return "likes, shares and comments for each post"
	case "reposts":
		return "reposts for each post"
	case "posts":
		return "posts for each hour"
	}
	return text(by)
}

func dayName(weekday int) string { return time.Weekday((weekday + 1) % 7).String() }

// hourOfWeek writes an hour of the week.
func hourOfWeek(weekday, hour int) string {
	return fmt.Sprintf("%s %d:00–%d:00", dayName(weekday), hour, hour+1)
}
