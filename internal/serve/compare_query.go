package serve

import (
	"net/http"
	"strings"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

// minCompared is how few terms can be compared.
const minCompared = 2

// compareQuery says which terms are compared, over which time.
type compareQuery struct {
	terms  []comparedTerm
	at     moment
	places string // the platform asked for; empty: all
	series *seriesQuery
}

// comparedTerm is a term by its name.
type comparedTerm struct {
	kind term.Kind
	key  string
}

func (s *Server) readCompareQuery(r *http.Request) (*compareQuery, *api.Problem) {
	p := parse(r, "terms", "term", "platform", "from", "to", "step", "at")
	q := &compareQuery{places: p.one("platform"), series: readSeriesQuery(p)}
	q.readTerms(p)
	if p.fault != nil {
		return nil, p.fault
	}
	var fault *api.Problem
	if q.at, fault = s.moment(p); fault == nil && q.at.past {
		fault = s.termsKept(q.at.view)
	}
	return q, fault
}

// readTerms takes the names of the terms that are compared.
func (q *compareQuery) readTerms(p *params) {
	if q.terms = p.terms(); len(q.terms) < minCompared {
		p.refuse("terms", "has %d terms; name %d to %d, as in terms=%%23a,sound:b or term=%%23a&term=sound:b", len(q.terms), minCompared, api.MaxCompared)
	}
}

// terms returns what the names of terms stand for: from terms with commas between them, where a comma of a name is written
// %2C once more (%252C in the URL), and from each term as it is.
func (p *params) terms() (terms []comparedTerm) {
	type name struct{ parameter, text string }
	var names []name
	for _, list := range p.values["terms"] {
		for text := range strings.SplitSeq(list, ",") {
			names = append(names, name{"terms", strings.NewReplacer("%2C", ",", "%2c", ",").Replace(text)})
		}
	}
	for _, text := range p.values["term"] {
		names = append(names, name{"term", text})
	}
	met := map[comparedTerm]bool{}
	for _, n := range names {
		if n.text == "" {
			continue
		}
		kind, key, fault := named(n.parameter, n.text)
		one := comparedTerm{kind, key}
		switch {
		case p.fault != nil:
			return terms
		case fault != nil:
			p.fault = fault
			return terms
		case met[one]:
			p.refuse(n.parameter, "has the %s %.80q twice; name each term once", kind, key)
		case len(terms) == api.MaxCompared:
			p.refuse(n.parameter, "has more than %d terms; name fewer at a time", api.MaxCompared)
		}
		met[one] = true
		terms = append(terms, one)
	}
	return terms
}

// settle fills in and checks the range. Every term has a point for every step.
func (q *compareQuery) settle(end int64) *api.Problem {
	if fault := q.series.settle(end); fault != nil {
		return fault
	}
	if n := (q.series.end() - q.series.first()) * int64(len(q.terms)); n > maxPoints {
		return api.NewProblem(api.ProblemTooManyPoints, "%d terms in %d steps of %s are %d points; the limit is %d: use a shorter range, a longer step or fewer terms",
			len(q.terms), q.series.end()-q.series.first(), q.series.step, n, maxPoints).At("from")
	}
	return nil
}
