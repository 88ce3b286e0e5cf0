package page

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// The views of the ranking: the list below a small wave, the list alone, and the wave.
const (
	viewBoth = ""
	viewList = "list"
	viewWave = "wave"
)

const partRows = "rows"

// own are the parameters that the page has beside those of the endpoint.
var own = []string{"view", "part", "done"}

// rankingQuery is what the address of a ranking asks for.
type rankingQuery struct {
	values url.Values // of the endpoint, none of them empty
	View   string
	part   string
	untidy bool // a form has sent empty fields, or a moment in its own way
}

func readRankingQuery(v *viewer) (*rankingQuery, *api.Problem) {
	given, err := url.ParseQuery(v.URL.RawQuery)
	if err != nil {
		return nil, api.NewProblem(api.ProblemInvalidParameter, "the query cannot be read: %.200s", err)
	}
	q := &rankingQuery{values: url.Values{}, View: given.Get("view"), part: given.Get("part")}
	switch {
	case q.View != viewBoth && q.View != viewList && q.View != viewWave:
		return nil, api.NewProblem(api.ProblemInvalidParameter, "view is %.80q; use list, wave or none", q.View).At("view")
	case q.part != "" && q.part != partRows:
		return nil, api.NewProblem(api.ProblemInvalidParameter, "part is %.80q; use rows or none", q.part).At("part")
	}
	for name, values := range given {
		if slices.Contains(own, name) {
			continue
		}
		for _, value := range values {
			if value = strings.TrimSpace(value); value == "" || isDefault(name, value) {
				q.untidy = true
				continue
			}
			if at, err := v.moment(value); name == "at" && err == nil {
				value, q.untidy = at.UTC().Format(time.RFC3339), true
			}
			q.values.Add(name, value)
		}
	}
	q.untidy = q.untidy && q.part == ""
	return q, q.bound()
}

const (
	// maxWords is how many values all filters together may have, and maxWordBytes how long they may be: each has a link
	// that holds all others.
	maxWords     = 32
	maxWordBytes = 1536
)

// bound refuses more values than a page can have links for.
func (q *rankingQuery) bound() *api.Problem {
	words, size := 0, 0
	for _, values := range q.values {
		for _, v := range values {
			words += 1 + strings.Count(v, ",")
			size += len(v)
		}
	}
	if words > maxWords || size > maxWordBytes {
		return api.NewProblem(api.ProblemInvalidParameter, "the filters have %d values of %d bytes; up to %d of %d bytes fit", words, size, maxWords, maxWordBytes)
	}
	return nil
}

// isDefault reports whether a field of the form says what holds without it.
func isDefault(name, value string) bool {
	return name == "window" && value == "72h" || name == "sort" && value == "rank" || name == "confirmed" && value == "0"
}

// asked is the question to the endpoint, with one parameter more.
func (q *rankingQuery) asked(name, value string) url.Values {
	out := url.Values{}
	for n, values := range q.values {
		out[n] = values
	}
	if name != "" {
		out.Set(name, value)
	}
	return out
}

// Link is the address of the ranking as it is asked for.
func (q *rankingQuery) Link() string { return q.link(q.values) }

func (q *rankingQuery) link(values url.Values) string {
	out := url.Values{}
	for name, v := range values {
		if len(v) > 0 {
			out[name] = v
		}
	}
	if q.View != viewBoth {
		out.Set("view", q.View)
	}
	return address("/", out)
}

// With is the address with another value of a parameter; empty: without it. It begins with the first rows.
func (q *rankingQuery) With(name, value string) string {
	out := q.asked("", "")
	out.Del("cursor")
	if out.Del(name); value != "" && !isDefault(name, value) {
		out.Set(name, value)
	}
	return q.link(out)
}

// Toggled is the address with a value put among those of a parameter, or taken out.
func (q *rankingQuery) Toggled(name, value string) string {
	words := q.Words(name)
	if i := slices.Index(words, value); i >= 0 {
		words = slices.Delete(words, i, i+1)
	} else {
		words = append(words, value)
	}
	slices.Sort(words)
	out := q.asked("", "")
	out.Del("cursor")
	out[name] = words
	return q.link(out)
}

// Words are the values of a parameter that may have several.
func (q *rankingQuery) Words(name string) (words []string) {
	for _, v := range q.values[name] {
		for word := range strings.SplitSeq(v, ",") {
			if word != "" && !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	return words
}

// Is reports whether a parameter has a value.
func (q *rankingQuery) Is(name, value string) bool { return slices.Contains(q.Words(name), value) }

// One is the value of a parameter that has one; empty: it is not given.
func (q *rankingQuery) One(name string) string { return q.values.Get(name) }

// Viewed is the address of another view of the same.
func (q *rankingQuery) Viewed(view string) string {
	other := *q
	other.View = view
	out := q.asked("", "")
	out.Del("cursor")
	return other.link(out)
}

// Clear is the address without any filter.
func (q *rankingQuery) Clear() string {
	out := url.Values{}
	for _, name := range []string{"sort", "at"} {
		if v := q.values[name]; len(v) > 0 {
			out[name] = v
		}
	}
	return q.link(out)
}

// filters are the parameters that leave trends out, in the order in which they are shown.
var filters = []string{"phase", "platform", "kind", "q", "prefix", "lang", "region", "watch", "min_confidence", "min_score", "confirmed"}

// Filtered reports whether anything is left out.
func (q *rankingQuery) Filtered() bool {
	return slices.ContainsFunc(filters, func(name string) bool { return q.values.Has(name) })
}

// kept is a value that a form has to carry along.
type kept struct{ Name, Value string }

// Kept are the values that a form with fields of the given names does not have itself.
func (q *rankingQuery) Kept(fields ...string) (out []kept) {
	names := make([]string, 0, len(q.values))
	for name := range q.values {
		if name != "cursor" && !slices.Contains(fields, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range q.values[name] {
			out = append(out, kept{name, v})
		}
	}
	if q.View != viewBoth {
		out = append(out, kept{"view", q.View})
	}
	return out
}
