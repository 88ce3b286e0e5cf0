package serve

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/alert"
	"github.com/swell-radar/swell/internal/alert/judge"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

const (
	// testTimeout bounds the test of a rule: an answer has to be written within a minute.
	testTimeout = 50 * time.Second
	// testDays is how far back a test goes where that is not asked for.
	testDays = 7
)

// testQuery says over what a rule is tested.
type testQuery struct {
	from, to int64 // half-open, in Unix seconds
	limit    int
}

// readTestQuery reads what GET and POST have in common.
func (s *Server) readTestQuery(p *params) testQuery {
	q := testQuery{limit: p.integer("limit", defaultLimit, 0, maxLimit)}
	q.to = s.opt.Source.View().AsOf + 1
	if to, given := p.time("to"); given {
		q.to = min(q.to, to)
	}
	q.from = max(0, q.to-testDays*dayHours*hourSeconds)
	if from, given := p.time("from"); given {
		q.from = from
	}
	longest := int64(alert.MaxTest / time.Second)
	switch {
	case p.fault != nil:
	case q.from >= q.to:
		p.refuse("from", "(%s) is not before the end of the range (%s)", rfc3339(q.from), rfc3339(q.to))
	case q.to-q.from > longest+1:
		p.refuse("from", "(%s) is more than %d days before the end of the range (%s); test a part of it", rfc3339(q.from), longest/dayHours/hourSeconds, rfc3339(q.to))
	}
	return q
}

func testParameters() []string { return []string{"from", "to", "limit"} }

// testRule answers GET /api/v1/rules/{name}/test.
func (s *Server) testRule(r *http.Request) (*reply, *api.Problem) {
	p := parse(r, testParameters()...)
	if p.fault != nil {
		return nil, p.fault
	}
	q := s.readTestQuery(p)
	if p.fault != nil {
		return nil, p.fault
	}
	rule, fault := s.rule(r)
	if fault != nil {
		return nil, fault
	}
	return s.test(r, rule, q)
}

// testGivenRule answers POST /api/v1/rules/test.
func (s *Server) testGivenRule(r *http.Request) (*reply, *api.Problem) {
	p := parse(r, testParameters()...)
	if p.fault != nil {
		return nil, p.fault
	}
	q := s.readTestQuery(p)
	if p.fault != nil {
		return nil, p.fault
	}
	leave, fault := s.queue(r)
	if fault != nil {
		return nil, fault
	}
	defer leave()
	body, fault := readBody(r)
	if fault != nil {
		return nil, fault
	}
	rule, fault := readRule(body, "")
	if fault != nil {
		return nil, fault
	}
	return s.test(r, rule, q)
}

// test goes through the past for one asker at a time, for as long as that one waits.
func (s *Server) test(r *http.Request, rule *judge.Rule, q testQuery) (*reply, *api.Problem) {
	if s.opt.History == nil {
		return nil, api.NewProblem(api.ProblemNotKept, "nothing of the past is kept here, so that no rule can be tested")
	}
	select {
	case s.testing <- struct{}{}:
		defer func() { <-s.testing }()
	default:
		return nil, api.NewProblem(api.ProblemBusy, "another rule is being tested; ask again when that is done")
	}
	ctx, cancel := context.WithTimeout(r.Context(), testTimeout)
	defer cancel()
	out, err := alert.Test(ctx, s.opt.History, s.JudgedLists(), rule, q.from, q.to, q.limit)
	var wrong *judge.FieldError // of a rule that is off, and could not be on as it is
	switch {
	case err == nil:
	case errors.As(err, &wrong):
		return nil, api.NewProblem(api.ProblemInvalidParameter, "the rule %q cannot be tested as it is: %v", rule.Name, wrong).At("name")
	case errors.Is(err, alert.ErrRange):
		return nil, api.NewProblem(api.ProblemNotKept, "no rankings are kept from %s to %s; ask for a later range", rfc3339(q.from), rfc3339(q.to)).At("from")
	case r.Context().Err() != nil:
		return nil, busy()
	case errors.Is(err, context.DeadlineExceeded):
		return nil, api.NewProblem(api.ProblemInvalidParameter, "from (%s) is too far back to be gone through within %s; test a shorter range", rfc3339(q.from), testTimeout).At("from")
	case errors.Is(err, store.ErrClosed):
		return nil, busy()
	case errors.Is(err, store.ErrDamaged), errors.Is(err, engine.ErrView):
		s.opt.Logger.Error("cannot test a rule", "rule", rule.Name, "err", err)
		return nil, api.NewProblem(api.ProblemDamaged, "a part of the range was damaged on the disk or lost; the log of the server says which, and from and to can leave it out")
	default:
		s.opt.Logger.Error("cannot test a rule", "rule", rule.Name, "err", err)
		return nil, internal()
	}
	out.Demo = s.opt.Demo
	out.AsOf, _ = cover(s.opt.Source.View())
	return &reply{value: out}, nil
}

// JudgedLists returns the watch lists as rules see them. Any goroutine may call it.
func (s *Server) JudgedLists() []judge.List {
	lists, _ := s.watches.all()
	out := make([]judge.List, 0, len(lists))
	for _, w := range lists {
		out = append(out, judge.ListOf(w.List))
	}
	return out
}
