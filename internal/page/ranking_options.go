package page

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// rankingOptions is what may be chosen.
type rankingOptions struct {
	Facets  []facetGroup
	Chips   []chip
	Watches []api.WatchSummary
	// At is the moment that is shown, as a field for moments takes it.
	At string
}

// facetGroup are the values of a parameter, with how many trends have each.
type facetGroup struct {
	Name, Label string
	Values      []facetValue
}

type facetValue struct {
	Value  string
	Trends int
	On     bool
	Link   string
}

// chip is a filter that is on, and the address without it.
type chip struct{ Label, Value, Link string }

// rankingOptions asks for what may be chosen. Where a filter is on, the numbers beside its other values are those without
// it: else nothing would be left to choose.
func (p *Page) rankingOptions(v *viewer, body *rankingBody) *rankingOptions {
	q := body.Query
	o := &rankingOptions{Chips: q.chips(v)}
	for _, g := range []facetGroup{{Name: "phase", Label: "Phase"}, {Name: "platform", Label: "Platform"}, {Name: "kind", Label: "Kind"}} {
		counts := body.Counts
		if q.values.Has(g.Name) {
			var without api.TrendsAnswer
			query := q.asked("limit", "1")
			query.Del(g.Name)
			query.Del("cursor")
			if problem := p.opt.API.Get(v.Request, api.TrendsPath, query, &without); problem == nil {
				counts = without.Counts
			}
		}
		facets := map[string][]api.Facet{"phase": counts.Phases, "platform": counts.Platforms, "kind": counts.Kinds}[g.Name]
		for _, f := range facets {
			g.Values = append(g.Values, facetValue{f.Name, f.Trends, q.Is(g.Name, f.Name), q.Toggled(g.Name, f.Name)})
		}
		if g.Name == "phase" && body.Unconfirmed > 0 && !slices.ContainsFunc(g.Values, func(f facetValue) bool { return f.Value == phaseUnconfirmed }) {
			g.Values = append(g.Values, facetValue{phaseUnconfirmed, body.Unconfirmed, q.Is("phase", phaseUnconfirmed), q.Toggled("phase", phaseUnconfirmed)})
		}
		for _, word := range q.Words(g.Name) {
			if !slices.ContainsFunc(g.Values, func(f facetValue) bool { return f.Value == word }) {
				g.Values = append(g.Values, facetValue{word, 0, true, q.Toggled(g.Name, word)})
			}
		}
		if len(g.Values) > 1 || len(q.Words(g.Name)) > 0 {
			o.Facets = append(o.Facets, g)
		}
	}
	var watches api.WatchesAnswer
	if problem := p.opt.API.Get(v.Request, api.WatchesPath, nil, &watches); problem == nil {
		o.Watches = watches.Watches
	}
	if body.Past && body.AsOf != nil {
		o.At = body.AsOf.In(v.zone).Format(fieldTime)
	}
	return o
}

// chips are the filters that are on, in words.
func (q *rankingQuery) chips(v *viewer) (out []chip) {
	for _, name := range filters {
		for _, word := range q.Words(name) {
			label, value := filterWords(name, word)
			out = append(out, chip{label, value, q.Toggled(name, word)})
		}
	}
	if w := q.One("window"); w != "" {
		out = append(out, chip{"counted over", windowWord(w), q.With("window", "")})
	}
	if at := q.One("at"); at != "" {
		if t, err := time.Parse(time.RFC3339, at); err == nil {
			at = t.In(v.zone).Format("2 Jan 2006 15:04")
		}
		out = append(out, chip{"as it was at", at, q.With("at", "")})
	}
	return out
}

// filterWords puts a filter into words.
func filterWords(name, value string) (label, words string) {
	switch name {
	case "platform":
		return name, platformName(value)
	case "kind":
		return name, kindName(value)
	case "phase":
		return name, phaseWord(value)
	case "q":
		return "with the letters", value
	case "prefix":
		return "beginning with", value
	case "lang":
		return "language", value
	case "watch":
		return "watch list", value
	case "min_confidence":
		if x, err := strconv.ParseFloat(value, 64); err == nil {
			return "sure from", fmt.Sprintf("%.0f %%", 100*x)
		}
		return "sure from", value
	case "min_score":
		return "score from", value
	case "confirmed":
		return "open on", "two platforms or more"
	}
	return name, value
}

// Sorts are the orders that may be asked for.
func (b *rankingBody) Sorts() []choice {
	return []choice{
		{Value: "rank", Label: "strongest now"}, {Value: "score", Label: "largest surprise"}, {Value: "hours_left", Label: "most hours left"}, {Value: "started", Label: "newest"}, {Value: "authors", Label: "most people"},
		{Value: "rate", Label: "most posts now"}, {Value: "posts_per_h", Label: "most posts"}, {Value: "growth", Label: "largest growth"},
	}
}

// Windows are the times that may be counted.
func (b *rankingBody) Windows() []choice {
	return []choice{{Value: "72h", Label: windowWord("72h")}, {Value: "24h", Label: windowWord("24h")}, {Value: "6h", Label: windowWord("6h")}, {Value: "1h", Label: windowWord("1h")}}
}

// Sures are the confidences that may be asked for.
func (b *rankingBody) Sures() []choice {
	return []choice{{Label: "maybe, likely and sure"}, {Value: "0.7", Label: "likely and sure"}, {Value: "0.9", Label: "sure only"}}
}

func windowWord(window string) string {
	switch window {
	case "72h":
		return "72 hours"
	case "24h":
		return "24 hours"
	case "6h":
		return "6 hours"
	case "1h":
		return "the last 60 minutes"
	}
	return window
}
