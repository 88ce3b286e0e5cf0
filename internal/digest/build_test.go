package digest

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/api"
)

// How a call turned out, by what was posted after it.
func TestCalls(t *testing.T) {
	const d = daysOfDigest - 1
	day := func(in *Input) *api.PlatformCoverage { return &in.Days[d].Coverage.Platforms[0] }
	for _, c := range []struct {
		name    string
		change  func(in *Input, ref Ref)
		outcome string
	}{
		{"grows", func(in *Input, ref Ref) { in.Counts[ref].Posts[80] = 50 }, hit},
		{"grows as by chance", func(in *Input, ref Ref) { in.Counts[ref].Posts[80] = 30 }, miss},
		{"grows a little more", func(in *Input, ref Ref) { in.Counts[ref].Posts[80] = 31 }, hit},
		{"stays", func(*Input, Ref) {}, miss},
		{"was larger a day before", func(in *Input, ref Ref) { in.Counts[ref].Posts[30], in.Counts[ref].Posts[80] = 90, 60 }, miss},
		{"is seen for half a day", func(in *Input, _ Ref) {
			day(in).Missing = []api.Span{{From: in.Days[d].From, To: in.Days[d].From.Add(12 * time.Hour)}}
		}, openly},
		{"grows in the other half", func(in *Input, ref Ref) {
			day(in).Missing = []api.Span{{From: in.Days[d].From, To: in.Days[d].From.Add(12 * time.Hour)}}
			in.Counts[ref].Posts[90] = 70
		}, hit},
		{"nobody knows how much was seen", func(in *Input, _ Ref) { day(in).Share = api.Unknown }, openly},
		{"nobody knows anything", func(in *Input, _ Ref) { in.Days[d].Coverage = nil }, openly},
		{"is not counted", func(in *Input, ref Ref) { delete(in.Counts, ref) }, openly},
		{"the day is not over", func(in *Input, _ Ref) {
			in.Days[d].Over, in.Days[d].AsOf = false, in.Days[d].From.Add(20*time.Hour)
			in.EndHour -= 4
		}, openly},
		{"nothing came after noon", func(in *Input, _ Ref) {
			in.Days[d].AsOf = in.Days[d].From.Add(12 * time.Hour)
			in.EndHour -= 12
		}, openly},
	} {
		in := fixture(daysOfDigest)
		tr := made("hashtag", "Called", "tiktok", rising, 5, in.Days[d-1].From)
		posts := rise(96, 96, 10, 0)
		posts[70] = 25
		in.open(d-1, tr, posts)
		c.change(&in, Ref{"tiktok", "hashtag", "called"})
		got := Build(in).Calls
		if got.Of != in.Days[d-1].Date || got.Total != 1 || len(got.Calls) != 1 || got.Calls[0].Outcome != c.outcome {
			t.Errorf("%s: got %+v, want %s", c.name, got, c.outcome)
		}
		if got.Hits+got.Misses+got.Open != got.Total {
			t.Errorf("%s: the outcomes do not add up: %+v", c.name, got)
		}
	}
}

// Spellings and platforms of one trend are one row, with the posts of the spelling that leads on each.
func TestOneRowForAllSpellings(t *testing.T) {
	in := busy(daysOfDigest)
	d := Build(in)
	if len(d.New) != 1 {
		t.Fatalf("got %+v", d.New)
	}
	got := d.New[0]
	if got.Term != "BookTok" || !reflect.DeepEqual(got.Variants, []string{"Book_Tok"}) || !reflect.DeepEqual(got.Platforms, []string{"tiktok", "x"}) || len(got.Places) != 2 || got.Places[1].Term != "Book_Tok" {
		t.Errorf("got %+v", got)
	}
	if *got.Posts != *got.Places[0].Posts+*got.Places[1].Posts || got.Hours[71] != 2+9*14+6*4 || !got.Peak.Equal(in.Days[2].To.Add(-time.Hour)) {
		t.Errorf("%d posts, %v, best hour %s", *got.Posts, got.Hours, got.Peak)
	}
	for _, p := range d.Platforms {
		want := map[string][3]int{"tiktok": {1, 2, 1}, "x": {2, 3, 1}}[p.Platform]
		if [3]int{p.New, p.Open, p.Gone} != want {
			t.Errorf("%s: %d new, %d open, %d gone", p.Platform, p.New, p.Open, p.Gone)
		}
	}
	if w := d.Watches[0]; w.Share != 0.6456 || w.Alerts != 1 || len(w.Trends) != 1 || w.Before == nil || d.Watches[1].Before != nil {
		t.Errorf("got %+v", d.Watches)
	}
}

func TestQuietDays(t *testing.T) {
	d := Build(fixture(daysOfDigest))
	if !d.Quiet || d.Headline != "A quiet day: nothing new, and nothing to act on." || len(d.Todo)+len(d.Unseen) != 0 {
		t.Errorf("got %+v", d)
	}
	if d := Build(busy(daysOfDigest)); d.Quiet {
		t.Errorf("quiet: %s", d.Headline)
	}
	in := fixture(daysOfDigest)
	if in.Week = true; Build(in) != nil {
		t.Error("three days made a week")
	}
	if in.Week, in.Days = false, in.Days[:2]; Build(in) != nil {
		t.Error("two days made a digest")
	}
}

// Advice is given on what lasts, is sure and has people behind it.
func TestAdvice(t *testing.T) {
	const d = daysOfDigest - 1
	for name, c := range map[string]struct {
		change func(t *Trend)
		given  bool
	}{
		"a trend":            {func(*Trend) {}, true},
		"hardly sure":        {func(t *Trend) { t.Confidence = 0.4 }, false},
		"nobody knows":       {func(t *Trend) { t.Confidence = api.Unknown }, false},
		"over before dawn":   {func(t *Trend) { t.HoursLeft.Mid = 7 }, false},
		"of unknown length":  {func(t *Trend) { t.HoursLeft.Mid = api.Unknown }, false},
		"few accounts":       {func(t *Trend) { t.Flags = []string{"few"} }, false},
		"coordinated":        {func(t *Trend) { t.Flags = []string{"new", "thin"} }, false},
		"fading":             {func(t *Trend) { t.Phase = fading }, false},
		"of a usual hour":    {func(t *Trend) { t.RatePerH, t.ExpectedPerH = 3, 3 }, true},
		"nothing else known": {func(t *Trend) { t.RatePerH, t.ExpectedPerH = api.Unknown, api.Unknown }, true},
	} {
		in := fixture(daysOfDigest)
		tr := made("hashtag", "Any", "tiktok", rising, 5, in.Days[d].From)
		c.change(&tr)
		in.open(d, tr, rise(96, 96, 1, 0))
		if got := Build(in).Todo; (len(got) == 1) != c.given {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

// Any life makes a digest in which every trend stands once, sums are what they are sums of, and advice is in the order
// of time; the same life makes the same digest.
func TestDigestsAddUp(t *testing.T) {
	phases := []string{emerging, rising, peaking, fading}
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SampledFrom([]int{daysOfDigest, daysOfWeek}).Draw(t, "days")
		in := fixture(days)
		n := int(in.EndHour - in.FirstHour)
		for i := range in.Days {
			for _, name := range rapid.SliceOfN(rapid.SampledFrom([]string{"a", "a_", "b", "c", "d_d", "dd"}), 0, 6).Draw(t, "open") {
				p := rapid.SampledFrom([]string{"tiktok", "x"}).Draw(t, "platform")
				tr := made("hashtag", name, p, rapid.SampledFrom(phases).Draw(t, "phase"), rapid.Float64Range(-2, 40).Draw(t, "rank"), in.Days[i].From)
				in.open(i, tr, rise(n, rapid.IntRange(0, n).Draw(t, "from"), 2, uint32(rapid.IntRange(0, 9).Draw(t, "by"))))
				if rapid.Bool().Draw(t, "told") {
					in.Days[i].Log = append(in.Days[i].Log, found(tr, rapid.SampledFrom(append(phases, over, held)).Draw(t, "found"), in.Days[i].From.Add(time.Hour)))
				}
			}
		}
		d := Build(in)
		if again := Build(in); !sameDigest(d, again) {
			t.Fatal("the second digest is another")
		}
		seen := map[string]bool{}
		for _, l := range [][]api.DigestTrend{d.New, d.Rising, d.Peaking, d.Fading, d.Gone} {
			for i := range l {
				x := &l[i]
				name := x.Kind + " " + normal(x.Key)
				if seen[name] {
					t.Fatalf("%s comes twice", name)
				}
				seen[name] = true
				var places, hours uint64
				for _, p := range x.Places {
					places += *p.Posts
				}
				for _, h := range x.Hours[HoursShown-24:] {
					hours += uint64(h)
				}
				if places != *x.Posts || hours != *x.Posts {
					t.Fatalf("%s has %d posts, its places %d and its hours %d", name, *x.Posts, places, hours)
				}
			}
		}
		if c := &d.Calls; c.Total != len(c.Calls) || c.Total != c.Hits+c.Misses+c.Open {
			t.Fatalf("calls do not add up: %+v", c)
		}
		if len(d.Todo) > maxTodo {
			t.Fatalf("%d things to do", len(d.Todo))
		}
		for i := 1; i < len(d.Todo); i++ {
			if d.Todo[i].By.Before(*d.Todo[i-1].By) {
				t.Fatalf("%v stands before %v", d.Todo[i-1], d.Todo[i])
			}
		}
		style := Style{Audience: rapid.SampledFrom(allAudiences).Draw(t, "audience"), Format: rapid.SampledFrom(allFormats).Draw(t, "format")}
		if _, err := Render(d, style); err != nil {
			t.Fatal(err)
		}
	})
}

func normal(key string) string {
	out := ""
	for _, r := range key {
		if r != '_' {
			out += string(r)
		}
	}
	return out
}

// sameDigest compares two digests as JSON has them: what is not known equals itself there.
func sameDigest(a, b *api.Digest) bool {
	x, err1 := renderJSON(a)
	y, err2 := renderJSON(b)
	return err1 == nil && err2 == nil && string(x.Body) == string(y.Body)
}

func TestHowNumbersAreCompared(t *testing.T) {
	for _, c := range []struct {
		now, before uint64
		want        string
	}{
		{0, 0, "as before"}, {5, 0, "after 0"}, {5, 19, "after 19"}, {120, 100, "+20%"}, {80, 100, "−20%"}, {300, 100, "× 3"}, {1000, 999, "as before"}, {0, 100, "−100%"},
		{math.MaxUint64, 20, "× 922,337,203,685,477,632"},
	} {
		if got := change(c.now, c.before); got != c.want {
			t.Errorf("%d after %d: got %q, want %q", c.now, c.before, got, c.want)
		}
	}
}

// Nobody is told to post with what is on the list of a brand or a competitor, and nothing is said twice of a crisis.
func TestNoAdviceToPostWithABrand(t *testing.T) {
	const d = daysOfDigest - 1
	for _, phase := range []string{emerging, rising, peaking} {
		in := fixture(daysOfDigest)
		tr := made("keyword", "cola", "tiktok", phase, 5, in.Days[d].From)
		tr.Rivals = []string{"cola"}
		in.open(d, tr, rise(96, 96, 1, 0))
		todo := Build(in).Todo
		if len(todo) != 1 || !strings.HasPrefix(todo[0].Text, "Look at what is said with") {
			t.Errorf("%s: got %+v", phase, todo)
		}
		in.Alerts = []api.Alert{{ID: "a", Severity: api.SeverityCrisis, TS: in.Days[d].To, Kind: kindOfWatch, Key: "cola", Title: "Cola.", State: api.AlertOpen}}
		if todo = Build(in).Todo; len(todo) != 1 || todo[0].Kind != kindOfWatch {
			t.Errorf("%s, in a crisis: got %+v", phase, todo)
		}
	}
}
