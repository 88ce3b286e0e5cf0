package page

import (
	"bytes"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

func TestMomentsToComeAreNotCountedYet(t *testing.T) {
	p, err := New(Options{API: digestWorld("x"), Clock: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{"2030-01-01T00:00": "Not counted yet", "2030-01-01T00:00:00Z": "Not counted yet", "2020-01-01T00:00": "Not kept any more"} {
		out := p.Problem(httptest.NewRequest("GET", "/?at="+at+"&platform=x&q=b%26c", nil), api.NewProblem(api.ProblemNotKept, "leave at out"))
		if !bytes.Contains(out.Body, []byte("<h1>"+want)) || !bytes.Contains(out.Body, []byte(`href="/?platform=x&amp;q=b%26c"`)) {
			t.Errorf("%s: not %q, or no way to now: %s", at, want, out.Body)
		}
	}
}

func TestDigestOfDaysToCome(t *testing.T) {
	c := digestWorld("x")
	c.answers[api.DigestsPath+"/2030-01-01"] = api.NewProblem(api.ProblemNotKept, "use an earlier day, or latest")
	out := ask(t, c, "GET", "/digest/2030-01-01", nil)
	if out.Status != 404 || !bytes.Contains(out.Body, []byte("Nothing of this day is counted yet")) || bytes.Contains(out.Body, []byte("or latest")) || bytes.Contains(out.Body, []byte("2029-12-31")) {
		t.Errorf("%d %s", out.Status, out.Body)
	}
}
