package page

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

func TestAbout(t *testing.T) {
	body := ask(t, digestWorld("x"), "GET", "/about", nil).Body
	for _, e := range glossary {
		if !bytes.Contains(body, []byte(` id="`+e.ID+`"`)) {
			t.Errorf("%s has no place", e.ID)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllSubmatch(body, -1) {
		if ids[string(m[1])] {
			t.Errorf("%s is there twice", m[1])
		}
		ids[string(m[1])] = true
	}
	for _, m := range regexp.MustCompile(`href="(?:/about)?#([^"]*)"`).FindAllSubmatch(body, -1) {
		if !ids[string(m[1])] {
			t.Errorf("%s leads nowhere", m[1])
		}
	}
	inert(t, body)
}

func TestProblems(t *testing.T) {
	p, err := New(Options{API: digestWorld("x"), Clock: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[string]string{
		api.ProblemNoSuchPath: "There is nothing here", api.ProblemUnknownTerm: "This term was not seen", api.ProblemToken: "You are not let in",
		api.ProblemRole: "Not allowed", api.ProblemRate: "A little slower, please", api.ProblemNotReady: "still reading", api.ProblemInternal: "request <code>abc-000001</code>",
		api.ProblemBusy: "Try again (in 1 s)", api.ProblemDigestWaits: "It has changed meanwhile", api.ProblemInvalidParameter: "That cannot be answered",
		api.ProblemNotKept: "Not kept any more", api.ProblemDemo: "only a demo", api.ProblemFull: "No room", api.ProblemNoOutbox: "Not switched on",
	} {
		problem := api.NewProblem(kind, "why: %s", hostile)
		problem.RequestID = "abc-000001"
		out := p.Problem(httptest.NewRequest("GET", "/terms/hashtag/"+strings.Repeat("%3Cb%3E", 9)+"?a=%22%3E", nil), problem)
		if out.Err != nil || out.Status != problem.Status || !bytes.Contains(out.Body, []byte(want)) {
			t.Errorf("%s: %d %v, %q is not told", kind, out.Status, out.Err, want)
		}
		if !bytes.Contains(out.Body, []byte("<title>")) || bytes.Contains(out.Body, []byte("<title> ·")) {
			t.Errorf("%s has no title", kind)
		}
		inert(t, out.Body)
	}
	out := p.Problem(httptest.NewRequest("POST", "/mutes", nil), api.NewProblem(api.ProblemBusy, "busy"))
	if out.Status != http.StatusServiceUnavailable || bytes.Contains(out.Body, []byte("Try again")) {
		t.Error("a form is asked for again as if it were a question")
	}
}
