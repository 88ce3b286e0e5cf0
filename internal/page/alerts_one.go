package page

import (
	"net/http"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// alertBody is what GET /alerts/{id} shows.
type alertBody struct {
	Tabs []alertTab
	alertRow
	RuleTitle string // or its name
	Act       bool
}

// alert answers GET /alerts/{id}.
func (p *Page) alert(v *viewer) *Answer {
	var a api.Alert
	path := escaped(api.AlertsPath, v.PathValue("id"))
	if problem := p.opt.API.Get(v.Request, path, nil, &a); problem != nil {
		return failed(problem)
	}
	body := &alertBody{Tabs: alertTabs("/alerts"), alertRow: alertRow{Alert: &a, Now: p.rankedNow(v).of(&a)}, RuleTitle: a.Rule, Act: p.opt.API.Allows(v.Request, http.MethodPost, path)}
	var rule api.Rule
	if problem := p.opt.API.Get(v.Request, escaped(api.RulesPath, a.Rule), nil, &rule); problem == nil && rule.Title != "" {
		body.RuleTitle = rule.Title
	}
	return p.show(v, "alert", body.Titled(), "alerts", body)
}

// actOnAlert answers POST /alerts/{id}.
func (p *Page) actOnAlert(v *viewer) *Answer {
	f, problem := typed(v)
	if problem != nil {
		return failed(problem)
	}
	action, code := api.AlertAction{Action: f.Value("do")}, "acknowledged"
	if how, ok := strings.CutPrefix(action.Action, "snooze-"); ok {
		until, ok := v.until(how)
		if !ok {
			return failed(badField("do", "is %.40q; use the buttons of the page", how))
		}
		action, code = api.AlertAction{Action: "snooze", Until: &until}, "snoozed"
	} else if action.Action == "reopen" {
		code = "reopened"
	}
	if problem := p.opt.API.Send(v.Request, http.MethodPost, escaped(api.AlertsPath, v.PathValue("id")), action, nil); problem != nil {
		return failed(problem)
	}
	return seeOther(withDone(f.Value("back"), code))
}

// until says when a time of rest that a button names is over. Nights end at eight.
func (v *viewer) until(how string) (time.Time, bool) {
	const morning = 8
	switch how {
	case "1h":
		return v.now.Add(time.Hour), true
	case "4h":
		return v.now.Add(4 * time.Hour), true
	case "morning":
		now := v.now.In(v.zone)
		return time.Date(now.Year(), now.Month(), now.Day()+1, morning, 0, 0, 0, v.zone), true
	}
	return time.Time{}, false
}

// alertCard is an alert with who looks at it, and from where.
type alertCard struct {
	alertRow
	V    *viewer
	Back string // where a form of it leads back to
	Act  bool
}

// groupOf is a group with who looks at it.
type groupOf struct {
	alertGroup
	*alertsBody
	V    *viewer
	Back string
}

// In puts a group before who looks at it.
func (b *alertsBody) In(g alertGroup, v *viewer, back string) groupOf { return groupOf{g, b, v, back} }

// Card puts an alert of the list on a card.
func (b *alertsBody) Card(r alertRow, v *viewer, back string) alertCard {
	return alertCard{r, v, back, b.Act}
}

// Card puts the alert on a card.
func (b *alertBody) Card(v *viewer, back string) alertCard {
	return alertCard{b.alertRow, v, back, b.Act}
}
