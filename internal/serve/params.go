package serve

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// params reads the query of a request. The first fault is kept, and what is
// read after it does not matter.
type params struct {
	values url.Values
	fault  *api.Problem
}

// parse reads a query in which only the known parameters may occur.
func parse(r *http.Request, known ...string) *params {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &params{fault: api.NewProblem(api.ProblemInvalidParameter, "the query cannot be read: %.200s", err)}
	}
	p := &params{values: values}
	if formOf(r) != nil {
		known = append(known, formParameters()...) // that are read already
	}
	slices.Sort(known)
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if _, ok := slices.BinarySearch(known, name); !ok {
			p.fault = api.NewProblem(api.ProblemUnknownParameter, "%.80q is not a parameter of %s; it has %s",
				name, r.URL.Path, listed(known)).At(cut(name))
			return p
		}
	}
	return p
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// cut bounds what is repeated of a request.
func cut(s string) string {
	const limit = 80
	if len(s) > limit {
		s = s[:limit]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

func (p *params) refuse(name, format string, args ...any) {
	if p.fault == nil {
		p.fault = api.NewProblem(api.ProblemInvalidParameter, "%s %s", name, fmt.Sprintf(format, args...)).At(name)
	}
}

// one returns a parameter that may be given once; empty is as good as absent.
func (p *params) one(name string) string {
	v := p.values[name]
	if len(v) > 1 {
		p.refuse(name, "is given %d times; give it once", len(v))
	}
	if len(v) == 0 {
		return ""
	}
	return v[0]
}

// integer returns a whole number from low to high.
func (p *params) integer(name string, otherwise, low, high int) int {
	s := p.one(name)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high {
		p.refuse(name, "is %.80q; use a whole number from %d to %d", s, low, high)
	}
	return n
}

// number returns a finite number.
func (p *params) number(name string, otherwise float64) float64 {
	s := p.one(name)
	if s == "" {
		return otherwise
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		p.refuse(name, "is %.80q; use a number", s)
	}
	return x
}

// choice returns one of the given words; the first is the default.
func (p *params) choice(name string, words ...string) string {
	s := p.one(name)
	if s == "" {
		return words[0]
	}
	if !slices.Contains(words, s) {
		p.refuse(name, "is %.80q; use one of %s", s, strings.Join(words, ", "))
	}
	return s
}

// some returns the words of a parameter that may be given several times or with
// commas, sorted and each once. allowed lists the words that exist; nil allows
// any.
func (p *params) some(name string, allowed []string) []string {
	var out []string
	for _, v := range p.values[name] {
		for word := range strings.SplitSeq(v, ",") {
			switch {
			case word == "":
				continue
			case allowed != nil && !slices.Contains(allowed, word):
				p.refuse(name, "is %.80q; use some of %s", word, strings.Join(allowed, ", "))
			}
			out = append(out, word)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// endOfTime is the first second of the year 10000, which RFC 3339 cannot write.
const endOfTime = 253402300800

// time returns a moment in Unix seconds: given as those, as RFC 3339, or as a day. It
// reports false when there is none.
func (p *params) time(name string) (unix int64, ok bool) {
	s := p.one(name)
	if s == "" {
		return 0, false
	}
	unix, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		// In a query a plus sign stands for a space; zones are written with one.
		t, timeErr := time.Parse(time.RFC3339, strings.Replace(s, " ", "+", 1))
		if timeErr != nil {
			t, timeErr = time.Parse(time.DateOnly, s)
		}
		unix, err = t.Unix(), timeErr
	}
	if err != nil || unix < 0 || unix >= endOfTime {
		p.refuse(name, "is %.80q; use RFC 3339 (2016-07-28T14:00:00Z), a day (2016-07-28, from 0:00 UTC) or Unix seconds, from 1970 to 9999", s)
		return 0, false
	}
	return unix, true
}
