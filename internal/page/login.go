package page

import (
	"net/http"

	"github.com/swell-radar/swell/internal/api"
)

// Doors let browsers in where a token is needed. Any goroutine may call them.
type Doors interface {
	// Guarded reports whether anybody has to log in.
	Guarded() bool
	// LogIn returns the cookie of a session of whoever shows the token.
	LogIn(r *http.Request, secret string) (*http.Cookie, *api.Problem)
	// LogOut ends the session of a request and returns the cookie that takes its place.
	LogOut(r *http.Request) (*http.Cookie, *api.Problem)
	// Visits reports whether a request was let in by a session.
	Visits(r *http.Request) bool
}

type loginBody struct {
	Back  string // where to go afterwards
	Wrong string // why it was in vain; empty: it was not tried
	// Unsent says that a form was not taken, because the session had ended.
	Unsent bool
}

// login answers GET /login.
func (p *Page) login(v *viewer) *Answer {
	back := backTo(v.URL.Query().Get("back"))
	if p.opt.Doors == nil || !p.opt.Doors.Guarded() {
		return seeOther(back)
	}
	return p.show(v, "login", "Log in", "", &loginBody{Back: back, Unsent: v.URL.Query().Has("unsent")})
}

// logIn answers POST /login.
func (p *Page) logIn(v *viewer) *Answer {
	if p.opt.Doors == nil || !p.opt.Doors.Guarded() {
		return seeOther("/")
	}
	back := backTo(v.PostForm.Get("back"))
	cookie, problem := p.opt.Doors.LogIn(v.Request, v.PostForm.Get("token"))
	if problem != nil && problem.Type == api.ProblemToken {
		out := p.show(v, "login", "Log in", "", &loginBody{Back: back, Wrong: problem.Detail})
		out.Status = http.StatusForbidden
		return out
	}
	if problem != nil {
		return failed(problem)
	}
	out := seeOther(back)
	out.Cookies = []*http.Cookie{cookie}
	return out
}

// logOut answers POST /logout.
func (p *Page) logOut(v *viewer) *Answer {
	if p.opt.Doors == nil || !p.opt.Doors.Guarded() {
		return seeOther("/")
	}
	cookie, problem := p.opt.Doors.LogOut(v.Request)
	if problem != nil {
		return failed(problem)
	}
	out := seeOther("/login")
	out.Cookies = []*http.Cookie{cookie}
	return out
}
