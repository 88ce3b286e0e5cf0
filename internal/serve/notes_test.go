package serve

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/note"
)

func TestNotes(t *testing.T) {
	opt := testOptions(t)
	s := newServer(t, opt)
	add := func(text string) (n api.Note) {
		t.Helper()
		resp := wantStatus(t, request(s, "POST", "/api/v1/notes", text), http.StatusCreated)
		if err := json.Unmarshal(body(t, resp), &n); err != nil || resp.Header.Get("Location") != "/api/v1/notes/"+n.ID {
			t.Fatalf("%v, at %s", err, resp.Header.Get("Location"))
		}
		return n
	}
	now := opt.Clock().Truncate(time.Second)
	first := add(`{"kind":"hashtag","key":"#BookTok","at":"2026-03-03T04:00:00+02:00","text":"ours <b>begins</b>","id":"x","made":"2020-01-01T00:00:00Z"}`)
	if want := (api.Note{ID: first.ID, Kind: "hashtag", Key: "booktok", At: start.Add(26 * time.Hour), Text: "ours <b>begins</b>", Made: now}); first != want {
		t.Errorf("got %+v", first)
	}
	second := add(`{"kind":"hashtag","key":"booktok","at":null,"text":"now"}`)
	other := add(`{"kind":"sound","key":"id:douyin:7481","text":"another"}`)

	for target, want := range map[string][]api.Note{
		"": {first, second, other}, "?limit=1": {other}, "?kind=hashtag": {first, second}, "?kind=hashtag&key=Book_Tok": {}, "?kind=hashtag&key=%23BOOKTOK&limit=1": {second},
		"?to=" + url.QueryEscape(first.At.Format(time.RFC3339)): {}, "?from=2026-03-03T03:00:00Z": {second, other},
	} {
		if got := ask[api.NotesAnswer](t, s, "/api/v1/notes"+target); !slices.Equal(got.Notes, want) {
			t.Errorf("%s: got %+v", target, got)
		}
	}
	if got := ask[api.TermAnswer](t, s, "/api/v1/terms/hashtag/BookTok"); !slices.Equal(got.Notes, []api.Note{first, second}) {
		t.Errorf("got %+v", got.Notes)
	}
	if got := ask[api.TermAnswer](t, s, "/api/v1/terms/hashtag/BookTok?at=2026-03-03T02:10:00Z"); !slices.Equal(got.Notes, []api.Note{first}) {
		t.Errorf("as of a past moment: got %+v", got.Notes)
	}
	etag := do(s, "GET", "/api/v1/notes").Header.Get("ETag")
	wantStatus(t, do(s, "GET", "/api/v1/notes", "If-None-Match", etag), http.StatusNotModified)

	wantStatus(t, request(s, "DELETE", "/api/v1/notes/"+second.ID, ""), http.StatusNoContent)
	if p := problemOf(t, do(s, "DELETE", "/api/v1/notes/"+second.ID)); p.Type != api.ProblemUnknownNote || p.Status != http.StatusNotFound {
		t.Errorf("got %+v", p)
	}
	wantStatus(t, do(s, "GET", "/api/v1/notes", "If-None-Match", etag), http.StatusOK)
}

func TestNotesAreRefused(t *testing.T) {
	s := newServer(t, testOptions(t))
	for text, want := range map[string]string{
		`{"kind":"hashtag","key":"a"}`:                             api.ProblemInvalidBody,
		`{"kind":"post","key":"a","text":"x"}`:                     api.ProblemInvalidBody,
		`{"kind":"hashtag","key":"a","text":"x","at":"yesterday"}`: api.ProblemInvalidBody,
		`{"kind":"hashtag","key":"a","text":"x","author":"me"}`:    api.ProblemInvalidBody,
		`{"kind":"hashtag","key":"a","text":"x"}{}`:                api.ProblemInvalidBody,
		"{\"kind\":\"hashtag\",\"key\":\"a\",\"text\":\"\xff\"}":   api.ProblemInvalidBody,
	} {
		if p := problemOf(t, request(s, "POST", "/api/v1/notes", text)); p.Type != want {
			t.Errorf("%s: got %+v", text, p)
		}
	}
	for _, target := range []string{"?key=a", "?kind=post", "?kind=hashtag&key=%23", "?from=9&to=8", "?limit=0", "?at=5"} {
		if p := problemOf(t, do(s, "GET", "/api/v1/notes"+target)); p.Status != http.StatusBadRequest {
			t.Errorf("%s: got %+v", target, p)
		}
	}
	for range note.MaxNotes {
		if _, err := s.opt.Notes.Add(api.Note{Kind: "hashtag", Key: "a", Text: "x"}, start); err != nil {
			t.Fatal(err)
		}
	}
	if p := problemOf(t, request(s, "POST", "/api/v1/notes", `{"kind":"hashtag","key":"a","text":"x"}`)); p.Type != api.ProblemNoteLimit {
		t.Errorf("got %+v", p)
	}
}
