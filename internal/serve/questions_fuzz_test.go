package serve

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/swell-radar/swell/internal/api"
)

// FuzzQuestions asks with any query: the answer is JSON, or a problem that names what is
// at fault.
func FuzzQuestions(f *testing.F) {
	paths := []string{api.ComparePath, api.TimingPath, api.SearchPath, api.TermPath("hashtag", "booktok") + api.RelatedPath, api.VoicePath, api.WatchVoicePath("books")}
	for path, query := range map[int]string{
		0: "terms=%23a,sound:id:douyin:7481,link:https://x.y/z&term=keyword:a%252Cb&platform=tiktok&from=0&to=3600000&step=1d&at=1772764200",
		1: "platform=tiktok&term=%40a&kind=mention&zone=Asia/Kathmandu&from=2026-02-01T00:00:00%2B05:45&to=1772764200",
		2: "q=sound:espresso&kind=sound,link&platform=x,douyin&limit=200",
		3: "platform=tiktok&kind=hashtag,sound&min_both=1&min_llr=0&sort=npmi&limit=200",
	} {
		f.Add(uint8(path), query)
	}
	f.Add(uint8(4), "watches=books,sounds&watches=empty&platform=tiktok&from=1772600000&to=1772764200")
	f.Add(uint8(5), "platform=tiktok&from=0&to=3600000&step=1d")
	f.Add(uint8(0), "terms=a,b&from=253402300799&to=253402300799")
	f.Add(uint8(1), "zone=../UTC&from=9&to=9")
	f.Add(uint8(1), "zone=%00")
	f.Add(uint8(2), "q=%ff%fe:")
	f.Add(uint8(3), "min_llr=-0&min_both=1e9;")
	opt := shelved(f)
	h := opt.History.(shelf)
	h.History = habitual(f, 20)
	opt.History = h
	s := newServer(f, opt)
	keepLists(f, s)
	f.Fuzz(func(t *testing.T, path uint8, query string) {
		target := paths[int(path)%len(paths)]
		r := &http.Request{Method: "GET", URL: &url.URL{Path: target, RawQuery: query}, Host: "localhost", RequestURI: target + "?" + query, Header: http.Header{}, Body: http.NoBody}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		kind := w.Header().Get("Content-Type")
		switch w.Code {
		case 200:
			if kind != api.TypeJSON || !json.Valid(w.Body.Bytes()) {
				t.Fatalf("%s?%s: %s: %s", target, query, kind, w.Body)
			}
		case 400, 404, 414:
			var p api.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || kind != api.TypeProblem || p.Detail == "" || p.Type == api.ProblemNoSuchPath {
				t.Fatalf("%s?%s: %s: %s", target, query, kind, w.Body)
			}
		default:
			t.Fatalf("%s?%s: status %d: %s", target, query, w.Code, w.Body)
		}
	})
}
