package page

import (
	"cmp"
	"fmt"
	"net/http"

	"github.com/swell-radar/swell/internal/api"
)

// rulesBody is what GET /rules shows.
type rulesBody struct {
	Tabs   []alertTab
	None   *api.Problem
	Rules  []ruleRow
	Change bool // the viewer may change rules
}

// ruleRow is a rule in the list.
type ruleRow struct {
	*api.Rule
	Says   string
	Change bool
}

// Called is what people call the rule.
func (r ruleRow) Called() string { return cmp.Or(r.Title, r.Name) }

// rules answers GET /rules.
func (p *Page) rules(v *viewer) *Answer {
	body := &rulesBody{Tabs: alertTabs("/rules"), Change: p.opt.API.Allows(v.Request, http.MethodPost, api.RulesPath)}
	var answer api.RulesAnswer
	if problem := p.opt.API.Get(v.Request, api.RulesPath, nil, &answer); problem != nil {
		if problem.Type != api.ProblemNoAlerts {
			return failed(problem)
		}
		body.None = problem
	}
	for i := range answer.Rules {
		body.Rules = append(body.Rules, ruleRow{&answer.Rules[i], ruleSays(&answer.Rules[i]), body.Change})
	}
	return p.show(v, "rules", "Rules", "alerts", body)
}

// switchRule answers POST /rules/{name}/switch: it turns a rule on or off, and leaves all else as it is.
func (p *Page) switchRule(v *viewer) *Answer {
	f, problem := typed(v)
	if problem != nil {
		return failed(problem)
	}
	path := escaped(api.RulesPath, v.PathValue("name"))
	var rule api.Rule
	if problem := p.opt.API.Get(v.Request, path, nil, &rule); problem != nil {
		return failed(problem)
	}
	rule.Off = f.Value("to") == "off"
	if problem := p.opt.API.Send(v.Request, http.MethodPut, path, rule, nil); problem != nil {
		return failed(problem)
	}
	return seeOther(withDone("/rules", "saved"))
}

// confirmBody asks whether something is meant.
type confirmBody struct {
	Tabs   []alertTab
	Ask    string // the question
	Says   string // what will be lost
	Action string // where the form goes
	Back   string // where to go instead
	Button string
	State  string // what is known of the state that is deleted: see [stateOf]
}

// askDropRule answers GET /rules/{name}/delete.
func (p *Page) askDropRule(v *viewer) *Answer {
	name := v.PathValue("name")
	var rule api.Rule
	if problem := p.opt.API.Get(v.Request, escaped(api.RulesPath, name), nil, &rule); problem != nil {
		return failed(problem)
	}
	says := "Nothing is told by it any more. Alerts that it has found stay. A rule that Swell brings comes back as it was at first."
	if rule.Builtin {
		says = "Swell brings this rule, so it cannot be deleted. Switch it off instead."
	}
	body := &confirmBody{
		Tabs: alertTabs("/rules"), Ask: fmt.Sprintf("Delete the rule “%s”?", text(cmp.Or(rule.Title, rule.Name))), Says: says,
		Action: escaped("/rules", name) + "/delete", Back: "/rules", Button: "Delete the rule", State: stateOf(&rule),
	}
	if rule.Builtin {
		body.Action, body.Button = "", ""
	}
	return p.show(v, "confirm", "Delete a rule", "alerts", body)
}

// dropRule answers POST /rules/{name}/delete.
func (p *Page) dropRule(v *viewer) *Answer {
	f, problem := typed(v)
	if problem != nil {
		return failed(problem)
	}
	path := escaped(api.RulesPath, v.PathValue("name"))
	var rule api.Rule
	if problem := p.opt.API.Get(v.Request, path, nil, &rule); problem != nil {
		return failed(problem)
	}
	if f.Value("state") != stateOf(&rule) {
		return failed(changedSince("the rule"))
	}
	if problem := p.opt.API.Send(v.Request, http.MethodDelete, path, nil, nil); problem != nil {
		return failed(problem)
	}
	return seeOther(withDone("/rules", "dropped"))
}
