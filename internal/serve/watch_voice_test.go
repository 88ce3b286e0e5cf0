package serve

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// holds reports whether the bounds hold what there was.
func holds(p api.VoicePosts, want float64) bool {
	return float64(p.Low) <= want && (want <= float64(p.High) || p.AtLeast)
}

// TestVoiceAgainstStream compares what is told of mentions with those of the stream, counted
// or not.
func TestVoiceAgainstStream(t *testing.T) {
	s, w := voiceServer(t)
	firstHour := start.Unix() / hourSeconds
	running := firstHour + voiceHours
	rapid.Check(t, func(rt *rapid.T) {
		list := voiceList(rapid.SampledFrom([]string{"ours", "theirs", "texts", "later"}).Draw(rt, "list"))
		from := rapid.Int64Range(firstHour, running).Draw(rt, "from")
		to := rapid.Int64Range(from+1, running+3).Draw(rt, "to")
		step := rapid.SampledFrom([]int64{1, 24}).Draw(rt, "step")
		platform := rapid.SampledFrom([]string{"", "tiktok", "reddit"}).Draw(rt, "platform")
		q := url.Values{"platform": {platform}, "step": {map[int64]string{1: "1h", 24: "1d"}[step]}, "from": {rfc3339(from * hourSeconds)}, "to": {rfc3339(to * hourSeconds)}}
		got := ask[api.WatchVoice](t, s, api.WatchVoicePath(list.Name)+"?"+q.Encode())
		first, end := from/step*step, min(ceilDiv(to, step)*step, running+1)
		if want := w.mentioned(list.Name, platform, first, end); !holds(got.Posts, want) {
			rt.Fatalf("got %+v, want %v", got.Posts, want)
		}
		since := int64(math.MaxInt64)
		if !list.Since.IsZero() {
			since = ceilDiv(list.Since.Unix(), hourSeconds)
		}
		for i, p := range got.Points {
			a, b := first+int64(i)*step, min(first+int64(i+1)*step, end)
			if want := w.mentioned(list.Name, platform, a, b); p.Start.Unix() != a*hourSeconds || !holds(p.Posts, want) || a >= since && (p.Posts.Low != p.Posts.High || p.Posts.AtLeast) {
				rt.Fatalf("got %+v, want %v", p, want)
			}
			if p.Before != (a < since) || p.Before != math.IsNaN(float64(p.FreshAuthors)) || p.Partial != (b == running+1) {
				rt.Fatalf("got %+v; counted since %v", p, list.Since)
			}
			if (list.Name == "texts") != p.Posts.AtLeast && p.Before || list.Name == "texts" && p.Posts.Low > 0 && b < since {
				rt.Fatalf("got %+v", p)
			}
		}
		if n := ceilDiv(end-first, step); int64(len(got.Points)) != n {
			rt.Fatalf("%d points, want %d", len(got.Points), n)
		}
	})
}

// TestVoiceBoundsAreTight looks at an hour before the mentions were counted: the bounds are
// the largest term, and all of them with their other spellings.
func TestVoiceBoundsAreTight(t *testing.T) {
	s, _ := voiceServer(t)
	tags := map[string]float64{}
	for pane := range detect.PanesPerHour {
		for _, rec := range voiceStream(5*detect.PanesPerHour + pane) {
			for _, tag := range rec.Tags {
				if tag != "zero" || rec.Platform == "tiktok" {
					tags[tag]++
				}
			}
		}
	}
	got := ask[api.WatchVoice](t, s, "/api/v1/watches/ours/voice?from="+rfc3339(hourOf(5))+"&to="+rfc3339(hourOf(6)))
	want := api.VoicePosts{Low: api.Number(max(tags["cola"], tags["Co_la"], tags["zero"])), High: api.Number(tags["cola"] + tags["Co_la"] + tags["zero"])}
	if got.Points[0].Posts != want || got.Posts.Low != want.Low || got.PastTerms != 4 {
		t.Errorf("got %+v and %+v of %d terms, want %+v", got.Posts, got.Points[0], got.PastTerms, want)
	}
}

// TestVoicesShare compares shares with those of the stream.
func TestVoicesShare(t *testing.T) {
	s, w := voiceServer(t)
	firstHour := start.Unix() / hourSeconds
	running := firstHour + voiceHours
	rapid.Check(t, func(rt *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"ours", "theirs", "texts", "later"}), 2, 4, rapid.ID).Draw(rt, "names")
		from := rapid.Int64Range(firstHour, running).Draw(rt, "from")
		to := rapid.Int64Range(from+1, running+1).Draw(rt, "to")
		q := url.Values{"watches": {strings.Join(names, ",")}, "from": {rfc3339(from * hourSeconds)}, "to": {rfc3339(to * hourSeconds)}}
		got := ask[api.WatchVoices](t, s, api.VoicePath+"?"+q.Encode())
		since, all, counted := from, 0.0, 0.0
		for _, name := range names {
			if list := voiceList(name); list.Since.IsZero() {
				since = to
			} else {
				since = min(to, max(since, ceilDiv(list.Since.Unix(), hourSeconds)))
			}
		}
		for _, name := range names {
			all += w.mentioned(name, "", from, to)
			counted += w.mentioned(name, "", since, to)
		}
		if (got.Counted == nil) != (since == to) || got.Counted != nil && got.Counted.From.Unix() != since*hourSeconds {
			rt.Fatalf("counted %v, want from %s", got.Counted, rfc3339(since*hourSeconds))
		}
		for i, x := range got.Watches {
			const rounding = 1e-3
			posts := w.mentioned(names[i], "", from, to)
			share := posts / all
			if x.Watch != names[i] || !holds(x.Posts, posts) || float64(x.Share.Low) > share+rounding || float64(x.Share.High) < share-rounding {
				rt.Fatalf("got %+v, want %v of %v", x, posts, all)
			}
			if since == to {
				continue
			}
			if want := w.mentioned(names[i], "", since, to); float64(x.Counted.Posts) != want || math.Abs(float64(x.Counted.Share)-want/counted) > rounding {
				rt.Fatalf("got %+v, want %v of %v", x.Counted, want, counted)
			}
			if since == from && (x.Posts.Low != x.Posts.High || x.Posts.AtLeast || x.Share.Low != x.Share.High || x.PastTerms != 0) {
				rt.Fatalf("all was counted: %+v", x)
			}
		}
	})
}

func TestVoiceGolden(t *testing.T) {
	span := "from=" + rfc3339(hourOf(8)) + "&to=" + rfc3339(hourOf(17))
	for name, target := range map[string]string{
		"voice":      "ours/voice?" + span,
		"voice-day":  "ours/voice?step=1d&platform=tiktok",
		"voice-csv":  "texts/voice?format=csv&" + span,
		"voices":     "voice?watches=ours,theirs,texts&" + span,
		"voices-csv": "voice?watches=later,theirs&format=csv",
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := voiceServer(t)
			checkGolden(t, s, name, "/api/v1/watches/"+target)
		})
	}
}

func TestVoiceByClient(t *testing.T) {
	s, _ := voiceServer(t)
	server := httptest.NewServer(s)
	defer server.Close()
	c := api.Client{Base: server.URL}
	one, err := c.WatchVoice(t.Context(), "ours", url.Values{"step": {"1d"}})
	if err != nil || one.Step != "1d" || one.Watch != "ours" || len(one.Points) == 0 {
		t.Errorf("got %+v, %v", one, err)
	}
	both, err := c.WatchVoices(t.Context(), []string{"theirs", "ours"}, url.Values{"platform": {"tiktok"}})
	if err != nil || len(both.Watches) != 2 || both.Watches[1].Title != "Ours" {
		t.Errorf("got %+v, %v", both, err)
	}
}

// TestVoiceOfUntracked has a term that was in the doorkeeper alone, on one platform, and came to
// be tracked within the window on another.
func TestVoiceOfUntracked(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	wantStatus(t, request(s, "PUT", "/api/v1/watches/books", `{"terms": [{"kind": "hashtag", "term": "BookTok"}]}`), http.StatusCreated)
	compared := ask[api.CompareAnswer](t, s, "/api/v1/compare?terms=booktok,neverseen").Terms[0]
	got := ask[api.WatchVoice](t, s, "/api/v1/watches/books/voice")
	want := api.VoicePosts{Low: api.Number(compared.Posts), High: api.Number(compared.Posts) + compared.MoreAtMost}
	if got.Posts != want || compared.MoreAtMost == 0 {
		t.Errorf("got %+v, want %+v", got.Posts, want)
	}
	for i, p := range got.Points {
		if c := compared.Points[i]; p.Posts.AtLeast != c.AtLeast || p.Hours != c.Hours || p.Hours > 0 && p.Posts.Low != c.Posts {
			t.Errorf("got %+v, want %+v", p, c)
		}
	}
	if long := ask[api.WatchVoice](t, s, "/api/v1/watches/books/voice?from=2026-03-01T00:00:00Z&step=1d"); !long.Posts.AtLeast {
		t.Errorf("before the window nobody knows: %+v", long.Posts)
	}
}

// TestVoiceOfMany has a list with more terms than one answer asks about.
func TestVoiceOfMany(t *testing.T) {
	s, _ := voiceServer(t)
	d := watch.Draft{Name: "many", Changed: start}
	for i := range maxPastTerms + 1 {
		d.Terms = append(d.Terms, watch.Term{Kind: term.Hashtag, Spelling: fmt.Sprintf("many%d", i)})
	}
	l, err := watch.Make(d)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, fault, err := s.watches.put(l, nobodyMinds); fault != nil || err != nil {
		t.Fatal(fault, err)
	}
	got := ask[api.WatchVoice](t, s, "/api/v1/watches/many/voice")
	if got.PastTerms != maxPastTerms || !got.Posts.AtLeast || got.Posts.High != 0 {
		t.Errorf("got %+v", got.Voice)
	}
}

// TestShareBounds holds the bounds of shares to all that the bounds of posts let be.
func TestShareBounds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var low, high, sum float64
		open := 0
		var posts []api.VoicePosts
		var real []float64
		for range rapid.IntRange(2, 4).Draw(rt, "lists") {
			p := api.VoicePosts{Low: api.Number(rapid.IntRange(0, 5).Draw(rt, "low")), AtLeast: rapid.Bool().Draw(rt, "open")}
			p.High = p.Low + api.Number(rapid.IntRange(0, 5).Draw(rt, "more"))
			x := float64(p.Low) + float64(rapid.IntRange(0, int(p.High-p.Low)).Draw(rt, "real"))
			if p.AtLeast {
				open++
				x += float64(rapid.IntRange(0, 50).Draw(rt, "beyond"))
			}
			low, high, sum = low+float64(p.Low), high+float64(p.High), sum+x
			posts, real = append(posts, p), append(real, x)
		}
		for i, p := range posts {
			b := shareBounds(p, low, high, open)
			if high == 0 && open == 0 {
				if !math.IsNaN(float64(b.Low)) || !math.IsNaN(float64(b.High)) {
					rt.Fatalf("of nothing %+v", b)
				}
				continue
			}
			if !(b.Low >= 0 && b.Low <= b.High && b.High <= 1) {
				rt.Fatalf("%d of %+v: %+v", i, posts, b)
			}
			if share := real[i] / sum; sum > 0 && (share < float64(b.Low)-1e-3 || share > float64(b.High)+1e-3) {
				rt.Fatalf("%d of %+v may be %v: %+v", i, posts, share, b)
			}
		}
	})
}

func TestVoiceProblems(t *testing.T) {
	s, _ := voiceServer(t)
	var eleven []string
	for i := range 11 {
		name := fmt.Sprintf("l%d", i)
		eleven = append(eleven, name)
		wantStatus(t, request(s, "PUT", api.WatchPath(name), `{"terms": [{"kind": "hashtag", "term": "a"}]}`), http.StatusCreated)
	}
	for _, c := range []struct{ target, kind, at, has string }{
		{"voice", api.ProblemInvalidParameter, "watches", "has 0 lists; name 2 to 10"},
		{"voice?watches=ours,", api.ProblemInvalidParameter, "watches", "has 1 lists"},
		{"voice?watches=ours,ours", api.ProblemInvalidParameter, "watches", "twice"},
		{"voice?watches=ours,nobody", api.ProblemUnknownWatch, "watches", "nobody"},
		{"voice?watches=" + strings.Join(eleven, ","), api.ProblemInvalidParameter, "watches", "more than 10"},
		{"voice?watches=ours,theirs&step=1d", api.ProblemUnknownParameter, "step", "from, platform, to, watches"},
		{"voice?watches=ours,theirs&from=0", api.ProblemTooManyPoints, "from", "use a shorter range"},
		{"nobody/voice", api.ProblemUnknownWatch, "", "nobody"},
		{"ours/voice?step=1w", api.ProblemInvalidParameter, "step", "1h, 1d"},
		{"ours/voice?from=5000&to=1000", api.ProblemInvalidParameter, "from", "after"},
		{"ours/voice?at=5000", api.ProblemUnknownParameter, "at", "from, platform, step, to"},
	} {
		if p := problemOf(t, do(s, "GET", "/api/v1/watches/"+c.target)); p.Type != c.kind || p.Parameter != c.at || !strings.Contains(p.Detail, c.has) {
			t.Errorf("%s: got %+v", c.target, p)
		}
	}
	const list = `{"name": "voice", "terms": [{"kind": "hashtag", "term": "a"}]}`
	for method, path := range map[string]string{"PUT": "/api/v1/watches/voice", "POST": "/api/v1/watches"} {
		if p := problemOf(t, request(s, method, path, list)); p.Type != api.ProblemInvalidParameter || p.Parameter != "name" {
			t.Errorf("%s a list that is called voice: %+v", method, p)
		}
	}
}

// TestVoiceBeforeAnything asks a server that has seen and kept nothing.
func TestVoiceBeforeAnything(t *testing.T) {
	opt := fixedOptions(t)
	opt.Source, opt.History = &fixed{}, nil
	s := newServer(t, opt)
	for _, name := range []string{"a", "b"} {
		wantStatus(t, request(s, "PUT", api.WatchPath(name), `{"terms": [{"kind": "hashtag", "term": "`+name+`"}]}`), http.StatusCreated)
	}
	one := ask[api.WatchVoice](t, s, "/api/v1/watches/a/voice")
	if one.AsOf != nil || one.Coverage != nil || !math.IsNaN(float64(one.Posts.Low)) || !math.IsNaN(float64(one.Posts.High)) {
		t.Errorf("got %+v", one)
	}
	both := ask[api.WatchVoices](t, s, "/api/v1/watches/voice?watches=a,b")
	for _, w := range both.Watches {
		if !math.IsNaN(float64(w.Posts.Low)) || !math.IsNaN(float64(w.Share.Low)) || w.Counted != nil && !math.IsNaN(float64(w.Counted.Share)) {
			t.Errorf("got %+v", w)
		}
	}
}
