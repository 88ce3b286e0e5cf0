package judge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

var start = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC).Unix()

// trend is an open trend that every rule likes but for its phase.
func trend(kind term.Kind, key, platform string, phase detect.Phase, raised int64) engine.Trend {
	t := engine.Trend{Term: term.Term{Kind: kind, Key: key, Display: key}, Platform: platform, Hours: make([]uint32, 72), Posts: 5000, Authors24: 900}
	t.Group = uint64(term.ScopeOf(kind, "").ID(strings.ReplaceAll(key, "_", "")))
	t.Phase, t.Raised, t.Confidence, t.PostsPerHour, t.ExpectedPerHour = phase, raised/detect.PaneSeconds-1, 0.95, 400, 12
	t.Left = detect.Hours{Low: 9, Mid: 20, High: 40}
	t.Why = detect.Why{WindowMinutes: 60, Seen: 300, Expected: 8, Posts: 400}
	return t
}

func compiled(t testing.TB, rules ...api.Rule) (out []*Rule) {
	t.Helper()
	for _, in := range rules {
		r, err := Compile(in)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func builtin(name string) api.Rule {
	rules := Builtin()
	return rules[slices.IndexFunc(rules, func(r api.Rule) bool { return r.Name == name })]
}

// on makes a rule that is on.
func on(r api.Rule) api.Rule {
	r.Off = false
	return r
}

func moment(pane int, trends ...engine.Trend) *Moment {
	at := start + int64(pane)*detect.PaneSeconds
	return &Moment{At: at, View: &engine.View{AsOf: at, Trends: trends}}
}

func TestATrendIsToldOncePerPhase(t *testing.T) {
	rule := builtin(RuleEmerging)
	rule.Once = false
	rules, j := compiled(t, rule), &Judge{}
	j.See(moment(0), rules)
	var told []string
	for pane, phase := range []detect.Phase{detect.Emerging, detect.Emerging, detect.Rising, detect.Peaking, detect.Rising, detect.Fading, detect.Rising} {
		for _, a := range j.See(moment(1+pane, trend(term.Hashtag, "book_tok", "tiktok", phase, start)), rules).New {
			told = append(told, a.Phase)
			if a.Title != fmt.Sprintf("#book_tok is %s on tiktok: 400 posts an hour, 12 expected", phase) || a.ActBy == nil || !strings.Contains(a.Advice, "by 09:") || len(a.Reasons) < 4 {
				t.Errorf("got %+v", a)
			}
		}
	}
	if !slices.Equal(told, []string{"emerging", "rising"}) {
		t.Errorf("told of %q", told)
	}
}

func TestWhatIsHeldBackIsNoNews(t *testing.T) {
	share := None("share")
	share.Mentions, share.Purposes, share.MinShare = true, []string{watch.Brand}, 0.5
	rules, j := compiled(t, builtin(RuleEmerging), share), &Judge{}
	j.See(moment(0), rules)
	m := moment(1)
	m.View.Held = []engine.Trend{trend(term.Hashtag, "a", "x", detect.Unconfirmed, start), trend(Watch, "acme", "x", detect.Unconfirmed, start)}
	m.View.Variants = []engine.Trend{trend(term.Hashtag, "b", "x", detect.Rising, start)}
	m.Lists = []List{{Name: "acme", Purpose: watch.Brand, Has: nothing}}
	m.Mentions = []Mentions{{List: "acme", Platforms: []PlatformMentions{{Platform: "x", Hour: 900, Day: 2000, Authors: 800, Usual: Usual{2, 1, 0.1}}}}}
	if got := j.See(m, rules); len(got.New) > 0 {
		t.Errorf("told of %+v", got.New)
	}
}

// Mentions that somebody coordinates are a crisis as others are, of which the alert says so; once, also when others join in.
func TestACoordinatedAttackIsACrisis(t *testing.T) {
	usual := UsualOf([]Sample{{18, 1}, {25, 1}, {20, 1}, {17, 1}})
	for name, c := range map[string]struct {
		figures PlatformMentions
		want    bool
	}{
		"far above its past": {PlatformMentions{Hour: 320, Day: 900, Authors: 200, Usual: usual}, true},
		"no past":            {PlatformMentions{Hour: 320, Day: 900, Authors: 200, Usual: Unknown()}, true},
		"few people":         {PlatformMentions{Hour: 320, Day: 900, Authors: 3, Usual: usual}, false},
	} {
		rules, j := compiled(t, builtin(RuleCrisis)), &Judge{}
		j.See(moment(0), rules)
		attack := trend(Watch, "acme", "x", detect.Unconfirmed, start)
		attack.ThinShare = 0.87
		m := moment(1)
		m.View.Held = []engine.Trend{attack}
		m.Lists = []List{{Name: "acme", Purpose: watch.Brand, Has: nothing}}
		c.figures.Platform = "x"
		m.Mentions = []Mentions{{List: "acme", Platforms: []PlatformMentions{c.figures}}}
		m.Authors = known(m.Mentions)
		got := j.See(m, rules).New
		if (len(got) == 1) != c.want {
			t.Fatalf("%s: %+v", name, got)
		}
		const reason = "Most of the posts come from accounts that were never seen before or repeat each other (up to 87% of those of two hours): somebody may coordinate them."
		if c.want && (!slices.Contains(got[0].Reasons, reason) || !strings.Contains(got[0].Advice, "who writes them") || !strings.Contains(got[0].Title, "usual")) {
			t.Errorf("%s: %+v", name, got[0])
		}
		attack.Phase = detect.Rising
		next := moment(2, attack)
		next.Lists, next.Mentions, next.Authors = m.Lists, m.Mentions, m.Authors
		if again := j.See(next, rules).New; len(again) > 0 {
			t.Errorf("%s: told again: %+v", name, again)
		}
	}
}

// known tells of authors what mentions say, as if they were all that there are.
func known(all []Mentions) func(list, platform string) (uint64, float64, bool) {
	return func(list, platform string) (uint64, float64, bool) {
		for _, m := range all {
			for _, p := range m.Platforms {
				if m.List == list && p.Platform == platform && p.Authors >= 0 {
					return uint64(p.Authors), 0.02, true
				}
			}
		}
		return 0, 0, false
	}
}

func nothing(term.Kind, string, string) bool { return false }

func TestAFurtherPlatformIsNews(t *testing.T) {
	rules, j := compiled(t, builtin(RuleSpread)), &Judge{}
	j.See(moment(0), rules)
	tiktok, x, reddit := trend(term.Hashtag, "book_tok", "tiktok", detect.Rising, start), trend(term.Hashtag, "booktok", "x", detect.Emerging, start+600), trend(term.Hashtag, "booktok", "reddit", detect.Emerging, start)
	var got []string
	for i, trends := range [][]engine.Trend{{tiktok}, {tiktok, x}, {x, tiktok}, {tiktok}, {tiktok, reddit}, {tiktok, x, reddit}} {
		for _, a := range j.See(moment(1+i, trends...), rules).New {
			got = append(got, fmt.Sprintf("%d %s", i, a.Title))
		}
	}
	want := []string{"1 #book_tok is now on tiktok and x: 400 posts an hour, 12 expected", "4 #book_tok is now on tiktok and reddit: 400 posts an hour, 12 expected"}
	if !slices.Equal(got, want) {
		t.Errorf("told of %q, want %q", got, want)
	}
}

func TestCrisis(t *testing.T) {
	lists := []List{{Name: "acme", Title: "Acme", Purpose: watch.Brand, Has: nothing}, {Name: "rival", Purpose: watch.Competitor, Has: nothing}}
	usual := UsualOf([]Sample{{18, 1}, {25, 1}, {20, 1}, {17, 1}, {22, 0.5}, {19, 0.5}})
	night := UsualOf([]Sample{{0, 1}, {0, 1}, {1, 1}, {0, 1}})
	for name, c := range map[string]struct {
		list    string
		figures PlatformMentions
		raised  bool
		want    bool
	}{
		"burst":                     {"acme", PlatformMentions{Hour: 320, Day: 1900, Week: 3000, Authors: 800, Usual: usual}, false, true},
		"somewhat more":             {"acme", PlatformMentions{Hour: 34, Day: 600, Authors: 300, Usual: usual}, false, false},
		"five at night":             {"acme", PlatformMentions{Hour: 5, Day: 9, Authors: 8, Usual: night}, false, false},
		"few people":                {"acme", PlatformMentions{Hour: 320, Day: 400, Authors: 4, Usual: usual}, false, false},
		"no past":                   {"acme", PlatformMentions{Hour: 320, Day: 1900, Authors: 800, Usual: Unknown()}, false, false},
		"no past, but raised":       {"acme", PlatformMentions{Hour: 320, Day: 1900, Authors: 800, Usual: Unknown()}, true, true},
		"somebody else":             {"rival", PlatformMentions{Hour: 320, Day: 1900, Authors: 800, Usual: usual}, false, false},
		"a list that is not there":  {"gone", PlatformMentions{Hour: 320, Day: 1900, Authors: 800, Usual: usual}, false, false},
		"nobody knows how many are": {"acme", PlatformMentions{Hour: 320, Day: 1900, Authors: -1, Usual: usual}, false, false},
	} {
		rules, j := compiled(t, builtin(RuleCrisis)), &Judge{}
		j.See(moment(0), rules)
		c.figures.Platform = "x"
		m := moment(1)
		if c.raised {
			m = moment(1, trend(Watch, c.list, "x", detect.Emerging, start))
		}
		m.Lists, m.Mentions = lists, []Mentions{{List: c.list, Platforms: []PlatformMentions{c.figures}}}
		m.Authors = known(m.Mentions)
		m.Words = func(string) []api.AlertWord { return []api.AlertWord{{Word: "recall\u202e\n", Posts: 80}} }
		got := j.See(m, rules)
		if (len(got.New) == 1) != c.want || len(got.New) > 1 {
			t.Errorf("%s: got %+v", name, got.New)
		}
		for _, a := range got.New {
			if a.Severity != api.SeverityCrisis || a.Kind != "watch" || a.Key != "acme" || !strings.HasPrefix(a.Title, "Acme is mentioned 320 times an hour on x") || !strings.Contains(strings.Join(a.Reasons, " "), "recall (80 posts)") {
				t.Errorf("%s: %+v", name, a)
			}
		}
	}
}

// A crisis that is over may come again; one that goes up and down around its threshold is one.
func TestACrisisHolds(t *testing.T) {
	rules, j := compiled(t, builtin(RuleCrisis)), &Judge{}
	usual := UsualOf([]Sample{{18, 1}, {25, 1}, {20, 1}, {17, 1}})
	at := func(pane int, hour float64) Findings {
		m := moment(pane)
		m.Lists = []List{{Name: "acme", Purpose: watch.Brand, Has: nothing}}
		m.Mentions = []Mentions{{List: "acme", Platforms: []PlatformMentions{{Platform: "x", Hour: hour, Day: 900, Authors: 200, Usual: usual}}}}
		return j.See(m, rules)
	}
	at(0, 20)
	alerts, overs := 0, 0
	threads := map[string]bool{}
	for pane := 1; pane < 300; pane++ {
		hour := 20.0
		switch {
		case pane < 60 && pane%3 == 0, pane > 200 && pane < 230:
			hour = 300
		case pane < 60:
			hour = 60
		}
		got := at(pane, hour)
		for _, a := range got.New {
			threads[a.Thread] = true
		}
		alerts, overs = alerts+len(got.New), overs+len(got.Over)
	}
	if alerts != 2 || overs != 2 || len(threads) != 2 {
		t.Errorf("%d alerts in %d threads, %d over, want 2 of each", alerts, len(threads), overs)
	}
}

func TestShareOfVoice(t *testing.T) {
	rules, j := compiled(t, on(builtin(RuleShare))), &Judge{}
	at := func(pane int, rival uint64) Findings {
		m := moment(pane)
		m.Lists = []List{{Name: "acme", Purpose: watch.Brand, Has: nothing}, {Name: "rival", Purpose: watch.Competitor, Has: nothing}, {Name: "ours", Purpose: watch.Niche, Has: nothing}}
		figures := func(list string, day, week uint64) Mentions {
			return Mentions{List: list, Platforms: []PlatformMentions{{Platform: "x", Hour: 9, Day: day, Week: week, Authors: 90, Usual: Unknown()}}}
		}
		m.Mentions = []Mentions{figures("acme", 100, 700), figures("rival", rival, 300), figures("ours", 5000, 5000)}
		return j.See(m, rules)
	}
	at(0, 40)
	if got := at(1, 60); len(got.New) > 0 {
		t.Errorf("told of %q", got.New[0].Title)
	}
	got := at(2, 150)
	if len(got.New) != 1 || got.New[0].Title != "rival has 60% of the mentions on x, 30% the week before" {
		t.Errorf("got %+v", got.New)
	}
}

// A rule that is new, or another one now, does not tell of what held before.
func TestWhatHeldBeforeIsNoNews(t *testing.T) {
	j, rule := &Judge{}, builtin(RuleEmerging)
	tr := trend(term.Hashtag, "a", "x", detect.Emerging, start)
	if got := j.See(moment(0, tr), compiled(t, rule)); len(got.New) > 0 {
		t.Errorf("told at first of %+v", got.New)
	}
	rule.MinAuthors = 10
	small := trend(term.Hashtag, "b", "x", detect.Emerging, start)
	small.Authors24 = 20
	if got := j.See(moment(1, tr, small), compiled(t, rule)); len(got.New) > 0 {
		t.Errorf("told after the change of %+v", got.New)
	}
	if got := j.See(moment(2, tr, small, trend(term.Hashtag, "c", "x", detect.Emerging, start)), compiled(t, rule)); len(got.New) != 1 || got.New[0].Key != "c" {
		t.Errorf("got %+v", got.New)
	}
}

// life draws a sequence of moments.
func life(rt *rapid.T) []*Moment {
	keys, platforms := []string{"a", "a_", "b"}, []string{"tiktok", "x", "reddit"}
	var out []*Moment
	raised := map[string]int64{} // of what is open or held
	pane := 0
	for range rapid.IntRange(1, 20).Draw(rt, "moments") {
		pane += rapid.SampledFrom([]int{1, 1, 1, 2, 40, 230}).Draw(rt, "step")
		m := moment(pane)
		for _, p := range platforms {
			for _, k := range keys {
				phase := rapid.SampledFrom([]detect.Phase{0, detect.Emerging, detect.Rising, detect.Peaking, detect.Fading, detect.Unconfirmed}).Draw(rt, "phase")
				if phase == 0 {
					delete(raised, k+p)
				} else if raised[k+p] == 0 {
					raised[k+p] = m.At
				}
				tr := trend(term.Hashtag, k, p, phase, raised[k+p])
				tr.Confidence = rapid.SampledFrom([]float64{0.1, 0.75, 0.9}).Draw(rt, "confidence")
				switch {
				case phase == detect.Unconfirmed:
					m.View.Held = append(m.View.Held, tr)
				case phase > 0 && k != "a_":
					m.View.Trends = append(m.View.Trends, tr)
				case phase > 0:
					m.View.Variants = append(m.View.Variants, tr)
				}
			}
		}
		m.Lists = []List{{Name: "acme", Purpose: watch.Brand, Has: func(_ term.Kind, key, _ string) bool { return key == "b" }}}
		m.Mentions = []Mentions{{List: "acme", Platforms: []PlatformMentions{{
			Platform: "x", Hour: float64(rapid.SampledFrom([]int{0, 20, 60, 300}).Draw(rt, "mentions")), Day: 900, Authors: 200, Usual: Usual{20, 2, 1},
		}}}}
		out = append(out, m)
	}
	return out
}

// Whatever happens, no rule tells twice of a phase of a thread (and of the same platforms), nothing that is held back is
// told, and a judge that is stored and read again in the middle goes on as the other one.
func TestNothingIsToldTwice(t *testing.T) {
	each := builtin(RuleEmerging)
	each.Name, each.Once = "each", false
	rules := compiled(t, append(Builtin(), each)...)
	rapid.Check(t, func(rt *rapid.T) {
		j, other := &Judge{}, &Judge{}
		seen, reached := map[string]bool{}, map[string]int{}
		for i, m := range life(rt) {
			if rapid.Bool().Draw(rt, "stored") {
				enc, err := other.AppendBinary(nil)
				if err != nil {
					rt.Fatal(err)
				}
				if other, err = Decode(enc); err != nil {
					rt.Fatal(err)
				}
				if again, err := other.AppendBinary(nil); err != nil || !bytes.Equal(enc, again) {
					rt.Fatalf("%x is read as %x (%v)", enc, again, err)
				}
			}
			before := j.Clone()
			got := j.See(m, rules)
			same := func(name string, f Findings) {
				a, _ := json.Marshal(got)
				b, _ := json.Marshal(f)
				if !bytes.Equal(a, b) {
					rt.Fatalf("%s: moment %d gives %s, and %s", name, i, a, b)
				}
			}
			same("stored", other.See(m, rules))
			same("cloned", before.See(m, rules))
			if again := j.See(m, rules); len(again.New)+len(again.Changed)+len(again.Over) > 0 {
				rt.Fatalf("seen twice it gives %+v", again)
			}
			for _, a := range got.New {
				var places []string
				for _, p := range a.Platforms {
					places = append(places, p.Platform)
				}
				key := fmt.Sprint(a.Rule, a.Thread, a.Phase)
				if a.Rule == RuleEmerging {
					key = fmt.Sprint(a.Rule, a.Thread)
				}
				if a.Rule == RuleSpread {
					slices.Sort(places)
					key += fmt.Sprint(places)
				}
				if seen[key] || seen[a.ID] {
					rt.Fatalf("%s is told twice: %+v", key, a)
				}
				seen[key], seen[a.ID] = true, true
				if at, ok := AlertTime(a.ID); !ok || !at.Equal(a.TS) {
					rt.Fatalf("%s is not of %s", a.ID, a.TS)
				}
				if len(m.View.Trends) == 0 && a.Kind != "watch" {
					rt.Fatalf("%+v is told and nothing is open", a)
				}
				if k := fmt.Sprint(a.Rule, a.Thread); a.Rule == "each" {
					p := slices.Index(phaseNames(), a.Phase)
					if p < reached[k] {
						rt.Fatalf("%s goes back to %s", k, a.Phase)
					}
					reached[k] = p
				}
			}
		}
	})
}

func TestFaultsOfRules(t *testing.T) {
	with := func(change func(*api.Rule)) api.Rule {
		r := None("mine")
		change(&r)
		return r
	}
	for field, r := range map[string]api.Rule{
		"name":               None("A b"),
		"title":              with(func(r *api.Rule) { r.Title = strings.Repeat("x", MaxTitle+1) }),
		"severity":           with(func(r *api.Rule) { r.Severity = "loud" }),
		"platforms":          with(func(r *api.Rule) { r.Platforms = []string{"tik tok"} }),
		"kinds":              with(func(r *api.Rule) { r.Kinds = []string{"tag"} }),
		"watches":            with(func(r *api.Rule) { r.Watches = []string{"A"} }),
		"purposes":           with(func(r *api.Rule) { r.Purposes = []string{"fun"} }),
		"phases":             with(func(r *api.Rule) { r.Phases = []string{"unconfirmed"} }),
		"min_confidence":     with(func(r *api.Rule) { r.MinConfidence = 1.5 }),
		"min_score":          with(func(r *api.Rule) { r.MinScore = api.Number(math.Inf(1)) }),
		"min_platforms":      with(func(r *api.Rule) { r.MinPlatforms = 1.5 }),
		"min_share":          with(func(r *api.Rule) { r.MinShare = 0.5 }),
		"min_hours_left":     with(func(r *api.Rule) { r.Mentions, r.MinHoursLeft = true, 2 }),
		"severity of trends": with(func(r *api.Rule) { r.Severity, r.MinScore = api.SeverityCrisis, 1 }),
		"phases of none":     with(func(r *api.Rule) { r.Kinds, r.Platforms, r.Once = []string{"sound"}, []string{"x"}, true }),
		"min_surprise":       with(func(r *api.Rule) { r.Mentions, r.Watches = true, []string{Any} }),
	} {
		field, _, _ = strings.Cut(field, " ")
		_, err := Compile(r)
		var fault *FieldError
		if !errors.As(err, &fault) || fault.Field != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
	if _, err := Compile(None("test")); err == nil {
		t.Error("a rule may be called test")
	}
	r, err := Compile(with(func(r *api.Rule) { r.Severity, r.MinScore, r.Platforms = "", 1, []string{"TikTok", "x", "tiktok"} }))
	if err != nil || r.Severity != api.SeverityNotice || !slices.Equal(r.Platforms, []string{"tiktok", "x"}) {
		t.Errorf("got %+v, %v", r, err)
	}
}

func FuzzDecode(f *testing.F) {
	j := &Judge{}
	rules := compiled(f, Builtin()...)
	j.See(moment(0), rules)
	j.See(moment(1, trend(term.Hashtag, "a", "x", detect.Emerging, start), trend(term.Sound, "s", "x", detect.Rising, start)), rules)
	enc, err := j.AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(enc, false)
	for _, plain := range []string{
		`{"version":1,"at":5,"rules":null,"threads":[{"kind":"watch","group":1,"rule":"a","id":"x","seen":1,"told":null}]}`,
		`{"version":2}`, `{"version":1,"threads":[null]}`,
	} {
		f.Add([]byte(plain), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, plain bool) {
		if plain {
			var err error
			if data, err = pack(data); err != nil {
				t.Fatal(err)
			}
		}
		j, err := Decode(data)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNewer) {
				t.Fatal(err)
			}
			return
		}
		first, err := j.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(first)
		if err != nil {
			t.Fatalf("%v of %x", err, first)
		}
		if second, err := back.AppendBinary(nil); err != nil || !bytes.Equal(first, second) {
			t.Errorf("%x is read as %x (%v)", first, second, err)
		}
		back.See(&Moment{At: math.MaxInt64, View: &engine.View{}}, rules)
	})
}

// To the detector all mentions of a list that was just made are new: that is no crisis.
func TestTheRiseOfAYoungListIsNone(t *testing.T) {
	for name, c := range map[string]struct {
		age    int64 // hours
		held   bool
		usual  Usual
		told   bool
		quoted bool
	}{
		"raised, new":              {2, false, Unknown(), false, false},
		"held, new":                {71, true, Unknown(), false, false},
		"raised, old":              {72, false, Unknown(), true, true},
		"held, old":                {72, true, Unknown(), true, true},
		"raised, new, above usual": {60, false, UsualOf([]Sample{{18, 1}, {25, 1}, {20, 1}, {17, 1}}), true, false},
	} {
		rules, j := compiled(t, builtin(RuleCrisis)), &Judge{}
		j.See(moment(0), rules)
		m := moment(1)
		rise := []engine.Trend{trend(Watch, "acme", "x", detect.Emerging, start)}
		if m.View.Trends = rise; c.held {
			m.View.Trends, m.View.Held = nil, rise
		}
		m.Lists = []List{{Name: "acme", Purpose: watch.Brand, Has: nothing, Since: m.At - c.age*hour}}
		m.Mentions = []Mentions{{List: "acme", Platforms: []PlatformMentions{{Platform: "x", Hour: 320, Day: 900, Authors: 200, Usual: c.usual}}}}
		got := j.See(m, rules).New
		if (len(got) == 1) != c.told {
			t.Fatalf("%s: told of %+v", name, got)
		}
		if !c.told {
			continue
		}
		text := strings.Join(got[0].Reasons, " ")
		if quoted := strings.Contains(text, "are a trend") || strings.Contains(text, "coordinate"); quoted != c.quoted {
			t.Errorf("%s: says %s", name, text)
		}
	}
}

// What comes with a list is asked for once for each alert, not for what goes on to hold.
func TestCompanyOfACrisis(t *testing.T) {
	rules, j := compiled(t, builtin(RuleCrisis)), &Judge{}
	j.See(moment(0), rules)
	asked := 0
	for pane := 1; pane < 20; pane++ {
		m := moment(pane)
		m.Lists = []List{{Name: "acme", Purpose: watch.Brand, Has: func(k term.Kind, key, _ string) bool { return key == "acme" }}}
		m.Mentions = []Mentions{{List: "acme", Platforms: []PlatformMentions{{Platform: "x", Hour: 320, Day: 900, Authors: 200, Usual: UsualOf([]Sample{{18, 1}, {25, 1}, {20, 1}})}}}}
		m.Company = func(string) []api.Related {
			asked++
			return []api.Related{
				{Kind: "hashtag", Key: "acme", Term: "Acme"}, {Kind: "keyword", Key: "word", Term: "word"}, {Kind: "hashtag", Key: "recall", Term: "Recall\u202e"},
				{Kind: "link", Key: "https://example.com/a", Term: "https://example.com/a"}, {Kind: "mention", Key: "ana", Term: "ana"},
			}
		}
		got := j.See(m, rules).New
		if (len(got) == 1) != (pane == 1) {
			t.Fatalf("pane %d: %+v", pane, got)
		}
		if pane > 1 {
			continue
		}
		text := got[0].Reasons[len(got[0].Reasons)-1]
		if len(got[0].Company) != 3 || !strings.HasPrefix(text, "Comes with: ") || !strings.Contains(text, "#Recall") || !strings.Contains(text, "@ana") || !strings.Contains(text, "example.com") || strings.Contains(text, "\u202e") {
			t.Errorf("got %+v, %s", got[0].Company, text)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}
