package page

import (
	"net/http"

	"github.com/swell-radar/swell/internal/api"
)

// mostAtOnce is how many alerts are acknowledged at once.
const mostAtOnce = 200

// acknowledgeBody asks whether to acknowledge several alerts.
type acknowledgeBody struct {
	Tabs []alertTab
	Rows []alertRow
	Rest int // how many are left for another time
	Back string
}

// askAcknowledge answers GET /alerts?do=acknowledge: it shows what would be acknowledged, and nothing that comes meanwhile is.
func (p *Page) askAcknowledge(v *viewer, f alertFilter) *Answer {
	if !p.mayAct(v) {
		return failed(api.NewProblem(api.ProblemRole, "you may look at alerts, but not decide about them"))
	}
	rows, problem := p.openRows(v, f, p.rankedNow(v))
	if problem != nil {
		return failed(problem)
	}
	body := &acknowledgeBody{Tabs: alertTabs("/alerts"), Back: f.path("", "", "")}
	for _, r := range rows {
		if f.State == "" || r.Late(v) == (f.State == alertLate) {
			body.Rows = append(body.Rows, r)
		}
	}
	if body.Rest = len(body.Rows) - mostAtOnce; body.Rest > 0 {
		body.Rows = body.Rows[:mostAtOnce]
	}
	return p.show(v, "acknowledge", "Acknowledge alerts", "alerts", body)
}

// acknowledgeAll answers POST /alerts: it acknowledges the alerts that the form names.
func (p *Page) acknowledgeAll(v *viewer) *Answer {
	f, problem := typed(v)
	if problem != nil {
		return failed(problem)
	}
	ids := f.values["id"]
	if len(ids) > mostAtOnce {
		return failed(badField("id", "is given %d times; acknowledge at most %d at once", len(ids), mostAtOnce))
	}
	for _, id := range ids {
		problem := p.opt.API.Send(v.Request, http.MethodPost, escaped(api.AlertsPath, id), api.AlertAction{Action: "acknowledge"}, nil)
		if problem != nil && problem.Type != api.ProblemAlertOver { // what is over needs nobody any more
			return failed(problem)
		}
	}
	return seeOther(withDone(f.Value("back"), "acknowledged-all"))
}
