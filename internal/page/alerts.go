package page

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

const (
	shownAlerts = 20   // of a state at a time
	openAlerts  = 1000 // looked at of those that are open, to tell which are late by now
)

// alertLate is the state, of the page alone, of an open alert whose trend has passed.
const alertLate = "late"

// alertsBody is what GET /alerts shows.
type alertsBody struct {
	Tabs    []alertTab
	None    *api.Problem // why there are no alerts at all; null: there may be some
	Filter  alertFilter
	Groups  []alertGroup
	Rules   []choice
	Watches []choice
	Act     bool // the viewer may acknowledge and snooze
	Silent  bool // no source is on: nothing new can come
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
	Page                                 int // from 1, of those that are open
}

// alertGroup is a list of alerts under a heading.
type alertGroup struct {
	Name, Title, Empty string
	Rows               []alertRow
	Total              int    // of those that are open; 0: not counted
	Folded             bool   // it is one click deeper
	Less, More         string // addresses of those before and of those that follow; empty: there are none
	Clear              string // address of a page that asks whether to acknowledge all of them; empty: there is none
}

// Count is how many there are, as far as it is known.
func (g alertGroup) Count() string {
	n := console.Count(uint64(max(g.Total, len(g.Rows))))
	if g.Total == 0 && g.More != "" {
		n += "+"
	}
	return n
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
		{Value: "", Label: "open first"}, {Value: api.AlertOpen, Label: "open"}, {Value: alertLate, Label: "late by now"}, {Value: api.AlertSnoozed, Label: "snoozed"},
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

// path is the address of a list of one state, with one parameter more; empty: none.
func (f alertFilter) path(state, name, value string) string {
	q := url.Values{}
	for name, value := range map[string]string{"state": state, "severity": f.Severity, "rule": f.Rule, "watch": f.Watch, name: value} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/alerts"
	}
	return "/alerts?" + q.Encode()
}

// readAlertFilter reads what an address asks for.
func readAlertFilter(in url.Values) (alertFilter, *api.Problem) {
	f := alertFilter{State: in.Get("state"), Severity: in.Get("severity"), Rule: in.Get("rule"), Watch: in.Get("watch"), Cursor: in.Get("cursor"), Page: 1}
	if s := in.Get("page"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > openAlerts {
			return f, badField("page", "is %.40q; use a number from 1", s)
		}
		f.Page = n
	}
	return f, nil
}

// alerts answers GET /alerts.
func (p *Page) alerts(v *viewer) *Answer {
	f, problem := readAlertFilter(v.URL.Query())
	if problem != nil {
		return failed(problem)
	}
	if v.URL.Query().Get("do") == "acknowledge" {
		return p.askAcknowledge(v, f)
	}
	body := &alertsBody{Tabs: alertTabs("/alerts"), Act: p.mayAct(v), Filter: f}
	problem = p.fillAlerts(v, body)
	switch {
	case problem == nil:
	case problem.Type == api.ProblemNoAlerts:
		body.None = problem
	default:
		return failed(problem)
	}
	return p.show(v, "alerts", "Alerts", "alerts", body)
}

// mayAct reports whether the viewer may decide about alerts.
func (p *Page) mayAct(v *viewer) bool {
	return p.opt.API.Allows(v.Request, http.MethodPost, api.AlertsPath+"/any")
}

// fillAlerts gathers the alerts that the filter leaves, and what it can be set to.
func (p *Page) fillAlerts(v *viewer, body *alertsBody) *api.Problem {
	f := body.Filter
	body.Silent = p.silent(v)
	now := p.rankedNow(v)
	if f.State == "" || f.State == api.AlertOpen || f.State == alertLate {
		live, late, problem := p.openGroups(v, f, now)
		if problem != nil {
			return problem
		}
		live.Empty = "Nothing is open. You are up to date."
		switch {
		case len(late.Rows) > 0:
			live.Empty = "Nothing that is open can be acted on any more."
		case f.Narrow():
			live.Empty = "Nothing that is open fits this filter."
		case body.Silent:
			live.Empty = "Nothing is open, and nothing can come: no source is on."
		}
		late.Empty = "No open alert is late."
		switch {
		case f.State == alertLate:
			body.Groups = append(body.Groups, late)
		default:
			body.Groups = append(body.Groups, live)
			if len(late.Rows) > 0 {
				late.Folded = true
				body.Groups = append(body.Groups, late)
			}
		}
	}
	for _, state := range []string{api.AlertSnoozed, api.AlertAcknowledged, api.AlertOver} {
		if f.State != "" && f.State != state {
			continue
		}
		g, problem := p.alertGroup(v, f, state, now)
		if problem != nil {
			return problem
		}
		if g.Folded = f.State == ""; len(g.Rows) > 0 || !g.Folded {
			body.Groups = append(body.Groups, g)
		}
	}
	if len(body.Groups) == 0 { // of no state that there is: the endpoint says which there are
		if _, problem := p.alertGroup(v, f, f.State, now); problem != nil {
			return problem
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
func (p *Page) alertGroup(v *viewer, f alertFilter, state string, now *ranked) (alertGroup, *api.Problem) {
	g := alertGroup{Name: state, Title: stateTitle(state), Empty: "There are none."}
	q := f.query(shownAlerts, state)
	if f.Cursor != "" {
		q.Set("cursor", f.Cursor)
	}
	var answer api.AlertsAnswer
	if problem := p.opt.API.Get(v.Request, api.AlertsPath, q, &answer); problem != nil {
		return g, problem
	}
	g.Rows = alertRows(answer.Alerts, now)
	if answer.Next != nil {
		// A cursor belongs to a list of one state, and so does the page that goes on.
		g.More = f.path(state, "cursor", *answer.Next)
	}
	return g, nil
}

// openGroups are the open alerts that can be acted on, and those that are late by now.
func (p *Page) openGroups(v *viewer, f alertFilter, now *ranked) (live, late alertGroup, problem *api.Problem) {
	live, late = alertGroup{Name: api.AlertOpen, Title: "Open"}, alertGroup{Name: alertLate, Title: "Late by now"}
	rows, problem := p.openRows(v, f, now)
	if problem != nil {
		return live, late, problem
	}
	for _, r := range rows {
		if r.Late(v) {
			late.Rows = append(late.Rows, r)
		} else {
			live.Rows = append(live.Rows, r)
		}
	}
	byUrgency(live.Rows)
	for _, g := range []*alertGroup{&live, &late} {
		g.cut(f)
	}
	return live, late, nil
}

// openRows are all that is open and fits a filter.
func (p *Page) openRows(v *viewer, f alertFilter, now *ranked) ([]alertRow, *api.Problem) {
	var answer api.AlertsAnswer
	if problem := p.opt.API.Get(v.Request, api.AlertsPath, f.query(openAlerts, api.AlertOpen), &answer); problem != nil {
		return nil, problem
	}
	return alertRows(answer.Alerts, now), nil
}

// cut leaves one page of a group, with the way to those around it and to deal with all.
func (g *alertGroup) cut(f alertFilter) {
	page := 1
	if f.State == g.Name {
		page = f.Page
	}
	if g.Total = len(g.Rows); g.Total > 1 {
		g.Clear = f.path(g.Name, "do", "acknowledge")
	}
	from := min((page-1)*shownAlerts, g.Total)
	to := min(from+shownAlerts, g.Total)
	if from > 0 {
		g.Less = f.path(g.Name, "page", strconv.Itoa(page-1))
	}
	if to < g.Total {
		g.More = f.path(g.Name, "page", strconv.Itoa(page+1))
	}
	g.Rows = g.Rows[from:to]
}

// silent reports whether no source is on.
func (p *Page) silent(v *viewer) bool {
	var sources api.SourcesAnswer
	if problem := p.opt.API.Get(v.Request, api.SourcesPath, nil, &sources); problem != nil {
		return false
	}
	return !slices.ContainsFunc(sources.Sources, func(s api.SourceStatus) bool { return s.State != "off" })
}

// byUrgency puts the gravest first, among them those that are over soonest, and then the newest.
func byUrgency(rows []alertRow) {
	const never = 1 << 62
	at := func(r alertRow) int64 {
		if by := r.ActBy(); by != nil {
			return by.Unix()
		}
		return never
	}
	slices.SortStableFunc(rows, func(a, b alertRow) int {
		return cmp.Or(cmp.Compare(severityRank(b.Severity), severityRank(a.Severity)), cmp.Compare(at(a), at(b)))
	})
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
