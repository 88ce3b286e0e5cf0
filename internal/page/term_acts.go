package page

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// termActs are what can be done about a term: only what the viewer may do.
type termActs struct {
	MayMute, MayWatch, MayNote bool
	Mutes                      []api.Mute // that hold
	On, Off                    []api.WatchSummary
	NoteAt                     string // now, as a browser wants it
}

// maxListed is how many watch lists are looked through for a term.
const maxListed = 100

func (p *Page) termActs(v *viewer, b *termBody) termActs {
	may := func(path string, method string) bool { return p.opt.API.Allows(v.Request, method, path) }
	a := termActs{
		MayMute: may(api.MutesPath, http.MethodPost), MayNote: may(api.NotesPath, http.MethodPost),
		MayWatch: may(api.WatchPath("any"), http.MethodPut) && b.Kind != "watch",
	}
	if !v.now.IsZero() {
		a.NoteAt = v.now.In(v.zone).Format(fieldTime)
	}
	var mutes api.MutesAnswer
	if p.opt.API.Get(v.Request, api.MutesPath, nil, &mutes) == nil {
		for _, m := range mutes.Mutes {
			if m.Kind == b.Kind && m.Key == b.Key && (m.Until == nil || v.now.IsZero() || m.Until.After(v.now)) {
				a.Mutes = append(a.Mutes, m)
			}
		}
	} else {
		a.MayMute = false
	}
	a.On, a.Off = p.listsOf(v, b.Kind, b.Key)
	return a
}

// listsOf returns the watch lists that a term is on, and those that it is not on.
func (p *Page) listsOf(v *viewer, kind, key string) (on, off []api.WatchSummary) {
	var all api.WatchesAnswer
	if p.opt.API.Get(v.Request, api.WatchesPath, nil, &all) != nil {
		return nil, nil
	}
	for i, w := range all.Watches {
		var list api.Watch
		if i < maxListed && p.opt.API.Get(v.Request, api.WatchPath(w.Name), nil, &list) == nil && slices.ContainsFunc(list.Terms, is(kind, key)) {
			on = append(on, w)
			continue
		}
		off = append(off, w)
	}
	return on, off
}

func is(kind, key string) func(t api.WatchTerm) bool {
	return func(t api.WatchTerm) bool { return t.Kind == kind && t.Key == key }
}

// termForm reads a form about the term in the path.
func (v *viewer) termForm() (kind, key, back string, problem *api.Problem) {
	kind, key = v.PathValue("kind"), v.PathValue("key")
	if err := v.ParseForm(); err != nil {
		return kind, key, "", badForm(err)
	}
	return kind, key, termPath(kind, key), nil
}

// muteTerm answers POST /terms/{kind}/{key}/mute.
func (p *Page) muteTerm(v *viewer) *Answer {
	kind, key, back, problem := v.termForm()
	if problem != nil {
		return failed(problem)
	}
	m := api.Mute{Kind: kind, Term: key}
	switch span := v.PostForm.Get("for"); span {
	case "24h", "7d":
		if v.now.IsZero() {
			return failed(badField("for", "needs a clock, which this server has not; mute it for good"))
		}
		until := v.now.UTC().Add(24 * time.Hour).Truncate(time.Second)
		if span == "7d" {
			until = until.Add(6 * 24 * time.Hour)
		}
		m.Until = &until
	case "good":
	default:
		return failed(badField("for", "is %.80q; use 24h, 7d or good", span))
	}
	if problem := p.opt.API.Send(v.Request, http.MethodPost, api.MutesPath, &m, nil); problem != nil {
		return failed(problem)
	}
	return seeOther(back + "?done=muted")
}

// unmuteTerm answers POST /terms/{kind}/{key}/unmute.
func (p *Page) unmuteTerm(v *viewer) *Answer {
	return p.dropBehind(v, api.MutesPath, "unmuted")
}

// dropBehind removes what the field id of a form names.
func (p *Page) dropBehind(v *viewer, path, code string) *Answer {
	_, _, back, problem := v.termForm()
	if problem != nil {
		return failed(problem)
	}
	id := v.PostForm.Get("id")
	if id == "" || len(id) > 100 || strings.Trim(id, ".") == "" {
		return failed(badField("id", "is %.80q; go back and choose again", id))
	}
	if problem := p.opt.API.Send(v.Request, http.MethodDelete, path+"/"+url.PathEscape(id), nil, nil); problem != nil {
		return failed(problem)
	}
	return seeOther(back + "?done=" + code)
}

// noteTerm answers POST /terms/{kind}/{key}/note.
func (p *Page) noteTerm(v *viewer) *Answer {
	kind, key, back, problem := v.termForm()
	if problem != nil {
		return failed(problem)
	}
	n := api.Note{Kind: kind, Key: key, At: v.now.UTC().Truncate(time.Second), Text: strings.TrimSpace(v.PostForm.Get("text"))}
	if n.Text == "" {
		return failed(badField("text", "is empty; write what happened"))
	}
	if at := v.PostForm.Get("at"); at != "" {
		t, err := v.moment(at)
		if err != nil {
			return failed(badField("at", "is %.80q; write it as in 2026-11-21T14:00, in %s", at, v.zone))
		}
		n.At = t.UTC()
	}
	if problem := p.opt.API.Send(v.Request, http.MethodPost, api.NotesPath, &n, nil); problem != nil {
		return failed(problem)
	}
	return seeOther(back + "?done=noted")
}

// unnoteTerm answers POST /terms/{kind}/{key}/unnote.
func (p *Page) unnoteTerm(v *viewer) *Answer { return p.dropBehind(v, api.NotesPath, "dropped") }

// watchTerm answers POST /terms/{kind}/{key}/watch: it puts the term on a list that there is, or on a new one.
func (p *Page) watchTerm(v *viewer) *Answer {
	kind, key, back, problem := v.termForm()
	if problem != nil {
		return failed(problem)
	}
	t := api.WatchTerm{Kind: kind, Key: key, Term: key, Platforms: []string{}}
	if title := strings.TrimSpace(v.PostForm.Get("title")); title != "" {
		w := api.Watch{Name: listName(title), Title: title, Terms: []api.WatchTerm{t}, Phrases: []api.WatchPhrase{}, Exclude: []string{}, Languages: []string{}}
		if w.Name == "" {
			return failed(badField("title", "is %.80q; use some letters from a to z or digits, for the list gets its address from them", title))
		}
		problem = p.opt.API.Send(v.Request, http.MethodPost, api.WatchesPath, &w, nil)
	} else {
		problem = p.changeList(v, func(w *api.Watch) { w.Terms = append(w.Terms, t) }, kind, key)
	}
	if problem != nil {
		return failed(problem)
	}
	return seeOther(back + "?done=watched")
}

// unwatchTerm answers POST /terms/{kind}/{key}/unwatch.
func (p *Page) unwatchTerm(v *viewer) *Answer {
	kind, key, back, problem := v.termForm()
	if problem != nil {
		return failed(problem)
	}
	if problem := p.changeList(v, func(*api.Watch) {}, kind, key); problem != nil {
		return failed(problem)
	}
	return seeOther(back + "?done=unwatched")
}

// changeList changes the list that a form names: the term is taken off, then change is made. One change at a time is made
// here, so that none is lost by another.
func (p *Page) changeList(v *viewer, change func(w *api.Watch), kind, key string) *api.Problem {
	name := v.PostForm.Get("name")
	if name == "" || strings.Trim(name, ".") == "" {
		return badField("name", "is %.80q; choose a watch list, or give a new one a title", name)
	}
	p.lists.Lock()
	defer p.lists.Unlock()
	var w api.Watch
	if problem := p.opt.API.Get(v.Request, api.WatchPath(name), nil, &w); problem != nil {
		return problem
	}
	w.Terms = slices.DeleteFunc(slices.Clone(w.Terms), is(kind, key))
	change(&w)
	return p.opt.API.Send(v.Request, http.MethodPut, api.WatchPath(name), &w, nil)
}

// listName makes the name of a watch list of its title: of it go into an address letters and digits.
func listName(title string) string {
	const longest = 64
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == longest {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// Until says how long a mute holds.
func (v *viewer) Until(m api.Mute) string {
	if m.Until == nil {
		return "for good"
	}
	return fmt.Sprintf("until %s", v.When(*m.Until))
}
