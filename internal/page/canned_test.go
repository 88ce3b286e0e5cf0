package page

import (
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

var updateOthers = flag.Bool("update-others", false, "write the golden files of the pages anew")

// canned answers with what it was given, by method and path.
type canned struct {
	answers map[string]any // a value to be told, or a *api.Problem
	sent    []string       // what was asked with another method than GET
	mayNot  bool
}

func (c *canned) Get(_ *http.Request, path string, query url.Values, out any) *api.Problem {
	if got, ok := c.answers[path+"?"+query.Encode()]; ok {
		return put(got, out)
	}
	return put(c.answers[path], out)
}

func put(answer, out any) *api.Problem {
	switch answer := answer.(type) {
	case nil:
		return api.NewProblem(api.ProblemNoSuchPath, "there is nothing here")
	case *api.Problem:
		return answer
	}
	if out == nil {
		return nil
	}
	data, err := json.Marshal(answer)
	if err == nil {
		err = json.Unmarshal(data, out)
	}
	if err != nil {
		panic(err)
	}
	return nil
}

func (c *canned) Send(_ *http.Request, method, path string, _, out any) *api.Problem {
	c.sent = append(c.sent, method+" "+path)
	return put(c.answers[method+" "+path], out)
}

func (c *canned) Allows(*http.Request, string, string) bool { return !c.mayNot }

var noon = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)

// ask returns what a page with those answers gives to a GET of the path.
func ask(t *testing.T, c *canned, method, target string, form url.Values) *Answer {
	t.Helper()
	p, err := New(Options{API: c, Version: "test", Clock: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	var out *Answer
	for pattern, h := range p.Routes() {
		mux.HandleFunc(pattern, func(_ http.ResponseWriter, r *http.Request) { out = h(r) })
	}
	r := httptest.NewRequest(method, target, nil)
	if form != nil {
		r.PostForm = form
	}
	mux.ServeHTTP(httptest.NewRecorder(), r)
	if out == nil {
		t.Fatalf("%s %s leads nowhere", method, target)
	}
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	if out.Problem != nil {
		r := httptest.NewRequest(method, target, nil)
		shown := p.Problem(r, out.Problem)
		shown.Problem = out.Problem
		if shown.Err != nil {
			t.Fatal(shown.Err)
		}
		return shown
	}
	return out
}

// golden holds a page against testdata/NAME.html.
func golden(t *testing.T, name string, body []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".html")
	if *updateOthers {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(body) {
		t.Errorf("%s differs; run the test with -update-others and look at the change", file)
	}
}
