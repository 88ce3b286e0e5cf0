package page

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/swell-radar/swell/internal/api"
)

// ruleBody is what the form of a rule shows.
type ruleBody struct {
	Tabs []alertTab
	*fields
	Name    string // of the rule that is changed; empty: a new one
	Action  string // where the form goes
	Rule    *api.Rule
	Says    string // what is kept now
	Boxes   ruleBoxes
	Trends  []ruleNumber
	Either  []ruleNumber
	Of      []ruleNumber // asked of mentions alone
	Tried   *ruleTried   // null: it was not tried
	Change  bool
	Changed *api.Rule // what somebody else has made of it since; null: nobody did
}

// ruleBoxes are the choices of a form that are ticked.
type ruleBoxes struct {
	Severities, Phases, Kinds, Platforms, Watches, Purposes []choice
}

// ruleNumber is a field for a number of a rule.
type ruleNumber struct {
	Name, Label, Unit, Hint string
	Percent                 bool
	Value, Wrong            string
	of                      func(*api.Rule) *api.Number
}

// ruleNumbers are the numbers that are asked of trends alone, of mentions too, and of mentions alone.
func ruleNumbers() (trends, either, mentions []ruleNumber) {
	trends = []ruleNumber{
		{Name: "min_confidence", Label: "Chance that it is real", Unit: "% at least", Percent: true, Hint: "Higher tells less, and is wrong less often.", of: func(r *api.Rule) *api.Number { return &r.MinConfidence }},
		{Name: "min_hours_left", Label: "Hours left", Unit: "at least", Hint: "Leaves out what is over too soon to act on; 72 at most.", of: func(r *api.Rule) *api.Number { return &r.MinHoursLeft }},
		{Name: "min_score", Label: "Score", Unit: "at least", Hint: "How far above what is usual, as the ranking shows it.", of: func(r *api.Rule) *api.Number { return &r.MinScore }},
	}
	either = []ruleNumber{
		{Name: "min_authors_24h", Label: "People in 24 hours", Unit: "at least", Hint: "Keeps out what a few write often.", of: func(r *api.Rule) *api.Number { return &r.MinAuthors }},
		{Name: "min_rate_per_h", Label: "Posts an hour", Unit: "at least", Hint: "In the last 60 minutes.", of: func(r *api.Rule) *api.Number { return &r.MinRatePerH }},
		{Name: "min_times_expected", Label: "Times what is usual", Unit: "at least", Hint: "3 means three times as many posts as usual at this hour.", of: func(r *api.Rule) *api.Number { return &r.MinTimes }},
		{Name: "min_platforms", Label: "Platforms at once", Unit: "at least", Hint: "Then each further platform is told, too.", of: func(r *api.Rule) *api.Number { return &r.MinPlatforms }},
	}
	mentions = []ruleNumber{
		{Name: "min_surprise", Label: "Above its own past", Unit: "standard deviations", Hint: "How far the mentions are above what is usual for this list; 6 is rare.", of: func(r *api.Rule) *api.Number { return &r.MinSurprise }},
		{Name: "min_share", Label: "Share of voice", Unit: "% at least", Percent: true, Hint: "Among the lists of the same purpose and their rivals.", of: func(r *api.Rule) *api.Number { return &r.MinShare }},
		{Name: "min_share_rise", Label: "Rise of that share", Unit: "points at least", Percent: true, Hint: "In 24 hours, over the seven days before.", of: func(r *api.Rule) *api.Number { return &r.MinShareRise }},
	}
	return trends, either, mentions
}

// allRuleNumbers are those of [ruleNumbers] together.
func allRuleNumbers() []ruleNumber {
	trends, either, mentions := ruleNumbers()
	return slices.Concat(trends, either, mentions)
}

// fieldsOf puts a rule into the fields of its form.
func fieldsOf(r *api.Rule) *fields {
	v := url.Values{
		"title": {r.Title}, "severity": {r.Severity}, "phases": r.Phases, "kinds": r.Kinds, "platforms": r.Platforms,
		"watches": r.Watches, "purposes": r.Purposes, "state": {stateOf(r)}, "of": {"trends"}, "on": {"yes"},
	}
	if r.Mentions {
		v.Set("of", "mentions")
	}
	if r.Off {
		v.Del("on")
	}
	if r.Once {
		v.Set("once", "yes")
	}
	for _, n := range allRuleNumbers() {
		if x := float64(*n.of(r)); !math.IsNaN(x) {
			digits := strconv.FormatFloat(x, 'f', -1, 64)
			if n.Percent {
				digits = hundredfold(digits)
			}
			v.Set(n.Name, digits)
		}
	}
	return &fields{values: v}
}

// hundredfold writes a hundred times a number. It moves the point, so that the number comes back as it was.
func hundredfold(digits string) string {
	whole, part, _ := strings.Cut(digits, ".")
	part += "00"
	whole, part = strings.TrimLeft(whole+part[:2], "0"), strings.TrimRight(part[2:], "0")
	if whole == "" {
		whole = "0"
	}
	if part == "" {
		return whole
	}
	return whole + "." + part
}

// emptyRule asks nothing.
func emptyRule() *api.Rule {
	r := &api.Rule{Severity: api.SeverityNotice}
	for _, n := range allRuleNumbers() {
		*n.of(r) = api.Unknown
	}
	return r
}

// ruleOf reads a rule from a form, and notes what cannot be read.
func ruleOf(f *fields, name string) *api.Rule {
	r := emptyRule()
	r.Name, r.Title, r.Severity = name, f.trimmed("title"), f.Value("severity")
	r.Mentions, r.Off, r.Once = f.Value("of") == "mentions", !f.Has("on", "yes"), f.Has("once", "yes")
	r.Phases, r.Kinds, r.Watches, r.Purposes = f.values["phases"], f.values["kinds"], f.values["watches"], f.values["purposes"]
	r.Platforms = append(slices.Clone(f.values["platforms"]), namesIn(f.Value("further"))...)
	trends, _, mentions := ruleNumbers()
	for _, n := range allRuleNumbers() {
		*n.of(r) = numberOf(f, n)
	}
	other, fix := mentions, "This is asked of mentions alone: empty it, or look at mentions."
	if r.Mentions {
		other, fix = trends, "This is asked of trends alone: empty it, or look at trends."
	}
	for _, n := range other {
		if f.trimmed(n.Name) != "" {
			f.refuse(n.Name, "%s", fix)
		}
	}
	if r.Mentions {
		for field, given := range map[string]bool{"phases": len(r.Phases) > 0, "kinds": len(r.Kinds) > 0, "once": r.Once} {
			if given {
				f.refuse(field, "This is asked of trends alone: untick it, or look at trends.")
			}
		}
	}
	return r
}

// numberOf reads a number; what is empty asks nothing.
func numberOf(f *fields, n ruleNumber) api.Number {
	s := f.trimmed(n.Name)
	if s == "" {
		return api.Unknown
	}
	digits := s
	if n.Percent {
		digits += "e-2"
	}
	x, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		f.refuse(n.Name, "It is “%s”, which is no number; write it as in 12 or 0.5, or leave it empty.", text(s))
		return api.Unknown
	}
	if n.Percent && (x < 0 || x > 1) {
		f.refuse(n.Name, "It is %s; use 0 to 100, or leave it empty.", text(s))
		return api.Unknown
	}
	return api.Number(x)
}

// ruleField is the field of the form that one of the endpoint is in.
func ruleField(name string) string {
	name, _, _ = strings.Cut(name, "[")
	if name == "platforms" {
		return "further"
	}
	for _, n := range allRuleNumbers() {
		if n.Name == name {
			return name
		}
	}
	if slices.Contains([]string{"name", "title", "severity", "phases", "kinds", "watches", "purposes", "once"}, name) {
		return name
	}
	return ""
}

// editRule answers GET /rules/{name} and GET /new/rule.
func (p *Page) editRule(v *viewer) *Answer {
	name := v.PathValue("name")
	rule := emptyRule()
	if name != "" {
		if problem := p.opt.API.Get(v.Request, escaped(api.RulesPath, name), nil, rule); problem != nil {
			return failed(problem)
		}
	} else {
		rule.Phases, rule.Once, rule.MinAuthors = []string{"emerging", "rising"}, true, 20
		if w := v.URL.Query().Get("watch"); w != "" {
			rule.Watches = []string{w}
		}
	}
	body := &ruleBody{fields: fieldsOf(rule), Name: name, Rule: rule}
	if v.URL.Query().Get("try") != "" && name != "" {
		var test api.RuleTest
		if problem := p.opt.API.Get(v.Request, escaped(api.RulesPath, name)+api.TestPath, url.Values{"limit": {triedShown}}, &test); problem != nil {
			body.Fault = standalone(problem.Detail)
		} else {
			body.Tried = triedOf(&test)
		}
	}
	return p.showRule(v, body)
}

// saveRule answers POST /rules/{name} and POST /new/rule: it keeps the rule, or tries it and shows the form again.
func (p *Page) saveRule(v *viewer) *Answer {
	f, problem := typed(v)
	if problem != nil {
		return failed(problem)
	}
	name := v.PathValue("name")
	body := &ruleBody{fields: f, Name: name, Rule: emptyRule()}
	if name != "" {
		if problem := p.opt.API.Get(v.Request, escaped(api.RulesPath, name), nil, body.Rule); problem != nil {
			return failed(problem)
		}
	}
	rule := ruleOf(f, name)
	if f.Value("do") == "try" {
		return p.tryRule(v, body, rule)
	}
	if name == "" {
		rule.Name = f.named()
	}
	if name != "" && f.Value("state") != stateOf(body.Rule) {
		body.Changed = body.Rule
		f.values.Set("state", stateOf(body.Rule))
		f.Fault = "Somebody else has changed this rule since you opened it. Look at what it is now, then save again to replace that."
	}
	if !f.Bad() {
		method, path := http.MethodPut, escaped(api.RulesPath, name)
		if name == "" {
			method, path = http.MethodPost, api.RulesPath
		}
		problem := p.opt.API.Send(v.Request, method, path, rule, nil)
		switch {
		case problem == nil:
			return seeOther(withDone("/rules", "saved"))
		case !isTyped(problem):
			return failed(problem)
		case problem.Type == api.ProblemRuleExists:
			f.refuse("name", "There is a rule of this name already; use another.")
		default:
			f.take(problem, ruleField)
		}
	}
	out := p.showRule(v, body)
	out.Status = http.StatusUnprocessableEntity
	return out
}

// showRule shows the form of a rule.
func (p *Page) showRule(v *viewer, b *ruleBody) *Answer {
	b.Tabs, b.Action = alertTabs("/rules"), "/new/rule"
	title := "A new rule"
	if b.Name != "" {
		b.Action, b.Says = escaped("/rules", b.Name), ruleSays(b.Rule)
		title = fmt.Sprintf("Rule: %s", text(ruleRow{Rule: b.Rule}.Called()))
	}
	b.Change = p.opt.API.Allows(v.Request, http.MethodPost, api.RulesPath)
	b.Trends, b.Either, b.Of = ruleNumbers()
	for _, list := range [][]ruleNumber{b.Trends, b.Either, b.Of} {
		for i := range list {
			list[i].Value, list[i].Wrong = b.Value(list[i].Name), b.Wrong(list[i].Name)
		}
	}
	p.fillBoxes(v, b)
	return p.show(v, "rule", title, "alerts", b)
}

// fillBoxes gathers what can be ticked: what there is, and what the rule has though it is not there.
func (p *Page) fillBoxes(v *viewer, b *ruleBody) {
	ticked := func(field string, list []choice) []choice {
		for _, value := range b.values[field] {
			list = withValue(list, value)
		}
		for i := range list {
			list[i].On = b.Has(field, list[i].Value)
		}
		return list
	}
	named := func(values []string, word func(string) string) (out []choice) {
		for _, value := range values {
			out = append(out, choice{Value: value, Label: word(value)})
		}
		return out
	}
	same := func(s string) string { return s }
	b.Boxes = ruleBoxes{
		Severities: ticked("severity", named([]string{api.SeverityNotice, api.SeverityWarning, api.SeverityCrisis}, severityHelp)),
		Phases:     ticked("phases", named(lifePhases(), same)),
		Kinds:      ticked("kinds", named([]string{"hashtag", "sound", "keyword", "mention", "link", "watch"}, kindName)),
		Purposes:   ticked("purposes", named([]string{api.PurposeBrand, api.PurposeCompetitor, api.PurposeCampaign, api.PurposeNiche}, same)),
		Platforms:  ticked("platforms", named(p.platforms(v), platformName)),
		Watches:    ticked("watches", append([]choice{{Value: "*", Label: "any list"}}, p.watchChoices(v, "")[1:]...)),
	}
}

func severityHelp(severity string) string {
	switch severity {
	case api.SeverityWarning:
		return "warning – look today"
	case api.SeverityCrisis:
		return "crisis – look now, may break quiet hours"
	}
	return "notice – good to know"
}

// platforms are the names of those that something was counted on.
func (p *Page) platforms(v *viewer) (names []string) {
	var status api.StatusAnswer
	if problem := p.opt.API.Get(v.Request, api.StatusPath, nil, &status); problem != nil {
		return nil
	}
	for i := range status.Platforms {
		names = append(names, status.Platforms[i].Platform)
	}
	return names
}
