package serve

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

// TestCompareAgainstStream compares what is told side by side with exact counts of the
// stream: posts by step, and all shares.
func TestCompareAgainstStream(t *testing.T) {
	s := newServer(t, testOptions(t))
	firstHour := start.Unix() / hourSeconds
	running := firstHour + worldPanes/6
	all := exactHours()
	rapid.Check(t, func(rt *rapid.T) {
		keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"daily0", "daily1", "booktok", "mañana", "neverseen"}), 2, 4, rapid.ID).Draw(rt, "keys")
		from := rapid.Int64Range(firstHour, running).Draw(rt, "from")
		to := rapid.Int64Range(from, running+30).Draw(rt, "to")
		step := rapid.SampledFrom([]int64{1, 24}).Draw(rt, "step")
		platform := rapid.SampledFrom([]string{"", "tiktok", "reddit"}).Draw(rt, "platform")
		q := url.Values{"terms": {strings.Join(keys, ",")}, "platform": {platform}, "step": {map[int64]string{1: "1h", 24: "1d"}[step]}}
		q.Set("from", rfc3339(from*hourSeconds))
		q.Set("to", rfc3339(to*hourSeconds))
		got := ask[api.CompareAnswer](t, s, "/api/v1/compare?"+q.Encode())
		exact := func(key string, from, to int64) (sum float64) {
			for _, p := range []string{"tiktok", "reddit"} {
				for hour := from; hour < to && (platform == "" || platform == p); hour++ {
					sum += float64(all[p+" "+key][hour])
				}
			}
			return sum
		}
		first, end := from/step, ceilDiv(to, step)
		if from == to {
			first = end
		}
		total := 0.0
		for _, key := range keys {
			total += exact(key, first*step, end*step)
		}
		sum := 0.0
		for i, key := range keys {
			c := got.Terms[i]
			if c.Seen != (exact(key, firstHour, running+1) > 0) {
				rt.Fatalf("%s: seen is %t", key, c.Seen)
			}
			if want := exact(key, first*step, end*step); c.Key != key || float64(c.Posts) != want || !c.Exact || c.MoreAtMost != 0 {
				rt.Fatalf("%s: got %+v, want %v posts", key, c, want)
			}
			if total > 0 {
				sum += float64(c.Share)
			}
			if n := max(0, min(end, running/step+1)-first); int64(len(c.Points)) != n {
				rt.Fatalf("%s: %d points, want %d", key, len(c.Points), n)
			}
			for j, p := range c.Points {
				at := first + int64(j)
				want, voices := exact(key, at*step, (at+1)*step), 0.0
				for _, other := range keys {
					voices += exact(other, at*step, (at+1)*step)
				}
				if float64(p.Posts) != want || !p.Start.Equal(unix(at*step*hourSeconds)) || p.Partial != (running/step == at) || p.AtLeast {
					rt.Fatalf("%s: got %+v, want %v", key, p, want)
				}
				if voices > 0 && math.Abs(float64(p.Share)-want/voices) > 1e-3 || voices == 0 && !math.IsNaN(float64(p.Share)) {
					rt.Fatalf("%s: share is %v, want %v", key, p.Share, want/voices)
				}
			}
		}
		if total > 0 && math.Abs(sum-1) > 1e-3 {
			rt.Fatalf("shares add up to %v", sum)
		}
	})
}

// TestCompareShowsWhatIsMissing looks at an hour in which nothing ran, and at a term that
// was not tracked for all of the time.
func TestCompareShowsWhatIsMissing(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	got := ask[api.CompareAnswer](t, s, "/api/v1/compare?term=booktok&term=neverseen")
	gap := (runningHour(fixedAsOf) - 20) * hourSeconds
	for _, term := range got.Terms {
		if len(term.Points) != 72 {
			t.Fatalf("%s has %d points", term.Key, len(term.Points))
		}
		for _, p := range term.Points {
			// The store has the 32 hours before the running one, less one.
			if counted := p.Hours == 1; counted == math.IsNaN(float64(p.Posts)) || p.Start.Unix() == gap && counted {
				t.Errorf("%s: %+v", term.Key, p)
			}
		}
	}
	// On reddit it is in the doorkeeper alone, with three posts at most.
	if tok := got.Terms[0]; tok.Exact || tok.MoreAtMost != 2+3 || !tok.Platforms[0].Exact && tok.Platforms[0].Platform == "reddit" {
		t.Errorf("got %+v", tok.Platforms)
	}
	if never := got.Terms[1]; never.Seen || !never.Exact || never.Posts != 0 || never.Share != 0 {
		t.Errorf("got %+v", never)
	}
	long := ask[api.CompareAnswer](t, s, "/api/v1/compare?term=booktok&term=neverseen&from=2026-03-01T00:00:00Z&step=1d")
	for _, term := range long.Terms {
		if term.Key == "booktok" && !math.IsNaN(float64(term.MoreAtMost)) {
			t.Errorf("before the window nobody knows: %+v", term)
		}
	}
}

func TestCompareNames(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	for query, want := range map[string][]string{
		"terms=%23BookTok,sound:id:douyin:7481":                     {"hashtag booktok", "sound id:douyin:7481"},
		"terms=BookTok&terms=b&term=c":                              {"hashtag booktok", "hashtag b", "hashtag c"},
		"terms=keyword:a%252Cb,keyword:a%252cc":                     {"keyword a,b", "keyword a,c"},
		"term=keyword:a,b&term=keyword:a%252Cc":                     {"keyword a,b", "keyword a%2cc"},
		"terms=@Someone,link:https://www.example.com/a,":            {"mention someone", "link example.com/a"},
		"terms=%EF%BC%83%EF%BC%A2%EF%BD%8F%EF%BD%8F%EF%BD%8B,tag:x": {"hashtag book", "hashtag tag:x"},
	} {
		var got []string
		for _, c := range ask[api.CompareAnswer](t, s, "/api/v1/compare?"+query).Terms {
			got = append(got, c.Kind+" "+c.Key)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}

func TestCompareProblems(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	var eleven []string
	for i := range 11 {
		eleven = append(eleven, fmt.Sprintf("t%d", i))
	}
	for _, c := range []struct{ query, kind, at, has string }{
		{"", api.ProblemInvalidParameter, "terms", "has 0 terms; name 2 to 10"},
		{"terms=a", api.ProblemInvalidParameter, "terms", "has 1 terms"},
		{"terms=a,%23A", api.ProblemInvalidParameter, "terms", "twice"},
		{"terms=a&term=hashtag:a", api.ProblemInvalidParameter, "term", "twice"},
		{"terms=" + strings.Join(eleven, ","), api.ProblemInvalidParameter, "terms", "more than 10"},
		{"terms=a,%23", api.ProblemInvalidParameter, "terms", "nothing to count"},
		{"terms=a,b&step=1w", api.ProblemInvalidParameter, "step", "1h, 1d"},
		{"terms=a,b&from=5000&to=1000", api.ProblemInvalidParameter, "from", "after"},
		{"terms=a,b,c&from=0&to=12002400", api.ProblemTooManyPoints, "from", "10002 points"},
		{"terms=a,b&at=1700000000", api.ProblemNotKept, "at", ""},
		{"terms=a,b&zone=UTC", api.ProblemUnknownParameter, "zone", "at, from, platform, step, term, terms, to"},
	} {
		p := problemOf(t, do(s, "GET", "/api/v1/compare?"+c.query))
		if p.Type != c.kind || p.Parameter != c.at || !strings.Contains(p.Detail, c.has) {
			t.Errorf("%s: got %+v", c.query, p)
		}
	}
	opt, source := fixedOptions(t), fixedSource()
	source.err = context.DeadlineExceeded
	opt.Source = source
	if p := problemOf(t, do(newServer(t, opt), "GET", "/api/v1/compare?terms=a,b")); p.Type != api.ProblemBusy {
		t.Errorf("got %+v", p)
	}
}

// TestCompareAsOfThen asks for a past moment and now, and sees that the past does not know
// what came later.
func TestCompareAsOfThen(t *testing.T) {
	s := newServer(t, testOptions(t))
	then := start.Add(26 * 3600e9).Unix()
	got := ask[api.CompareAnswer](t, s, "/api/v1/compare?terms=booktok,daily0&at="+rfc3339(then))
	if got.AsOf.Unix() != then {
		t.Fatalf("as of %v", got.AsOf)
	}
	for i, c := range got.Terms {
		series := ask[api.SeriesAnswer](t, s, api.TermPath("hashtag", c.Key)+"/series?at="+rfc3339(then))
		var want uint64
		for _, p := range series.Platforms {
			for _, point := range p.Points {
				want += point.Posts
			}
		}
		if c.Posts != want || want == 0 {
			t.Errorf("term %d has %d posts, its series %d", i, c.Posts, want)
		}
	}
}

// TestCompareWhenPanesClose gives terms of two panes: the answer is of the older one.
func TestCompareWhenPanesClose(t *testing.T) {
	opt, source := fixedOptions(t), fixedSource()
	later := source.counts[0]
	later.Term, later.AsOf = term.Term{Kind: term.Hashtag, Key: "later"}, fixedAsOf+3600
	source.counts = append(source.counts, later)
	opt.Source, opt.History = source, nil
	got := ask[api.CompareAnswer](t, newServer(t, opt), "/api/v1/compare?terms=booktok,later")
	if got.AsOf.Unix() != fixedAsOf || len(got.Terms[0].Points) != len(got.Terms[1].Points) {
		t.Errorf("as of %v, %d and %d points", got.AsOf, len(got.Terms[0].Points), len(got.Terms[1].Points))
	}
}
