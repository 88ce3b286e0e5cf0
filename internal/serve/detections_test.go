package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// keptLog is a history of detections alone.
type keptLog struct {
	History
	first uint64
	lines [][]byte // from position 0 on
}

func (k *keptLog) DetectionsFrom() uint64 { return k.first }
func (k *keptLog) DetectionCount() uint64 { return max(k.first, uint64(len(k.lines))) }

func (k *keptLog) Detection(pos uint64) ([]byte, error) {
	if pos < k.first || pos >= uint64(len(k.lines)) {
		return nil, store.ErrNotFound
	}
	return k.lines[pos], nil
}

func (k *keptLog) add(at int64, kind term.Kind, key, platform, phase string) {
	k.lines = append(k.lines, fmt.Appendf(nil, `{"ts":%q,"kind":%q,"term":%q,"display":%q,"platform":%q,"phase":%q,"score":5.123,"rate_per_h":53,"expected_per_h":1.5,`+
		`"authors":140,"started":"2026-03-05T23:10:00Z","confidence":0.9,"hours_left":{"low":20.1,"mid":44,"high":63.5},"from":"gauge"}`,
		rfc3339(at), kind, key, key, platform, phase))
}

// TestDetectionsAgainstModel pages through any part of a log, in both directions, while it
// grows and is trimmed.
func TestDetectionsAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		log := &keptLog{first: uint64(rapid.IntRange(0, 5).Draw(rt, "trimmed"))}
		at, n := start.Unix(), rapid.IntRange(0, 60).Draw(rt, "lines")
		grow := func() {
			at += int64(rapid.IntRange(0, 2).Draw(rt, "panes")) * detect.PaneSeconds
			log.add(at, rapid.SampledFrom(term.Kinds()[:3]).Draw(rt, "kind"), rapid.SampledFrom([]string{"a_b", "ab", "b"}).Draw(rt, "key"),
				rapid.SampledFrom([]string{"tiktok", "x"}).Draw(rt, "platform"), rapid.SampledFrom(detectionPhases()).Draw(rt, "phase"))
		}
		for range n {
			grow()
		}
		s := newServer(t, Options{Source: fixedSource(), History: log, Nonce: "test"})
		list, err := watch.New("mine", "", start, []watch.Term{{Kind: term.Hashtag, Spelling: "AB", Platforms: []string{"x"}}, {Kind: term.Sound, Spelling: "b"}})
		if err != nil {
			rt.Fatal(err)
		}
		if _, _, _, err := s.watches.put(list, nobodyMinds); err != nil {
			rt.Fatal(err)
		}
		subset := func(name string, of []string) []string {
			return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, len(of), rapid.ID[string]).Draw(rt, name)
		}
		platforms, kinds, phases := subset("platforms", []string{"tiktok", "x"}), subset("kinds", kindNames()), subset("phases", detectionPhases())
		terms := subset("terms", []string{"a_b", "hashtag:b", "sound:AB", "keyword:b"})
		watched, newest := rapid.Bool().Draw(rt, "watch"), rapid.Bool().Draw(rt, "newest first")
		from := start.Unix() + int64(rapid.IntRange(-1, 50).Draw(rt, "from"))*300
		to := from + int64(rapid.IntRange(0, 60).Draw(rt, "length"))*300
		q := url.Values{"platform": platforms, "kind": kinds, "phase": phases, "limit": {fmt.Sprint(rapid.IntRange(1, 20).Draw(rt, "limit"))}}
		if len(terms) > 0 {
			q["term"] = terms
		}
		if watched {
			q.Set("watch", "mine")
		}
		if newest {
			q.Set("newest", "1")
		}
		bounded := rapid.Bool().Draw(rt, "bounded")
		if bounded {
			q.Set("from", fmt.Sprint(from))
			q.Set("to", rfc3339(to))
		}
		model := func(count int) (want []string) {
			among := func(names []string, name string) bool { return len(names) == 0 || slices.Contains(names, name) }
			for pos := int(log.first); pos < count; pos++ {
				var d detection
				if err := json.Unmarshal(log.lines[pos], &d); err != nil {
					rt.Fatal(err)
				}
				ts, err := time.Parse(time.RFC3339, d.TS)
				if err != nil {
					rt.Fatal(err)
				}
				if bounded && (ts.Unix() < from || ts.Unix() >= to) || !among(platforms, d.Platform) || !among(kinds, d.Kind.String()) || !among(phases, d.Phase) ||
					watched && !list.Has(d.Kind, d.Key, d.Platform) || !isOf(terms, &d) {
					continue
				}
				want = append(want, fmt.Sprint(rfc3339(ts.Unix()), d.Kind, d.Key, d.Platform, d.Phase))
			}
			return want
		}
		want := model(n)
		var got []string
		for {
			page := ask[api.DetectionsAnswer](t, s, "/api/v1/detections?"+q.Encode())
			for _, d := range page.Detections {
				got = append(got, fmt.Sprint(rfc3339(d.TS.Unix()), d.Kind, d.Key, d.Platform, d.Phase))
			}
			if page.Next == nil {
				break
			}
			q.Set("cursor", *page.Next)
			for range rapid.IntRange(0, 1).Draw(rt, "grows") {
				grow()
			}
		}
		if newest {
			slices.Reverse(want) // what came after the first page is not among them
		} else {
			want = model(len(log.lines)) // what came meanwhile is
		}
		if !newest && len(got) < len(want) {
			want = want[:len(got)] // the last page was of before
			if len(got) < len(model(n)) {
				rt.Fatalf("got %d, there were %d at first", len(got), len(model(n)))
			}
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("%s\ngot  %v\nwant %v", q.Encode(), got, want)
		}
	})
}

// isOf reports whether a detection is of one of the terms, if any are named.
func isOf(terms []string, d *detection) bool {
	if len(terms) == 0 {
		return true
	}
	for _, name := range terms {
		if kind, key, _ := named("term", name); kind == d.Kind && key == d.Key {
			return true
		}
	}
	return false
}

// Keys are written into the log with escapes, where they have what JSON or HTML does not.
func TestDetectionsOfOneTerm(t *testing.T) {
	log := &keptLog{}
	links := []string{"example.com/a?b=1&c=<2>", "example.com/a,b", "example.com/ß"}
	for i, key := range links {
		log.add(fixedAsOf-100+int64(i), term.Link, key, "x", "rising")
		quoted, err := json.Marshal(key)
		if err != nil {
			t.Fatal(err)
		}
		log.lines[i] = bytes.ReplaceAll(log.lines[i], []byte(strconv.Quote(key)), quoted)
	}
	log.add(fixedAsOf, term.Watch, "mine", "x", "rising")
	s := newServer(t, Options{Source: fixedSource(), History: log, Nonce: "test"})
	for _, name := range append(links, "watch:mine") {
		if name != "watch:mine" {
			name = "link:" + name
		}
		page := ask[api.DetectionsAnswer](t, s, "/api/v1/detections?term="+url.QueryEscape(name))
		if len(page.Detections) != 1 || page.Detections[0].Kind+":"+page.Detections[0].Key != name {
			t.Errorf("%s: got %+v", name, page.Detections)
		}
	}
	if p := problemOf(t, do(s, "GET", "/api/v1/detections?term=%23a&terms=a")); p.Type != api.ProblemInvalidParameter || p.Parameter != "term" {
		t.Errorf("got %+v", p)
	}
}

func TestDetections(t *testing.T) {
	log := &keptLog{first: 1}
	for i := range int64(maxPassed + 50) {
		log.add(fixedAsOf-maxPassed-60+i, term.Hashtag, "booktok", "tiktok", "rising")
	}
	log.add(fixedAsOf-10, term.Sound, "id:douyin:7481", "douyin", "emerging")
	opt := fixedOptions(t)
	opt.History = log
	s := newServer(t, opt)

	// What is asked for stands too far behind for one request.
	page := ask[api.DetectionsAnswer](t, s, "/api/v1/detections?kind=sound")
	if len(page.Detections) != 0 || page.Next == nil {
		t.Fatalf("one request reads %d lines", len(log.lines))
	}
	rest := ask[api.DetectionsAnswer](t, s, "/api/v1/detections?kind=sound&cursor="+*page.Next)
	if n := len(page.Detections) + len(rest.Detections); n != 1 || rest.Next != nil {
		t.Errorf("%d detections, next %v", n, rest.Next)
	}
	if page.Kept == nil || page.Range == nil || page.Coverage == nil || page.Range.From != *page.Kept || !page.Range.To.After(page.Range.From) {
		t.Errorf("range %+v, kept from %v, coverage %+v", page.Range, page.Kept, page.Coverage)
	}
	one := ask[api.DetectionsAnswer](t, s, "/api/v1/detections?newest=1&limit=1&kind=hashtag").Detections[0]
	if one.From != "gauge" || one.Score != 5.123 || one.Authors24h != 140 || one.HoursLeft.Mid != 44 || one.Started.IsZero() {
		t.Errorf("got %+v", one)
	}

	next := *ask[api.DetectionsAnswer](t, s, "/api/v1/detections?limit=1").Next
	for target, want := range map[string]string{
		"?phase=new":                          api.ProblemInvalidParameter,
		"?from=2000&to=1000":                  api.ProblemInvalidParameter,
		"?cursor=x":                           api.ProblemInvalidParameter,
		"?limit=1&kind=sound&cursor=" + next:  api.ProblemInvalidParameter,
		"?limit=1&newest=1&cursor=" + next:    api.ProblemInvalidParameter,
		"?watch=none":                         api.ProblemUnknownWatch,
		"?at=5":                               api.ProblemUnknownParameter,
		"?limit=0":                            api.ProblemInvalidParameter,
		"?newest=yes":                         api.ProblemInvalidParameter,
		"?limit=1001":                         api.ProblemInvalidParameter,
		"?limit=1&from=5&to=9&cursor=" + next: api.ProblemInvalidParameter,
	} {
		if p := problemOf(t, do(s, "GET", "/api/v1/detections"+target)); p.Type != want {
			t.Errorf("%s: %+v", target, p)
		}
	}
	log.first = 5
	if p := problemOf(t, do(s, "GET", "/api/v1/detections?limit=1&cursor="+next)); p.Type != api.ProblemStaleCursor || p.Parameter != "cursor" {
		t.Errorf("what follows was let go of: %+v", p)
	}
	log.lines[5] = []byte("{")
	if p := problemOf(t, do(s, "GET", "/api/v1/detections?limit=1")); p.Type != api.ProblemDamaged {
		t.Errorf("a line that cannot be read: %+v", p)
	}
	opt.History = nil
	if p := problemOf(t, do(newServer(t, opt), "GET", "/api/v1/detections")); p.Type != api.ProblemNotKept {
		t.Errorf("without a history: %+v", p)
	}
	opt.History = &keptLog{}
	if page := ask[api.DetectionsAnswer](t, newServer(t, opt), "/api/v1/detections"); page.Detections == nil || page.Range != nil || page.Next != nil || page.Kept != nil {
		t.Errorf("an empty log: %+v", page)
	}
}
