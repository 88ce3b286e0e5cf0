package page

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/swell-radar/swell/internal/api"
)

const (
	openAlerts = 100 // shown at a time of those that are open
	pastAlerts = 30  // and of the others, under them
)

// alertsBody is what GET /alerts shows.
type alertsBody struct {
	Tabs    []alertTab
	None    *api.Problem // why there are no alerts at all; null: there may be some
	Filter  alertFilter
	Groups  []alertGroup
	Rules   []choice
	Watches []choice
	Act     bool // the viewer may acknowledge and snooze
}

// alertTab is one of the pages that belong together.
type alertTab struct {
	Label, Path string
	Here        bool
}

// choice is one value of a filter or a field.
type choice struct {
	Value, Label string
	On           bool
}

// alertFilter is what of the alerts is shown.
type alertFilter struct {
	State, Severity, Rule, Watch, Cursor string
}

// alertGroup is a list of alerts under a heading.
type alertGroup struct {
	Name, Title, Empty string
	Rows               []alertRow
	More               string // address of those that follow; empty: there are none
}

// alertTabs are the pages about what is told without being asked for.
func alertTabs(here string) []alertTab {
	out := []alertTab{{Label: "Alerts", Path: "/alerts"}, {Label: "Rules", Path: "/rules"}, {Label: "Mutes", Path: "/mutes"}, {Label: "Messages", Path: "/outbox"}}
	for i := range out {
		out[i].Here = out[i].Path == here
	}
	return out
}

// alertStates are the values of the filter by state: open ones, those that somebody has dealt with, all that are past.
func alertStates() []choice {
	return []choice{
		{Value: "", Label: "open first"}, {Value: api.AlertOpen, Label: "open"}, {Value: api.AlertSnoozed, Label: "snoozed"},
		{Value: api.AlertAcknowledged, Label: "acknowledged"}, {Value: api.AlertOver, Label: "over"},
	}
}

// States are the choices of the filter by state.
func (f alertFilter) States() []choice { return chosen(alertStates(), f.State) }

// Severities are the choices of the filter by severity.
func (f alertFilter) Severities() []choice {
	return chosen([]choice{{Value: "", Label: "any"}, {Value: api.SeverityCrisis, Label: "crisis"}, {Value: api.SeverityWarning, Label: "warning"}, {Value: api.SeverityNotice, Label: "notice"}}, f.Severity)
}

// Narrow reports whether something is left out.
func (f alertFilter) Narrow() bool { return f.State+f.Severity+f.Rule+f.Watch != "" }

func chosen(list []choice, value string) []choice {
	for i := range list {
		list[i].On = list[i].Value == value
	}
	return list
}

// query asks for the alerts in some states.
func (f alertFilter) query(limit int, states ...string) url.Values {
	q := url.Values{"limit": {strconv.Itoa(limit)}, "state": states}
	for name, value := range map[string]string{"severity": f.Severity, "rule": f.Rule, "watch": f.Watch} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// path is the address of a list of one state.
func (f alertFilter) path(state, cursor string) string {
	q := url.Values{}
	for name, value := range map[string]string{"state": state, "severity": f.Severity, "rule": f.Rule, "watch": f.Watch, "cursor": cursor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/alerts"
	}
	return "/alerts?" + q.Encode()
}

// alerts answers GET /alerts.
func (p *Page) alerts(v *viewer) *Answer {
	in := v.URL.Query()
	body := &alertsBody{
		Tabs: alertTabs("/alerts"), Act: p.opt.API.Allows(v.Request, http.MethodPost, api.AlertsPath+"/any"),
		Filter: alertFilter{State: in.Get("state"), Severity: in.Get("severity"), Rule: in.Get("rule"), Watch: in.Get("watch"), Cursor: in.Get("cursor")},
	}
	problem := p.fillAlerts(v, body)
	switch {
	case problem == nil:
	case problem.Type == api.ProblemNoAlerts:
		body.None = problem
	default:
		return failed(problem)
	}
	return p.show(v, "alerts", "Alerts", "alerts", body)
}

// fillAlerts gathers the alerts that the filter leaves, and what it can be set to.
func (p *Page) fillAlerts(v *viewer, body *alertsBody) *api.Problem {
	f := body.Filter
	if f.State != "" {
		g, problem := p.alertGroup(v, f, stateTitle(f.State), openAlerts, f.State)
		if problem != nil {
			return problem
		}
		body.Groups = []alertGroup{g}
	} else {
		open, problem := p.alertGroup(v, f, "Open", openAlerts, api.AlertOpen)
		if problem != nil {
			return problem
		}
		bySeverity(open.Rows)
		open.Empty = "Nothing is open. You are up to date."
		if f.Narrow() {
			open.Empty = "Nothing that is open fits this filter."
		}
		body.Groups = []alertGroup{open}
		for _, state := range []string{api.AlertSnoozed, api.AlertAcknowledged, api.AlertOver} {
			g, problem := p.alertGroup(v, f, stateTitle(state), pastAlerts, state)
			if problem != nil {
				return problem
			}
			if len(g.Rows) > 0 {
				body.Groups = append(body.Groups, g)
			}
		}
	}
	var rules api.RulesAnswer
	if problem := p.opt.API.Get(v.Request, api.RulesPath, nil, &rules); problem != nil {
		return problem
	}
	body.Rules = []choice{{Label: "any"}}
	for i := range rules.Rules {
		body.Rules = append(body.Rules, choice{Value: rules.Rules[i].Name, Label: cmp.Or(rules.Rules[i].Title, rules.Rules[i].Name)})
	}
	body.Rules = chosen(withValue(body.Rules, f.Rule), f.Rule)
	body.Watches = chosen(withValue(p.watchChoices(v, "any"), f.Watch), f.Watch)
	return nil
}

// withValue adds a value that is set but not among the choices, as the name of a rule that was deleted.
func withValue(list []choice, value string) []choice {
	if !slices.ContainsFunc(list, func(c choice) bool { return c.Value == value }) {
		list = append(list, choice{Value: value, Label: value})
	}
	return list
}

// watchChoices are the watch lists, behind a choice of none. None are there where lists cannot be read.
func (p *Page) watchChoices(v *viewer, none string) []choice {
	out := []choice{{Label: none}}
	var lists api.WatchesAnswer
	if problem := p.opt.API.Get(v.Request, api.WatchesPath, nil, &lists); problem != nil {
		return out
	}
	for _, w := range lists.Watches {
		out = append(out, choice{Value: w.Name, Label: cmp.Or(w.Title, w.Name)})
	}
	return out
}

// alertGroup asks for the alerts in a state.
func (p *Page) alertGroup(v *viewer, f alertFilter, title string, limit int, state string) (alertGroup, *api.Problem) {
	g := alertGroup{Name: state, Title: title, Empty: "There are none."}
	q := f.query(limit, state)
	if f.Cursor != "" {
		q.Set("cursor", f.Cursor)
	}
	var answer api.AlertsAnswer
	if problem := p.opt.API.Get(v.Request, api.AlertsPath, q, &answer); problem != nil {
		return g, problem
	}
	g.Rows = alertRows(answer.Alerts)
	if answer.Next != nil {
		// A cursor belongs to a list of one state, and so does the page that goes on.
		g.More = f.path(state, *answer.Next)
	}
	return g, nil
}

// bySeverity puts the gravest first, and keeps the newest first among them.
func bySeverity(rows []alertRow) {
	slices.SortStableFunc(rows, func(a, b alertRow) int { return cmp.Compare(severityRank(b.Severity), severityRank(a.Severity)) })
}

func severityRank(severity string) int {
	return slices.Index([]string{api.SeverityNotice, api.SeverityWarning, api.SeverityCrisis}, severity)
}

func stateTitle(state string) string {
	switch state {
	case api.AlertOpen:
		return "Open"
	case api.AlertSnoozed:
		return "Snoozed"
	case api.AlertAcknowledged:
		return "Acknowledged"
	case api.AlertOver:
		return "Over"
	}
	return state
}
