package page

import (
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// triedShown is how many of the alerts of a trial are shown.
const triedShown = "10"

// ruleTried is what a rule would have told.
type ruleTried struct {
	*api.RuleTest
	Days []triedDay
}

// triedDay is one day of a trial.
type triedDay struct {
	Day    string
	Alerts int
	most   int
}

// Bar draws the alerts of the day beside those of the fullest one.
func (d triedDay) Bar() template.HTML {
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="bar-of" width="%d" height="6"/></svg>`, 100*d.Alerts/max(d.most, 1)))
}

// Rows are the newest alerts of the trial.
func (t *ruleTried) Rows() []alertRow { return alertRows(t.Alerts, nil) }

// Whole reports whether all that there would have been is shown.
func (t *ruleTried) Whole() bool { return t.Total <= len(t.Alerts) }

func triedOf(test *api.RuleTest) *ruleTried {
	out := &ruleTried{RuleTest: test}
	most := 0
	for _, d := range test.Days {
		most = max(most, d.Alerts)
	}
	for _, d := range test.Days {
		day := d.Day
		if t, err := time.Parse(time.DateOnly, d.Day); err == nil {
			day = t.Format("Mon 2 Jan")
		}
		out.Days = append(out.Days, triedDay{day, d.Alerts, most})
	}
	return out
}

// tryRule shows the form again, with what the rule in it would have told. Nothing is kept.
func (p *Page) tryRule(v *viewer, b *ruleBody, rule *api.Rule) *Answer {
	if rule.Name == "" {
		rule.Name = "tried"
	}
	rule.Off = false
	if !b.Bad() {
		var test api.RuleTest
		problem := p.opt.API.Send(v.Request, http.MethodPost, api.RulesPath+api.TestPath+"?limit="+triedShown, rule, &test)
		switch {
		case problem == nil:
			b.Tried = triedOf(&test)
		case isTyped(problem) || problem.Type == api.ProblemBusy:
			b.take(problem, ruleField)
		default:
			return failed(problem)
		}
	}
	out := p.showRule(v, b)
	if b.Bad() {
		out.Status = http.StatusUnprocessableEntity
	}
	return out
}

// trial is a trial with who looks at it.
type trial struct {
	*ruleTried
	V *viewer
}

// Trial is what the rule would have told, as the viewer has times.
func (b *ruleBody) Trial(v *viewer) trial { return trial{b.Tried, v} }

// SaysNow puts what somebody else has made of the rule into a sentence.
func (b *ruleBody) SaysNow() string { return ruleSays(b.Changed) }
