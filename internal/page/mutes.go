package page

import (
	"net/http"
	"net/url"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// mutesBody is what GET /mutes shows.
type mutesBody struct {
	Tabs []alertTab
	*fields
	None    *api.Problem
	Mutes   []muteRow
	Kinds   []choice
	Rules   []choice
	Watches []choice
	Spans   []choice
	Add     bool // the viewer may add mutes
}

// muteRow is a mute in the list.
type muteRow struct {
	api.Mute
	Drop bool // the viewer may remove it
}

// muteSpans are for how long something may be muted.
func muteSpans() []choice {
	return []choice{{Value: "24h", Label: "one day"}, {Value: "168h", Label: "one week"}, {Value: "720h", Label: "30 days"}, {Value: "", Label: "for good"}}
}

// mutes answers GET /mutes.
func (p *Page) mutes(v *viewer) *Answer {
	q := v.URL.Query()
	f := &fields{values: url.Values{"what": {"term"}, "kind": {"hashtag"}, "for": {"168h"}}}
	for _, name := range []string{"what", "kind", "term", "rule", "watch"} {
		if s := q.Get(name); s != "" {
			f.values.Set(name, s)
		}
	}
	return p.showMutes(v, f)
}

// addMute answers POST /mutes.
func (p *Page) addMute(v *viewer) *Answer {
	f, problem := typed(v)
	if problem != nil {
		return failed(problem)
	}
	m := struct {
		Rule  string     `json:"rule,omitempty"`
		Watch string     `json:"watch,omitempty"`
		Kind  string     `json:"kind,omitempty"`
		Term  string     `json:"term,omitempty"`
		Until *time.Time `json:"until"`
	}{}
	what := f.Value("what")
	switch what {
	case "rule":
		m.Rule = f.Value("rule")
	case "watch":
		m.Watch = f.Value("watch")
	default:
		what = "term"
		m.Kind, m.Term = f.Value("kind"), f.trimmed("term")
	}
	if m.Rule+m.Watch+m.Term == "" {
		f.refuse(what, "Say which one.")
	}
	if span := f.Value("for"); span != "" {
		d, err := time.ParseDuration(span)
		if err != nil || d <= 0 {
			f.refuse("for", "Choose one of these.")
		}
		until := v.clock.Add(d)
		m.Until = &until
	}
	if !f.Bad() {
		problem := p.opt.API.Send(v.Request, http.MethodPost, api.MutesPath, m, nil)
		switch {
		case problem == nil:
			return seeOther(withDone("/mutes", "muted"))
		case !isTyped(problem):
			return failed(problem)
		case problem.Type == api.ProblemInvalidBody:
			f.refuse(what, "%s", muteReason(problem))
		default:
			f.Fault = standalone(problem.Detail)
		}
	}
	out := p.showMutes(v, f)
	out.Status = http.StatusUnprocessableEntity
	return out
}

// muteReason says what is wrong with what somebody wants to mute.
func muteReason(p *api.Problem) string {
	if len(p.Errors) > 0 {
		return standalone(p.Errors[0].Reason)
	}
	return "There is nothing in it that could be muted. Write a term as people do, as in #tag."
}

// showMutes shows the mutes, over a form for another one.
func (p *Page) showMutes(v *viewer, f *fields) *Answer {
	body := &mutesBody{Tabs: alertTabs("/mutes"), fields: f, Add: p.opt.API.Allows(v.Request, http.MethodPost, api.MutesPath)}
	var answer api.MutesAnswer
	if problem := p.opt.API.Get(v.Request, api.MutesPath, nil, &answer); problem != nil {
		if problem.Type != api.ProblemNoAlerts {
			return failed(problem)
		}
		body.None = problem
	}
	for _, m := range answer.Mutes {
		body.Mutes = append(body.Mutes, muteRow{m, body.Add})
	}
	for _, kind := range []string{"hashtag", "sound", "keyword", "mention", "link"} {
		body.Kinds = append(body.Kinds, choice{Value: kind, Label: kindName(kind)})
	}
	body.Rules = []choice{{Label: "choose"}}
	var rules api.RulesAnswer
	if problem := p.opt.API.Get(v.Request, api.RulesPath, nil, &rules); problem == nil {
		for i := range rules.Rules {
			body.Rules = append(body.Rules, choice{Value: rules.Rules[i].Name, Label: ruleRow{Rule: &rules.Rules[i]}.Called()})
		}
	}
	body.Kinds, body.Rules = chosen(body.Kinds, f.Value("kind")), chosen(body.Rules, f.Value("rule"))
	body.Watches, body.Spans = chosen(p.watchChoices(v, "choose"), f.Value("watch")), chosen(muteSpans(), f.Value("for"))
	return p.show(v, "mutes", "Mutes", "alerts", body)
}

// dropMute answers POST /mutes/{id}/delete.
func (p *Page) dropMute(v *viewer) *Answer {
	if problem := p.opt.API.Send(v.Request, http.MethodDelete, escaped(api.MutesPath, v.PathValue("id")), nil, nil); problem != nil {
		return failed(problem)
	}
	return seeOther(withDone("/mutes", "unmuted"))
}
