package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/swell-radar/swell/internal/alert"
	"github.com/swell-radar/swell/internal/alert/judge"
	"github.com/swell-radar/swell/internal/api"
)

// listRules answers GET /api/v1/rules.
func (s *Server) listRules(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	d, fault := s.desk()
	if fault != nil {
		return nil, fault
	}
	return &reply{value: &api.RulesAnswer{Demo: s.opt.Demo, Rules: d.Rules()}}, nil
}

// showRule answers GET /api/v1/rules/{name}.
func (s *Server) showRule(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	rule, fault := s.rule(r)
	if fault != nil {
		return nil, fault
	}
	out := ruleReply(rule, 0)
	if held := heldTag(r, out.etag); held != "" {
		return &reply{held: held}, nil
	}
	return out, nil
}

// rule returns the one that the path names.
func (s *Server) rule(r *http.Request) (*judge.Rule, *api.Problem) {
	d, fault := s.desk()
	if fault != nil {
		return nil, fault
	}
	rule, err := d.Rule(r.PathValue("name"))
	if err != nil {
		return nil, noSuchRule(r.PathValue("name"))
	}
	return rule, nil
}

func noSuchRule(name string) *api.Problem {
	return api.NewProblem(api.ProblemUnknownRule, "there is no rule %q; GET %s lists them", cut(name), api.RulesPath).At("name")
}

func ruleReply(r *judge.Rule, status int) *reply {
	return &reply{value: r.Rule, etag: alert.RuleTag(r.Rule), status: status}
}

// addRule answers POST /api/v1/rules.
func (s *Server) addRule(r *http.Request) (*reply, *api.Problem) {
	return s.writeRule(r, "", func(old *judge.Rule) error {
		if old != nil {
			return api.NewProblem(api.ProblemRuleExists, "there is a rule %q already; change it with PUT %s/%s", old.Name, api.RulesPath, old.Name)
		}
		return nil
	})
}

// putRule answers PUT /api/v1/rules/{name}.
func (s *Server) putRule(r *http.Request) (*reply, *api.Problem) {
	name := r.PathValue("name")
	return s.writeRule(r, name, func(old *judge.Rule) error { return rulePrecondition(r, name, old) })
}

// rulePrecondition holds a change back that was made to another state of the rule than the one that is kept (RFC 9110,
// 13.1.1 and 13.1.2).
func rulePrecondition(r *http.Request, name string, old *judge.Rule) error {
	match, none := r.Header.Values("If-Match"), r.Header.Values("If-None-Match")
	switch {
	case len(match) > 0 && old == nil:
		return api.NewProblem(api.ProblemChanged, "there is no rule %q any more; leave If-Match out to make it", cut(name))
	case len(match) > 0 && namedTag(match, alert.RuleTag(old.Rule), false) == "":
		return api.NewProblem(api.ProblemChanged, "the rule %q was changed since; get it again, and change that", name)
	case len(none) > 0 && old != nil && namedTag(none, alert.RuleTag(old.Rule), true) != "":
		return api.NewProblem(api.ProblemChanged, "there is such a rule %q already; leave If-None-Match out to replace it", name)
	}
	return nil
}

// writeRule keeps the rule that a request brings: of that name, or of the one that it says itself.
func (s *Server) writeRule(r *http.Request, name string, allowed func(old *judge.Rule) error) (*reply, *api.Problem) {
	body, fault := s.given(r)
	if fault != nil {
		return nil, fault
	}
	rule, fault := readRule(body, name)
	if fault != nil {
		return nil, fault
	}
	d, fault := s.desk()
	if fault != nil {
		return nil, fault
	}
	put, replaced, err := d.PutRule(rule, s.clock(), allowed)
	switch {
	case err != nil:
		return nil, s.unkept("the rule", err)
	case replaced:
		return ruleReply(put, http.StatusOK), nil
	}
	out := ruleReply(put, http.StatusCreated)
	out.location = api.RulesPath + "/" + put.Name
	return out, nil
}

// dropRule answers DELETE /api/v1/rules/{name}.
func (s *Server) dropRule(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	d, fault := s.desk()
	if fault != nil {
		return nil, fault
	}
	name := r.PathValue("name")
	err := d.DropRule(name, func(old *judge.Rule) error { return rulePrecondition(r, name, old) })
	switch {
	case errors.Is(err, alert.ErrNotFound):
		return nil, noSuchRule(name)
	case errors.Is(err, alert.ErrBuiltin):
		return nil, api.NewProblem(api.ProblemRuleBuiltin, "the rule %q was there from the start and is as it was, so that it cannot be deleted; switch it off: PUT it with off set to true", name)
	case err != nil:
		return nil, s.unkept("the rule", err)
	}
	return &reply{status: http.StatusNoContent}, nil
}

// readRule reads a rule from a body: an object with the fields of [api.Rule], each once at most and no others. What is
// left out asks nothing. name is that of the path; empty: the body has to say it.
func readRule(body []byte, name string) (*judge.Rule, *api.Problem) {
	in := judge.None(name)
	b := &objectBody{listBody: listBody{body: body, in: json.NewDecoder(bytes.NewReader(body))}, where: map[string]int{}}
	own := ""
	fields := map[string]func(string, int){
		"name":     func(field string, at int) { own = b.text(field, at) },
		"title":    func(field string, at int) { in.Title = b.text(field, at) },
		"severity": func(field string, at int) { in.Severity = b.text(field, at) },
		"off":      func(field string, at int) { in.Off = b.boolean(field, at) },
		"once":     func(field string, at int) { in.Once = b.boolean(field, at) },
		"mentions": func(field string, at int) { in.Mentions = b.boolean(field, at) },
		"builtin":  b.skip, "changed": b.skip, // filled in by the server
	}
	for field, list := range map[string]*[]string{"platforms": &in.Platforms, "kinds": &in.Kinds, "watches": &in.Watches, "purposes": &in.Purposes, "phases": &in.Phases} {
		fields[field] = func(field string, at int) { *list = b.texts(field, at, judge.MaxNames) }
	}
	for field, number := range judge.Numbers(&in) {
		fields[field] = func(field string, at int) { *number = b.number(field, at) }
	}
	if fault := b.readWhole("an object with title, severity and conditions, as GET "+api.RulesPath+" shows them", fields); fault != nil {
		return nil, fault
	}
	if name != "" && own != "" && own != name {
		return nil, atByte(body, b.where["name"], "name", "is not that of the path; leave it out")
	}
	if name == "" {
		in.Name = own
	}
	r, err := judge.Compile(in)
	var wrong *judge.FieldError
	switch {
	case errors.As(err, &wrong) && wrong.Field == "name" && name != "":
		return nil, api.NewProblem(api.ProblemInvalidParameter, "%v", err).At("name")
	case errors.As(err, &wrong):
		return nil, atByte(body, b.where[wrong.Field], wrong.Field, wrong.Reason)
	case err != nil:
		return nil, api.NewProblem(api.ProblemInvalidBody, "%v", err)
	}
	return r, nil
}
