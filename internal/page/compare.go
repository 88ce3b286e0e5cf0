package page

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/chart"
	"github.com/swell-radar/swell/internal/console"
)

// compareBody is what the page of comparisons shows.
type compareBody struct {
	Terms   []comparedTerm // that are asked for
	Lists   []listChoice
	Room    bool // for another term
	Ranges  []rangeLink
	Range   string
	Refused string

	Answer *api.CompareAnswer // null: there is none
	Posts  template.HTML
	Shares template.HTML
	Bar    template.HTML
	Rows   []compareRow // by step
	Cut    bool

	Voices    *api.WatchVoices
	VoiceBar  template.HTML
	VoiceRows []voiceRow
	CSV       string
}

// comparedTerm is one of the terms, as it is asked for.
type comparedTerm struct{ Name, Label, Path, Without string }

type listChoice struct {
	api.WatchSummary
	Chosen bool
}

// compareRow is a step of the table.
type compareRow struct {
	Start   time.Time
	Partial bool
	Posts   []string
}

// voiceRow is the part of a watch list.
type voiceRow struct {
	api.VoiceShare
	Posts, Share, Since string
}

// compare answers GET /compare.
func (p *Page) compare(v *viewer) *Answer {
	given := v.URL.Query()
	names, lists := termNames(given), commaNames(given["watches"])
	if n := max(len(names), len(lists)); n > api.MaxCompared {
		return p.show(v, "compare", "Compare", "compare", &compareBody{
			Lists: p.listChoices(v, nil), Room: true,
			Refused: fmt.Sprintf("These are %d, and up to %d fit beside each other. Choose those that matter most.", n, api.MaxCompared),
		})
	}
	body := &compareBody{Room: len(names) < api.MaxCompared, Range: given.Get("range")}
	body.Terms = comparedTerms(names, given)
	body.Lists = p.listChoices(v, lists)
	status := p.newest(v)
	q, chosen := v.rangeOf(status)
	body.Ranges = v.rangeLinks("/compare", chosen)
	var problem *api.Problem
	switch {
	case len(lists) > 0:
		problem = p.compareLists(v, body, lists, q)
	case len(names) > api.MaxCompared:
		body.Refused = fmt.Sprintf("These are %d terms, and %d fit side by side: take some off.", len(names), api.MaxCompared)
	case len(names) > 1:
		problem = p.compareTerms(v, body, names, q)
	case len(names) == 1:
		body.Refused = "Add another term to compare it with."
	}
	switch {
	case problem != nil && problem.Status < 500:
		body.Refused = standalone(problem.Detail)
	case problem != nil:
		return failed(problem)
	}
	return p.show(v, "compare", "Compare", "compare", body)
}

// newest is up to when everything is counted; zero: not known.
func (p *Page) newest(v *viewer) time.Time {
	var status api.StatusAnswer
	if p.opt.API.Get(v.Request, api.StatusPath, nil, &status) != nil {
		return v.now
	}
	return v.asOf(status.AsOf)
}

// termNames are the terms of an address, each once: of terms with commas between them, and of each term.
func termNames(q url.Values) []string {
	var out []string
	for _, list := range q["terms"] {
		for name := range strings.SplitSeq(list, ",") {
			out = append(out, strings.NewReplacer("%2C", ",", "%2c", ",").Replace(name))
		}
	}
	return once(append(out, q["term"]...))
}

func commaNames(values []string) []string {
	var out []string
	for _, list := range values {
		out = append(out, strings.Split(list, ",")...)
	}
	return once(out)
}

// once drops blanks, what is empty and what came before.
func once(names []string) []string {
	var out []string
	had := map[string]bool{}
	for _, name := range names {
		if name = strings.TrimSpace(name); name != "" && !had[name] {
			had[name] = true
			out = append(out, name)
		}
	}
	return out
}

// comparedTerms says how each term is taken off the list again.
func comparedTerms(names []string, given url.Values) []comparedTerm {
	out := make([]comparedTerm, len(names))
	for i, name := range names {
		rest := slices.Delete(slices.Clone(names), i, i+1)
		q := url.Values{}
		if len(rest) > 0 {
			q["term"] = rest
		}
		if r := given.Get("range"); r != "" {
			q.Set("range", r)
		}
		out[i] = comparedTerm{Name: name, Label: name, Without: withQuery("/compare", q)}
	}
	return out
}

func (p *Page) listChoices(v *viewer, chosen []string) []listChoice {
	var all api.WatchesAnswer
	if p.opt.API.Get(v.Request, api.WatchesPath, nil, &all) != nil {
		return nil
	}
	out := make([]listChoice, len(all.Watches))
	for i, w := range all.Watches {
		out[i] = listChoice{w, slices.Contains(chosen, w.Name)}
	}
	return out
}

func (p *Page) compareTerms(v *viewer, body *compareBody, names []string, q url.Values) *api.Problem {
	q["term"] = names
	answer := &api.CompareAnswer{}
	problem := p.opt.API.Get(v.Request, api.ComparePath, q, answer)
	if problem != nil && problem.Type == api.ProblemTooManyPoints {
		q.Set("step", "1d")
		problem = p.opt.API.Get(v.Request, api.ComparePath, q, answer)
	}
	if problem != nil {
		return problem
	}
	body.Answer = answer
	for i := range answer.Terms {
		if t := &answer.Terms[i]; i < len(body.Terms) {
			body.Terms[i].Label, body.Terms[i].Path = t.Term, termPath(t.Kind, t.Key)
		}
	}
	q.Set("format", "csv")
	body.CSV = api.ComparePath + "?" + q.Encode()
	body.draw(v)
	return nil
}

// draw fills in the drawings and the table of a comparison.
func (b *compareBody) draw(v *viewer) {
	lines := chart.Lines{Zone: v.zone, ID: "posts", Label: "Posts of each term by hour"}
	bar := chart.Bar{}
	var said []string
	for i := range b.Answer.Terms {
		t := &b.Answer.Terms[i]
		name := text(t.Term)
		lines.Names = append(lines.Names, name)
		hours := make([]chart.Hour, len(t.Points))
		for j, p := range t.Points {
			nan := math.NaN()
			hours[j] = chart.Hour{Start: p.Start, Posts: float64(p.Posts), Authors: float64(p.FreshAuthors), Low: nan, Expected: nan, High: nan, Partial: p.Partial}
		}
		lines.Series = append(lines.Series, hours)
		if known(t.Share) {
			bar.Parts = append(bar.Parts, chart.Part{Name: name, Share: float64(t.Share)})
			said = append(said, name+" "+console.Share(float64(t.Share)))
		}
	}
	b.Posts = lines.SVG()
	lines.Share, lines.ID, lines.Label, lines.Series = true, "shares", "Share of each term in the posts of all of them, by hour", telling(lines.Series)
	b.Shares = lines.SVG()
	if len(bar.Parts) > 0 {
		bar.Label = "Share of voice: " + strings.Join(said, ", ")
		b.Bar = bar.SVG()
	}
	b.tabulate()
}

// enoughPosts is how many posts of all terms an hour needs for their shares to say anything.
const enoughPosts = 10

// telling returns the hours of all terms without those of too few posts.
func telling(series [][]chart.Hour) [][]chart.Hour {
	out := make([][]chart.Hour, len(series))
	sums := map[time.Time]float64{}
	for i := range series {
		out[i] = slices.Clone(series[i])
		for _, h := range series[i] {
			if !math.IsNaN(h.Posts) {
				sums[h.Start] += h.Posts
			}
		}
	}
	for _, hours := range out {
		for j := range hours {
			if sums[hours[j].Start] < enoughPosts {
				hours[j].Posts = math.NaN()
			}
		}
	}
	return out
}

func (b *compareBody) tabulate() {
	if len(b.Answer.Terms) == 0 {
		return
	}
	points := b.Answer.Terms[0].Points
	for j := len(points) - 1; j >= 0; j-- {
		if len(b.Rows) == maxRows {
			b.Cut = true
			return
		}
		row := compareRow{Start: points[j].Start, Partial: points[j].Partial}
		for i := range b.Answer.Terms {
			cell := "–"
			if of := b.Answer.Terms[i].Points; j < len(of) && known(of[j].Posts) {
				cell = console.Decimal(float64(of[j].Posts), 0)
				if of[j].AtLeast {
					cell = "≥ " + cell
				}
			}
			row.Posts = append(row.Posts, cell)
		}
		b.Rows = append(b.Rows, row)
	}
}

func (p *Page) compareLists(v *viewer, body *compareBody, lists []string, q url.Values) *api.Problem {
	if len(lists) < 2 {
		body.Refused = "Choose another watch list to compare it with."
		return nil
	}
	q.Del("step")
	q.Set("watches", strings.Join(lists, ","))
	answer := &api.WatchVoices{}
	if problem := p.opt.API.Get(v.Request, api.VoicePath, q, answer); problem != nil {
		return problem
	}
	body.Voices = answer
	q.Set("format", "csv")
	body.CSV = api.VoicePath + "?" + q.Encode()
	bar := chart.Bar{}
	var said []string
	for i := range answer.Watches {
		w := &answer.Watches[i]
		row := voiceRow{VoiceShare: *w, Posts: between([2]api.Number{w.Voice.Posts.Low, w.Voice.Posts.High}, false), Share: between([2]api.Number{w.Share.Low, w.Share.High}, true), Since: "not counted"}
		if w.Voice.Posts.AtLeast && known(w.Voice.Posts.High) {
			row.Posts += " or more"
		}
		if w.Since != nil {
			row.Since = v.When(*w.Since)
		}
		body.VoiceRows = append(body.VoiceRows, row)
		if w.Counted != nil && known(w.Counted.Share) {
			bar.Parts = append(bar.Parts, chart.Part{Name: text(cmp.Or(w.Title, w.Watch)), Share: float64(w.Counted.Share)})
			said = append(said, text(cmp.Or(w.Title, w.Watch))+" "+console.Share(float64(w.Counted.Share)))
		}
	}
	if len(bar.Parts) > 0 {
		bar.Label = "Share of voice: " + strings.Join(said, ", ")
		body.VoiceBar = bar.SVG()
	}
	return nil
}

// between writes bounds, as one number where they are the same.
func between(b [2]api.Number, share bool) string {
	write := func(n api.Number) string {
		if share {
			return unknown(console.Share(float64(n)))
		}
		return unknown(console.Decimal(float64(n), 0))
	}
	low, high := write(b[0]), write(b[1])
	if low == high {
		return low
	}
	return fmt.Sprintf("%s to %s", low, high)
}
