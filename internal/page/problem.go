package page

import (
	"net/http"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// problemBody is what the page of a problem shows.
type problemBody struct {
	*api.Problem
	What   string // what happened
	Do     string // the way out
	Retry  string // seconds until it is worth asking again; empty: that would not help
	Again  string // address to ask again; empty: it was no question
	Now    string // address of the same as it is now; empty: no past moment was asked for
	Log    bool   // whoever runs the server finds it in the log
	Detail string
}

// Problem returns the page that tells of a problem, with its status.
func (p *Page) Problem(r *http.Request, problem *api.Problem) *Answer {
	body := &problemBody{Problem: problem, Retry: problem.RetryAfter(), Detail: problem.Detail, Log: problem.Status >= http.StatusInternalServerError}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		body.Again = r.URL.RequestURI()
	}
	title := body.tell()
	v := p.viewerOf(r)
	if problem.Type == api.ProblemNotKept {
		title = p.tellMoment(v, body, title)
	}
	out := p.show(v, "problem", title, "", body)
	if out.Status == 0 {
		out.Status = problem.Status
	}
	return out
}

// tell puts the problem into words of people, and returns the title.
func (b *problemBody) tell() string {
	switch b.Status {
	case http.StatusUnauthorized:
		b.What = "This Swell answers only to those who show a token."
		b.Do = "Ask whoever runs it for one, then log in with it. Programs send it as a header."
		return "You are not let in"
	case http.StatusForbidden:
		b.What = "You may look, but not change this."
		b.Do = "Ask whoever runs Swell for a token that may write, or have them do it."
		if b.Type == api.ProblemDemo {
			b.What, b.Do = "This is only a demo: it takes nothing in.", "Start Swell on sources of your own."
		}
		if b.Type == api.ProblemForeignOrigin {
			b.What, b.Do = "The form came from another site, so nothing was changed.", "Open the page here, and send it again."
		}
		return "Not allowed"
	case http.StatusTooManyRequests:
		b.What = "You asked more often than this Swell permits. Nothing is lost."
		b.Do = "Wait a moment, and load the page anew."
		return "A little slower, please"
	case http.StatusServiceUnavailable:
		b.What = "Swell is busy, starting, or about to stop."
		if b.Type == api.ProblemNotReady {
			b.What = "Swell is still reading what it was given before it started."
		}
		b.Do = "Load the page anew in a moment."
		return "Not ready yet"
	case http.StatusNotFound:
		return b.tellMissing()
	case http.StatusConflict, http.StatusPreconditionFailed:
		b.What = "Things have changed since you loaded the page, so nothing was done."
		b.Do = "Go back, load the page anew, and look whether it still has to be done."
		return "It has changed meanwhile"
	case http.StatusInsufficientStorage:
		b.What, b.Do = "There is no room on the disk to keep the change.", "Free some space where Swell runs, then try again."
		return "No room"
	case http.StatusMethodNotAllowed:
		b.What, b.Do = "This address does not take what was sent to it.", "Go to the page that has the form."
		return "Not possible here"
	case http.StatusRequestEntityTooLarge:
		b.What, b.Do = "The form is longer than Swell takes, so nothing was changed.", "Go back and shorten it, or send it in parts."
		return "Too long"
	case http.StatusRequestURITooLong:
		b.What, b.Do = "The address is longer than Swell takes.", "Choose fewer things at a time."
		return "Too long"
	case http.StatusMisdirectedRequest:
		b.What, b.Do = "Swell does not answer to this host name.", "Ask it as localhost, or have its name added with --host."
		return "Wrong name"
	}
	if b.Status >= http.StatusInternalServerError {
		b.What = "Something went wrong within Swell. Its log has the reason."
		b.Do = "Try again. If it comes back, tell whoever runs Swell the number of the request."
		return "That did not work"
	}
	b.What = "Something in what was asked is not as it should be."
	b.Do = "Go back and change it."
	return "That cannot be answered"
}

// tellMissing is tell where there is nothing.
func (b *problemBody) tellMissing() string {
	switch b.Type {
	case api.ProblemUnknownTerm:
		b.What = "Nobody used it in the last 72 hours, on any platform that Swell sees."
		b.Do = "Look for another spelling. If it should be followed from now on, put it on a watch list."
		return "This term was not seen"
	case api.ProblemNotKept:
		b.What, b.Do = "That is longer ago than things are kept here, or before anything was counted.", "Choose a later time."
		return "Not kept any more"
	case api.ProblemUnknownWatch:
		b.What, b.Do = "There is no such watch list; it may have been deleted.", "The page of watch lists has those that there are."
		return "No such watch list"
	case api.ProblemNoAlerts, api.ProblemNoOutbox:
		b.What, b.Do = "This Swell does not look for alerts and sends nothing.", "Start it with swell serve to have both."
		return "Not switched on"
	case api.ProblemUnknownAlert, api.ProblemUnknownRule, api.ProblemUnknownMute, api.ProblemUnknownMessage:
		b.What, b.Do = "It is not there any more: it was deleted, sent, or is over.", "Load the page that you came from anew."
		return "It is gone"
	}
	b.What = "There is no page at this address."
	b.Do = "It may have been mistyped, or have led to something that is over."
	return "There is nothing here"
}

// tellMoment is tell where there is nothing of a moment: it may be too early as well as too late for it.
func (p *Page) tellMoment(v *viewer, b *problemBody, title string) string {
	at, given := v.momentAsked()
	if !given {
		return title
	}
	if b.Again != "" {
		q := v.URL.Query()
		q.Del("at")
		b.Now = withQuery(v.URL.EscapedPath(), q)
	}
	newest := p.newest(v)
	if newest.IsZero() || at.Before(newest) {
		return title
	}
	b.What = "Everything is counted up to " + v.When(newest) + ", and that moment is later."
	b.Do, b.Detail = "See how it is now, or choose an earlier time.", ""
	return "Not counted yet"
}

// momentAsked returns the past moment that the address names: as programs write it, or as a field for a date and time does.
func (v *viewer) momentAsked() (time.Time, bool) {
	at := v.URL.Query().Get("at")
	if t, err := time.ParseInLocation("2006-01-02T15:04", at, v.zone); err == nil {
		return t, true
	}
	t, err := time.Parse(time.RFC3339, at)
	return t, err == nil
}

// Line is the place in a body at fault, in words; empty: there is none.
func (b *problemBody) Line() string {
	var out []string
	for _, e := range b.Errors {
		out = append(out, strings.TrimSpace(e.Field+" "+e.Reason))
	}
	return strings.Join(out, "; ")
}

// failed answers that there is a problem.
func failed(problem *api.Problem) *Answer { return &Answer{Problem: problem} }

func badForm(err error) *api.Problem {
	return api.NewProblem(api.ProblemInvalidBody, "the form cannot be read: %v", err)
}

func badField(name, format string, args ...any) *api.Problem {
	return api.NewProblem(api.ProblemInvalidBody, name+" "+format, args...).At(name)
}
