package page

import (
	"net/http"

	"github.com/swell-radar/swell/internal/api"
)

// Problem returns the page that tells of a problem, with its status.
func (p *Page) Problem(r *http.Request, problem *api.Problem) *Answer {
	out := p.show(p.viewerOf(r), "problem", problem.Title, "", problem)
	out.Status = problem.Status
	return out
}

// failed answers that there is a problem.
func failed(problem *api.Problem) *Answer { return &Answer{Problem: problem} }

func badForm(err error) *api.Problem {
	return api.NewProblem(api.ProblemInvalidBody, "the form cannot be read: %v", err)
}

func badField(name, format string, args ...any) *api.Problem {
	return api.NewProblem(api.ProblemInvalidBody, name+" "+format, args...).At(name)
}
