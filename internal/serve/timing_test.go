package serve

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// habits is a history in which platforms have hours of activity.
type habits struct {
	History
	hours    []int64
	activity map[string][]store.HourActivity
}

func (h habits) Hours(from, to int64) ([]int64, error) {
	var out []int64
	for _, hour := range h.hours {
		if from <= hour && hour < to {
			out = append(out, hour)
		}
	}
	return out, nil
}

func (h habits) Activity(platform string, from, to int64) ([]store.HourActivity, error) {
	var out []store.HourActivity
	for _, row := range h.activity[platform] {
		if from <= row.Hour && row.Hour < to {
			out = append(out, row)
		}
	}
	return out, nil
}

// habitual returns the history of some days before the fixed view: on tiktok in the evenings of
// Kathmandu three times as many posts as else, and twice the reactions on Wednesdays from 7:00 to 8:00;
// on reddit as much at all times, and nothing of it for two days.
func habitual(t testing.TB, days int) habits {
	kathmandu, err := time.LoadLocation("Asia/Kathmandu")
	if err != nil {
		t.Fatal(err)
	}
	st, err := fixedStore()
	if err != nil {
		t.Fatal(err)
	}
	h := habits{History: st, activity: map[string][]store.HourActivity{}}
	r := rand.New(rand.NewPCG(1, 2))
	end := closedHours(fixedAsOf)
	for hour := end - int64(days)*dayHours; hour < end; hour++ {
		at := time.Unix(hour*hourSeconds+2700, 0).In(kathmandu) // the middle of three quarters of it
		posts, each := 40, 5
		if at.Hour() >= 18 && at.Hour() < 22 {
			posts = 120
		}
		if at.Weekday() == time.Wednesday && at.Hour() == 7 {
			each = 10
		}
		noise := func(n int) uint64 { return uint64(max(0, float64(n)+math.Sqrt(float64(n))*r.NormFloat64())) }
		row := store.Activity{Platform: "tiktok", Posts: noise(posts), Reposts: noise(posts / 4), Measured: noise(posts / 2)}
		row.Reactions = noise(int(row.Measured) * each)
		h.hours = append(h.hours, hour)
		h.activity["tiktok"] = append(h.activity["tiktok"], store.HourActivity{Hour: hour, Activity: row})
		if left := end - hour; left > 60 && left < 108 {
			continue
		}
		h.activity["reddit"] = append(h.activity["reddit"], store.HourActivity{Hour: hour, Activity: store.Activity{Platform: "reddit", Posts: noise(50)}})
	}
	return h
}

func TestTiming(t *testing.T) {
	opt := fixedOptions(t)
	opt.History = habitual(t, 60)
	s := newServer(t, opt)
	got := ask[api.TimingAnswer](t, s, "/api/v1/timing?platform=tiktok&zone=Asia/Kathmandu")
	if got.By != "reactions" || got.Range.To.Sub(got.Range.From) != 28*24*time.Hour || len(got.Cells) != 168 || got.Zone != "Asia/Kathmandu" {
		t.Fatalf("by %q, range %v, %d cells of %s", got.By, got.Range, len(got.Cells), got.Zone)
	}
	// An hour of UTC is three quarters of one there, so that 7:00 has three of four parts of it.
	if len(got.Best) == 0 || got.Best[0].Weekday != 2 || got.Best[0].Hour != 7 || got.Best[0].Low < 1.35 || got.Best[0].High > 2.2 {
		t.Errorf("best are %+v", got.Best)
	}
	for _, c := range got.Cells {
		if evening := c.Hour >= 19 && c.Hour < 21; evening && (c.PostsPerH < 100 || c.PostsPerHStderr > 15) || c.Hour < 17 && c.PostsPerH > 60 || c.CountedH != 4 {
			t.Errorf("%+v", c)
		}
	}
	// Without reactions the posts decide: all platforms together, of which one was away.
	for i := range opt.History.(habits).activity["tiktok"] {
		row := &opt.History.(habits).activity["tiktok"][i]
		row.Measured, row.Reposts = 0, 0
	}
	all := ask[api.TimingAnswer](t, s, "/api/v1/timing?zone=Asia/Kathmandu")
	if all.By != "posts" || len(all.Platforms) != 2 || len(all.Best) != 5 {
		t.Fatalf("by %q: %+v, %+v", all.By, all.Platforms, all.Best)
	}
	for _, b := range all.Best {
		if b.Hour < 18 || b.Hour > 21 {
			t.Errorf("best is %+v", b)
		}
	}
	for _, c := range all.Cells { // what was away lowers no mean
		if c.Hour < 17 && (c.PostsPerH < 70 || c.PostsPerH > 115) {
			t.Errorf("%+v", c)
		}
	}
	if got := ask[api.TimingAnswer](t, s, "/api/v1/timing?from="+rfc3339(fixedAsOf-10*24*3600)); got.By != "" || len(got.Best) != 0 || got.Range.To.Sub(got.Range.From) != 7*24*time.Hour {
		t.Errorf("one week has by %q, %v", got.By, got.Best)
	}
}

// TestTimingGolden holds the answer to what was once looked at, with a cell for each day.
func TestTimingGolden(t *testing.T) {
	opt := fixedOptions(t)
	opt.History = habitual(t, 35)
	for name, target := range map[string]string{
		"timing":      "/api/v1/timing?platform=tiktok&zone=Europe/Berlin",
		"timing-term": "/api/v1/timing?term=%23BookTok&zone=Asia/Kathmandu",
	} {
		got := ask[api.TimingAnswer](t, newServer(t, opt), target)
		for d := range 7 {
			got.Cells[d] = got.Cells[d*24+20]
		}
		got.Cells = got.Cells[:7]
		b, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		holdTo(t, name, []byte(fmt.Sprintf("GET %s\n\n%s\n", target, b)))
	}
}

// TestTimingAgainstModel compares posts by the hour with sums over quarters of hours, each
// looked up in a calendar by itself.
func TestTimingAgainstModel(t *testing.T) {
	opt := fixedOptions(t)
	zones := []string{"UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York"}
	rapid.Check(t, func(rt *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(rt, "zone"))
		if err != nil {
			rt.Fatal(err)
		}
		source := fixedSource()
		v := &source.view
		// Around both changes of the clock of the year.
		v.AsOf = time.Date(2026, rapid.SampledFrom([]time.Month{4, 11}).Draw(rt, "month"), 10, 0, 0, 0, 0, time.UTC).Unix()
		opt.Source = source
		h := habits{History: opt.History, activity: map[string][]store.HourActivity{}}
		var posts, hours [168]float64
		end := closedHours(v.AsOf)
		weeks := rapid.Int64Range(1, 3).Draw(rt, "weeks")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		for hour := end - weeks*168; hour < end; hour++ {
			if r.IntN(30) == 0 {
				continue
			}
			n := r.IntN(6) // fewer than tell that nobody looked
			h.hours = append(h.hours, hour)
			if n > 0 || len(h.activity["x"]) == 0 {
				h.activity["x"] = append(h.activity["x"], store.HourActivity{Hour: hour, Activity: store.Activity{Platform: "x", Posts: uint64(n)}})
			}
			for quarter := range int64(4) {
				at := time.Unix(hour*3600+quarter*900, 0).In(loc)
				cell := (int(at.Weekday())+6)%7*24 + at.Hour()
				posts[cell] += float64(n) / 4
				hours[cell] += 0.25
			}
		}
		opt.History = h
		got := ask[api.TimingAnswer](t, newServer(t, opt), "/api/v1/timing?platform=x&zone="+url.QueryEscape(loc.String())+"&from="+rfc3339((end-weeks*168)*3600))
		for c, cell := range got.Cells {
			want := posts[c] / hours[c]
			if got := float64(cell.PostsPerH); math.Abs(got-want) > 1e-3 || math.IsNaN(got) != math.IsNaN(want) || float64(cell.CountedH) != hours[c] {
				rt.Fatalf("%s, cell %d: %v posts an hour in %v hours, want %v in %v", loc, c, got, cell.CountedH, want, hours[c])
			}
		}
	})
}

// TestTimingOfTerm sees that the hours of a term are those of its series.
func TestTimingOfTerm(t *testing.T) {
	s := newServer(t, testOptions(t))
	series := ask[api.SeriesAnswer](t, s, "/api/v1/terms/hashtag/daily0/series")
	got := ask[api.TimingAnswer](t, s, "/api/v1/timing?term=Daily0")
	if got.Kind != "hashtag" || got.Key != "daily0" || got.By != "" || len(got.Platforms) != len(series.Platforms) {
		t.Fatalf("got %+v", got)
	}
	for i, p := range series.Platforms {
		var posts uint64
		for _, point := range p.Points {
			if !point.Partial {
				posts += point.Posts
			}
		}
		if got.Platforms[i].Posts != posts || got.Platforms[i].Platform != p.Platform {
			t.Errorf("%s: %d posts, want %d", p.Platform, got.Platforms[i].Posts, posts)
		}
	}
	for _, target := range []string{"/api/v1/timing?term=hashtag:daily0", "/api/v1/timing?term=daily0&kind=hashtag", "/api/v1/timing?term=%23DAILY0"} {
		if other := ask[api.TimingAnswer](t, s, target); !slices.Equal(other.Platforms, got.Platforms) {
			t.Errorf("%s: got %+v", target, other.Platforms)
		}
	}
}

func TestTimingProblems(t *testing.T) {
	opt := fixedOptions(t)
	s := newServer(t, opt)
	opt.History = nil
	bare := newServer(t, opt)
	young := fixedSource()
	young.view = engine.View{}
	opt.Source = young
	unborn := newServer(t, opt)
	for _, c := range []struct {
		s                    *Server
		query, kind, at, has string
	}{
		{s, "zone=Mars/Olympus", api.ProblemInvalidParameter, "zone", "Asia/Kathmandu"},
		{s, "zone=Local", api.ProblemInvalidParameter, "zone", "IANA"},
		{s, "zone=../../etc/passwd", api.ProblemInvalidParameter, "zone", "IANA"},
		{s, "platform=myspace", api.ProblemInvalidParameter, "platform", "tiktok, reddit, douyin, x"},
		{s, "term=%23", api.ProblemInvalidParameter, "term", "nothing to count"},
		{s, "kind=hashtag", api.ProblemInvalidParameter, "kind", "without a term"},
		{s, "kind=tag&term=x", api.ProblemInvalidParameter, "kind", "hashtag, sound"},
		{s, "term=neverseen", api.ProblemUnknownTerm, "", "never seen"},
		{s, "from=2026-03-07T00:00:00Z", api.ProblemInvalidParameter, "from", "up to 2026-03-06T04:00:00Z"},
		{s, "from=2020-01-01T00:00:00Z", api.ProblemInvalidParameter, "from", "400 days at most"},
		{s, "to=1", api.ProblemInvalidParameter, "from", ""},
		{s, "at=1", api.ProblemUnknownParameter, "at", "from, kind, platform, term, to, zone"},
		{bare, "", api.ProblemNotKept, "", "nothing of the past"},
		{unborn, "", api.ProblemNotKept, "", "nothing was published"},
	} {
		p := problemOf(t, do(c.s, "GET", "/api/v1/timing?"+c.query))
		if p.Type != c.kind || p.Parameter != c.at || !strings.Contains(p.Detail, c.has) {
			t.Errorf("%s: got %+v", c.query, p)
		}
	}
}
