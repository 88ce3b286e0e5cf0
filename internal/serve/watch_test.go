package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// request sends a body as it would come over the network.
func request(h http.Handler, method, target, body string, header ...string) *http.Response {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "localhost:7310"
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	holding(h).ServeHTTP(rec, r)
	return rec.Result()
}

func wantStatus(t testing.TB, resp *http.Response, allowed ...int) *http.Response {
	t.Helper()
	if !slices.Contains(allowed, resp.StatusCode) {
		t.Fatalf("status %s, want %v: %s", resp.Status, allowed, body(t, resp))
	}
	return resp
}

// nobodyMinds lets any list be replaced.
func nobodyMinds(*watched) *api.Problem { return nil }

const springBody = `{
  "title": "Spring",
  "terms": [
    {"kind": "hashtag", "term": "#BookTok", "platforms": ["TikTok"]},
    {"kind": "sound", "term": "id:douyin:7481"}
  ],
  "purpose": "campaign",
  "phrases": [{"phrase": " Späti", "exclude": ["late"], "languages": ["DE-at"], "platforms": ["X"]}],
  "exclude": ["winter"], "languages": ["en", "de"]
}`

func TestWatches(t *testing.T) {
	opt := fixedOptions(t)
	now := opt.Clock()
	opt.Clock = func() time.Time { return now }
	s := newServer(t, opt)
	const path = "/api/v1/watches/spring"
	if got := ask[api.WatchesAnswer](t, s, "/api/v1/watches"); got.Watches == nil || len(got.Watches) != 0 || got.MaxTerms != watch.MaxTerms {
		t.Errorf("at first %+v", got)
	}
	made := wantStatus(t, request(s, "PUT", path, springBody), http.StatusCreated)
	if made.Header.Get("Location") != path {
		t.Errorf("made at %q", made.Header.Get("Location"))
	}
	first := made.Header.Get("ETag")
	since := now.UTC()
	want := api.Watch{
		Name: "spring", Title: "Spring", Changed: since, Since: &since, Purpose: "campaign", Terms: []api.WatchTerm{
			{Kind: "hashtag", Key: "booktok", Term: "#BookTok", Platforms: []string{"tiktok"}},
			{Kind: "sound", Key: "id:douyin:7481", Term: "id:douyin:7481", Platforms: []string{}},
		},
		Phrases: []api.WatchPhrase{{Phrase: "Späti", Key: "späti", Exclude: []string{"late"}, Languages: []string{"de"}, Platforms: []string{"x"}}},
		Exclude: []string{"winter"}, Languages: []string{"de", "en"},
	}
	got := ask[api.Watch](t, s, path)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if resp := do(s, "GET", path, "If-None-Match", first); first == "" || resp.StatusCode != http.StatusNotModified {
		t.Errorf("status %d for what the asker holds", resp.StatusCode)
	}

	// What was got can be sent back, changed.
	now = now.Add(time.Minute)
	got.Terms = append(got.Terms, api.WatchTerm{Kind: "keyword", Term: "mañana"})
	again, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	changed := wantStatus(t, request(s, "PUT", path, string(again), "If-Match", first), http.StatusOK)
	if tag := changed.Header.Get("ETag"); tag == first || changed.Header.Get("Location") != "" {
		t.Errorf("changed has the tag %s, the one before %s", tag, first)
	}
	if got := ask[api.WatchesAnswer](t, s, "/api/v1/watches"); got.Terms != 3 || got.Phrases != 1 || got.MaxPhrases != watch.MaxPhrases || len(got.Watches) != 1 || got.Watches[0].Terms != 3 || got.Watches[0].Phrases != 1 || got.Watches[0].Purpose != "campaign" || !got.Watches[0].Changed.Equal(now) {
		t.Errorf("got %+v", got)
	}

	for name, c := range map[string]struct {
		method, header, tag string
	}{
		"changed since":      {"PUT", "If-Match", first},
		"weak tag":           {"PUT", "If-Match", "W/" + changed.Header.Get("ETag")},
		"exists":             {"PUT", "If-None-Match", "*"},
		"deleted meanwhile":  {"DELETE", "If-Match", first},
		"this state, if not": {"DELETE", "If-None-Match", changed.Header.Get("ETag")},
	} {
		if p := problemOf(t, request(s, c.method, path, springBody, c.header, c.tag)); p.Type != api.ProblemChanged || p.Status != http.StatusPreconditionFailed {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p := problemOf(t, request(s, "PUT", "/api/v1/watches/other", springBody, "If-Match", "*")); p.Type != api.ProblemChanged {
		t.Errorf("changed where there is none: %+v", p)
	}

	posted := wantStatus(t, request(s, "POST", "/api/v1/watches", strings.Replace(springBody, "{", `{"name":"new",`, 1)), http.StatusCreated)
	if posted.Header.Get("Location") != "/api/v1/watches/new" {
		t.Errorf("made at %q", posted.Header.Get("Location"))
	}
	if p := problemOf(t, request(s, "POST", "/api/v1/watches", `{"name":"new"}`)); p.Type != api.ProblemWatchExists || p.Status != http.StatusConflict {
		t.Errorf("made twice: %+v", p)
	}
	gone := wantStatus(t, request(s, "DELETE", path, "", "If-Match", changed.Header.Get("ETag")), http.StatusNoContent)
	if len(body(t, gone)) > 0 {
		t.Error("204 has a body")
	}
	for _, method := range []string{"GET", "DELETE"} {
		if p := problemOf(t, request(s, method, path, "")); p.Type != api.ProblemUnknownWatch || p.Status != http.StatusNotFound {
			t.Errorf("%s of what is gone: %+v", method, p)
		}
	}
	if p := problemOf(t, do(s, "GET", "/api/v1/trends?watch=spring")); p.Type != api.ProblemUnknownWatch || p.Parameter != "watch" {
		t.Errorf("got %+v", p)
	}
}

func TestWatchBodies(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	for _, c := range []struct {
		body, field string
		line, byte  int
		reason      string
	}{
		{``, "", 1, 0, "ends too early"},
		{`[]`, "", 1, 0, "is not an object"},
		{`{"terms":[]} {}`, "", 1, 13, "goes on behind the object"},
		{`{"terms":[`, "", 1, 10, "ends too early"},
		{`{"terms":[]`, "", 1, 11, "ends too early"},
		{"{\n  \"rules\": []}", "rules", 2, 2, "is not a field; use changed, demo, exclude, languages, name, phrases, purpose, since, terms and title"},
		{`{"title":"a","title":"b"}`, "title", 1, 13, "given twice"},
		{`{"title":7}`, "title", 1, 9, "is not a string"},
		{`{"name":"other"}`, "name", 1, 8, `but the path says "mine"`},
		{`{"terms":{}}`, "terms", 1, 9, "is not a list of terms"},
		{`{"terms":["a"]}`, "terms[0]", 1, 10, "is not an object"},
		{`{"terms":[{"kind":"tag"}]}`, "terms[0].kind", 1, 18, `is "tag"; use one of hashtag`},
		{`{"terms":[{"kind":"hashtag","term":"a"},{"term":"b"}]}`, "terms[1].kind", 1, 40, "is missing"},
		{`{"terms":[{"kind":"hashtag","term":"#"}]}`, "terms[0].term", 1, 10, "nothing to count"},
		{`{"terms":[{"kind":"hashtag","term":"a","rule":1}]}`, "terms[0].rule", 1, 39, "use key, kind, platforms and term"},
		{`{"terms":[{"kind":"hashtag","term":"a","platforms":"x"}]}`, "terms[0].platforms", 1, 51, "is not a list of strings"},
		{`{"terms":[{"kind":"hashtag","term":"a","platforms":[1]}]}`, "terms[0].platforms[0]", 1, 52, "is not a string"},
		{`{"changed":{}}`, "changed", 1, 11, "leave it out"},
		{`{"title":"` + "\xff" + `"}`, "", 1, 10, "is not UTF-8"},
		{`{"title":tru}`, "", 1, -1, "is no JSON"},
		{`{"title" "a"}`, "", 1, -1, "is no JSON"},
		{`{"terms":[,]}`, "", 1, -1, "is no JSON"},
		{`{"title":"` + strings.Repeat("x", watch.MaxTitle+1) + `"}`, "title", 1, 0, "use at most 256"},
	} {
		p := problemOf(t, request(s, "PUT", "/api/v1/watches/mine", c.body))
		if p.Type != api.ProblemInvalidBody || len(p.Errors) != 1 {
			t.Errorf("%.60q: %+v", c.body, p)
			continue
		}
		e := p.Errors[0]
		if e.Field != c.field || e.Line != c.line || c.byte >= 0 && *e.Byte != c.byte || !strings.Contains(e.Reason, c.reason) || !strings.Contains(p.Detail, c.reason) {
			t.Errorf("%.60q: %q at line %d, byte %d: %s; want %q at line %d, byte %d: %s", c.body, e.Field, e.Line, *e.Byte, e.Reason, c.field, c.line, c.byte, c.reason)
		}
	}
	if p := problemOf(t, request(s, "PUT", "/api/v1/watches/Mine", `{}`)); p.Type != api.ProblemInvalidParameter || p.Parameter != "name" {
		t.Errorf("got %+v", p)
	}
	if p := problemOf(t, request(s, "POST", "/api/v1/watches", `{}`)); p.Type != api.ProblemInvalidBody || p.Errors[0].Field != "name" {
		t.Errorf("without a name: %+v", p)
	}
	for _, method := range []string{"PUT", "DELETE"} {
		p := problemOf(t, request(s, method, "/api/v1/watches/mine", springBody, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"))
		if p.Type != api.ProblemForeignOrigin {
			t.Errorf("%s from another site: %+v", method, p)
		}
	}
}

// FuzzWatchBody sends any body: it is a list or is refused at a place within it.
func FuzzWatchBody(f *testing.F) {
	for _, body := range []string{
		springBody, `{"name":"a","title":null,"terms":[{"kind":"hashtag","term":"a","platforms":null,"key":7}],"demo":true,"changed":"x"}`,
		`{"terms":[{"kind":"hashtag","term":"\ud800"}]}`, `{"terms":[,]}`, `{"title" "a"}`, `{"a":1e999}`, "[\n", "\xff", `{"terms":[{`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		l, p := readList(body, "a", start)
		switch {
		case p == nil:
			if _, fault := readList(body, "a", start); fault != nil || l.Name != "a" {
				t.Errorf("read again: %+v", fault)
			}
		case p.Type != api.ProblemInvalidBody || len(p.Errors) != 1:
			t.Errorf("got %+v", p)
		default:
			lines := bytes.Split(body, []byte{'\n'})
			if e := p.Errors[0]; e.Line < 1 || e.Line > len(lines) || *e.Byte < 0 || *e.Byte > len(lines[e.Line-1]) {
				t.Errorf("line %d, byte %d of %q", e.Line, *e.Byte, body)
			}
		}
	})
}

// shelfOf is a shelf in memory that fails when it is told to.
type shelfOf struct {
	mu     sync.Mutex
	values map[string][]byte
	budget int // how many more values are kept; negative: any number
}

var errShelf = errors.New("the shelf is broken")

func (s *shelfOf) Save(name string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(value) > store.MaxShelfValue || len(name) > store.MaxShelfName {
		return fmt.Errorf("%d bytes called %q", len(value), name)
	}
	if s.budget == 0 {
		return errShelf
	}
	s.budget--
	s.values[name] = bytes.Clone(value)
	return nil
}

func (s *shelfOf) Load(name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.values[name]), nil
}

func someList(t testing.TB, name string, n int, salt int) *watch.List {
	t.Helper()
	terms := make([]watch.Term, n)
	for i := range terms {
		terms[i] = watch.Term{Kind: term.Keyword, Spelling: fmt.Sprintf("term %d of list %d", i, salt)}
	}
	l, err := watch.New(name, fmt.Sprint("version ", salt), start, terms)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestWatchesSurviveCrashes writes and removes lists on a shelf that breaks after any
// number of values, starts again from what it holds, and finds each list as it was before
// or after the change that was under way, whole.
func TestWatchesSurviveCrashes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		shelf := &shelfOf{values: map[string][]byte{}, budget: -1}
		model := map[string]string{} // titles
		for round := range 4 {
			shelf.budget = -1
			book, err := openWatchBook(shelf, layout{4, 200}, slog.New(slog.DiscardHandler))
			if err != nil {
				rt.Fatal(err)
			}
			shelf.budget = rapid.IntRange(0, 12).Draw(rt, "values until it breaks")
			var doubt, before, after string
			for step := range 4 {
				name := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "name")
				old := ""
				if w := book.get(name); w != nil {
					old = w.Title
				}
				if old != model[name] {
					rt.Fatalf("%s is %q, want %q", name, old, model[name])
				}
				if old != "" && rapid.Bool().Draw(rt, "remove") {
					if _, err := book.remove(name, nobodyMinds); err != nil {
						doubt, before, after = name, old, ""
						break
					}
					delete(model, name)
					continue
				}
				l := someList(t, name, rapid.SampledFrom([]int{0, 1, 5, 9}).Draw(rt, "terms"), 10*round+step)
				if _, _, _, err := book.put(l, nobodyMinds); err != nil {
					doubt, before, after = name, old, l.Title
					break
				}
				model[name] = l.Title
			}
			shelf.budget = -1
			book, err = openWatchBook(shelf, layout{4, 200}, slog.New(slog.DiscardHandler))
			if err != nil {
				rt.Fatal(err)
			}
			if doubt != "" {
				now := ""
				if w := book.get(doubt); w != nil {
					now = w.Title
				}
				if now != before && now != after {
					rt.Fatalf("%s is %q after the crash, was %q, should become %q", doubt, now, before, after)
				}
				if model[doubt] = now; now == "" {
					delete(model, doubt)
				}
			}
			lists, _ := book.all()
			if len(lists) != len(model) {
				rt.Fatalf("%d lists, want %v", len(lists), model)
			}
			for _, w := range lists {
				if w.Title != model[w.Name] {
					rt.Fatalf("%s is %q, want %q", w.Name, w.Title, model[w.Name])
				}
			}
		}
	})
}

// Lists are there after the next start, on a real store; a damaged one is told and gone.
func TestWatchesAreKept(t *testing.T) {
	st := openStore(t)
	opt := fixedOptions(t)
	opt.Shelf = st
	s := newServer(t, opt)
	wantStatus(t, request(s, "PUT", "/api/v1/watches/spring", springBody), http.StatusCreated)
	large, err := json.Marshal(map[string]any{"terms": termsOfBody(4000)})
	if err != nil {
		t.Fatal(err)
	}
	wantStatus(t, request(s, "PUT", "/api/v1/watches/large", string(large)), http.StatusCreated)
	opt.Nonce = "later"
	again := newServer(t, opt)
	for _, name := range []string{"spring", "large"} {
		before, after := do(s, "GET", "/api/v1/watches/"+name), do(again, "GET", "/api/v1/watches/"+name)
		if !bytes.Equal(body(t, before), body(t, after)) || before.Header.Get("ETag") != after.Header.Get("ETag") {
			t.Errorf("%s has changed over the restart", name)
		}
	}
	if err := st.Save(partName(0, 0), []byte("\x01\x01\x01{}")); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	opt.Logger = logInto(&log)
	damaged := newServer(t, opt)
	if got := ask[api.WatchesAnswer](t, damaged, "/api/v1/watches"); len(got.Watches) != 1 || !strings.Contains(log.String(), "slot=0") {
		t.Errorf("got %+v, log %s", got, log.String())
	}
	wantStatus(t, request(damaged, "PUT", "/api/v1/watches/spring", springBody), http.StatusCreated)
	if err := st.Save(partName(2, 0), []byte("\x02")); err != nil {
		t.Fatal(err)
	}
	if _, err := New(opt); !errors.Is(err, watch.ErrNewer) {
		t.Errorf("a list of a newer version: %v", err)
	}
}

func termsOfBody(n int) (terms []api.WatchTerm) {
	for i := range n {
		terms = append(terms, api.WatchTerm{Kind: "hashtag", Term: fmt.Sprint("sometag", i)})
	}
	return terms
}

func TestWatchLimits(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	large, err := json.Marshal(map[string]any{"terms": termsOfBody(watch.MaxTerms)})
	if err != nil {
		t.Fatal(err)
	}
	one := `{"terms":[{"kind":"hashtag","term":"a"}]}`
	wantStatus(t, request(s, "PUT", "/api/v1/watches/large", string(large)), http.StatusCreated)
	if p := problemOf(t, request(s, "PUT", "/api/v1/watches/more", one)); p.Type != api.ProblemWatchLimit {
		t.Errorf("a term too many: %+v", p)
	}
	wantStatus(t, request(s, "PUT", "/api/v1/watches/large", one), http.StatusOK)
	for i := range watch.MaxLists - 1 {
		wantStatus(t, request(s, "PUT", fmt.Sprint("/api/v1/watches/list", i), one), http.StatusCreated)
	}
	if p := problemOf(t, request(s, "PUT", "/api/v1/watches/more", one)); p.Type != api.ProblemWatchLimit {
		t.Errorf("a list too many: %+v", p)
	}
	wantStatus(t, request(s, "PUT", "/api/v1/watches/list0", springBody), http.StatusOK)
}

// Of many who change the list they saw, one gets through.
func TestNoUpdateIsLost(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	tag := wantStatus(t, request(s, "PUT", "/api/v1/watches/mine", `{}`), http.StatusCreated).Header.Get("ETag")
	var wins sync.Map
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			resp := request(s, "PUT", "/api/v1/watches/mine", fmt.Sprintf(`{"title":"%d"}`, i), "If-Match", tag)
			if resp.StatusCode == http.StatusOK {
				wins.Store(i, true)
			} else if resp.StatusCode != http.StatusPreconditionFailed {
				t.Errorf("status %s", resp.Status)
			}
		})
	}
	all.Wait()
	n := 0
	wins.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d of 8 got through", n)
	}
}
