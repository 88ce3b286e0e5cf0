package page

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/swell-radar/swell/internal/api"
)

// watchBody is what the page of a watch list shows.
type watchBody struct {
	*fields
	Name     string // empty: a new one
	Action   string
	Watch    *api.Watch
	Purposes []choice
	Lines    []lineFault // what is wrong with the lines of terms and phrases, the first of them
	Wrong    int         // how many such lines there are
	Voice    *voiceBody  // null: not shown
	Change   bool
	Changed  *api.Watch // what somebody else has made of it since; null: nobody did
	MaxTerms int
}

// Called is what people call the list.
func (b *watchBody) Called() string { return cmp.Or(b.Watch.Title, b.Watch.Name) }

// Rows is how high the field of terms and phrases is.
func (b *watchBody) Rows() int { return min(max(strings.Count(b.Value("lines"), "\n")+3, 6), 18) }

// fieldsOfWatch puts a list into the fields of its form.
func fieldsOfWatch(w *api.Watch) *fields {
	return &fields{values: url.Values{
		"title": {w.Title}, "purpose": {w.Purpose}, "lines": {linesOf(w)}, "exclude": {strings.Join(mapped(w.Exclude, oneLine), "\n")},
		"languages": {strings.Join(w.Languages, ", ")}, "state": {stateOf(w)},
	}}
}

// oneLine writes a text that may have line ends on one line.
func oneLine(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(s)
}

// watchOf reads a list from a form, and notes which lines cannot be read.
func watchOf(f *fields, name string) (*api.Watch, *watchLines) {
	lines := readLines(f.Value("lines"))
	w := &api.Watch{
		Name: name, Title: f.trimmed("title"), Purpose: f.Value("purpose"), Terms: lines.terms, Phrases: lines.phrases,
		Exclude: []string{}, Languages: namesIn(f.Value("languages")),
	}
	for line := range strings.Lines(f.Value("exclude")) {
		if line = strings.TrimSpace(unescapeLine(strings.TrimSpace(line))); line != "" {
			w.Exclude = append(w.Exclude, line)
		}
	}
	return w, lines
}

// place puts a problem of the endpoint beside the line or the field that it is about.
func (b *watchBody) place(problem *api.Problem, lines *watchLines) {
	if len(problem.Errors) > 0 {
		name, reason := problem.Errors[0].Field, problem.Errors[0].Reason
		for of, at := range map[string][]int{"terms[": lines.termAt, "phrases[": lines.phrasAt} {
			if rest, ok := strings.CutPrefix(name, of); ok {
				digits, _, _ := strings.Cut(rest, "]")
				if n, err := strconv.Atoi(digits); err == nil && n < len(at) {
					b.Lines = append(b.Lines, lineFault{at[n], text(reason)})
					return
				}
			}
		}
	}
	b.take(problem, func(name string) string {
		switch name, _, _ = strings.Cut(name, "["); name {
		case "terms", "phrases":
			return "lines"
		case "name", "title", "purpose", "exclude", "languages":
			return name
		}
		return ""
	})
}

// watch answers GET /watches/{name} and GET /new/watch.
func (p *Page) watch(v *viewer) *Answer {
	name := v.PathValue("name")
	w := &api.Watch{}
	body := &watchBody{Name: name, Watch: w}
	if name != "" {
		if problem := p.opt.API.Get(v.Request, escaped(api.WatchesPath, name), nil, w); problem != nil {
			return missing(problem, "watch list", name)
		}
		voice, problem := p.voiceOf(v, w)
		if problem != nil {
			return failed(problem)
		}
		body.Voice = voice
	}
	body.fields = fieldsOfWatch(w)
	return p.showWatch(v, body)
}

// saveWatch answers POST /watches/{name} and POST /new/watch.
func (p *Page) saveWatch(v *viewer) *Answer {
	f, problem := typed(v)
	if problem != nil {
		return failed(problem)
	}
	name := v.PathValue("name")
	body := &watchBody{fields: f, Name: name, Watch: &api.Watch{}}
	if name != "" {
		if problem := p.opt.API.Get(v.Request, escaped(api.WatchesPath, name), nil, body.Watch); problem != nil {
			return failed(problem)
		}
		if f.Value("state") != stateOf(body.Watch) {
			body.Changed = body.Watch
			f.values.Set("state", stateOf(body.Watch))
			f.Fault = "Somebody else has changed this list since you opened it. Look at what it is now, then save again to replace that."
		}
	}
	called := name
	if name == "" {
		called = f.named()
	}
	w, lines := watchOf(f, called)
	p.checkWatch(v, f, w, lines)
	body.Lines, body.Wrong = lines.faults, lines.wrong
	if !f.Bad() && len(body.Lines) == 0 {
		method, path := http.MethodPut, escaped(api.WatchesPath, name)
		if name == "" {
			method, path = http.MethodPost, api.WatchesPath
		}
		problem := p.opt.API.Send(v.Request, method, path, w, nil)
		switch {
		case problem == nil:
			return seeOther(withDone(escaped("/watches", w.Name), "saved"))
		case !isTyped(problem):
			return failed(problem)
		case problem.Type == api.ProblemWatchExists:
			f.refuse("name", "There is a watch list of this name already; use another.")
		default:
			body.place(problem, lines)
		}
	}
	if len(body.Lines) > 0 {
		f.refuse("lines", "%s", linesWrong(body.Lines, body.Wrong))
	}
	out := p.showWatch(v, body)
	out.Status = http.StatusUnprocessableEntity
	return out
}

func linesWrong(faults []lineFault, all int) string {
	if len(faults) == 1 {
		return fmt.Sprintf("Line %d %s.", faults[0].Line, strings.TrimSuffix(faults[0].Reason, "."))
	}
	return fmt.Sprintf("%s cannot be read:", howMany(api.Number(all), "line"))
}

// More says how many faulty lines are not listed; empty: none.
func (b *watchBody) More() string {
	if n := b.Wrong - len(b.Lines); n > 0 {
		return "and " + plainNumber(api.Number(n), 0) + " more"
	}
	return ""
}

// showWatch shows the page of a list.
func (p *Page) showWatch(v *viewer, b *watchBody) *Answer {
	b.Action, b.Change = "/new/watch", p.opt.API.Allows(v.Request, http.MethodPost, api.WatchesPath)
	title := "A new watch list"
	if b.Name != "" {
		b.Action, title = escaped("/watches", b.Name), fmt.Sprintf("Watch list: %s", text(b.Called()))
	}
	b.Purposes = chosen([]choice{
		{Label: "none of these"}, {Value: api.PurposeBrand, Label: "brand – ours"}, {Value: api.PurposeCompetitor, Label: "competitor"},
		{Value: api.PurposeCampaign, Label: "campaign"}, {Value: api.PurposeNiche, Label: "niche – a field we follow"},
	}, b.Value("purpose"))
	return p.show(v, "watch", title, "watches", b)
}

// askDropWatch answers GET /watches/{name}/delete.
func (p *Page) askDropWatch(v *viewer) *Answer {
	name := v.PathValue("name")
	var w api.Watch
	if problem := p.opt.API.Get(v.Request, escaped(api.WatchesPath, name), nil, &w); problem != nil {
		return failed(problem)
	}
	path := escaped("/watches", name)
	return p.show(v, "confirm", "Delete a watch list", "watches", &confirmBody{
		Ask:    fmt.Sprintf("Delete the watch list “%s”?", text(cmp.Or(w.Title, w.Name))),
		Says:   fmt.Sprintf("It has %s and %s. Its mentions are not counted any more, and rules that name it find nothing. The terms themselves are counted as before.", howMany(api.Number(len(w.Terms)), "term"), howMany(api.Number(len(w.Phrases)), "phrase")),
		Action: path + "/delete", Back: path, Button: "Delete the list", State: stateOf(&w),
	})
}

// dropWatch answers POST /watches/{name}/delete.
func (p *Page) dropWatch(v *viewer) *Answer {
	f, problem := typed(v)
	if problem != nil {
		return failed(problem)
	}
	path := escaped(api.WatchesPath, v.PathValue("name"))
	var w api.Watch
	if problem := p.opt.API.Get(v.Request, path, nil, &w); problem != nil {
		return failed(problem)
	}
	if f.Value("state") != stateOf(&w) {
		return failed(changedSince("the watch list"))
	}
	if problem := p.opt.API.Send(v.Request, http.MethodDelete, path, nil, nil); problem != nil {
		return failed(problem)
	}
	return seeOther(withDone("/watches", "dropped"))
}
