package page

import (
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/api"
)

func queryOf(t interface{ Fatal(...any) }, target string) *rankingQuery {
	q, problem := readRankingQuery(&viewer{Request: httptest.NewRequest("GET", target, nil), zone: time.UTC})
	if problem != nil {
		t.Fatal(target, problem)
	}
	return q
}

// askedFor draws what somebody may ask for.
func askedFor(t *rapid.T) url.Values {
	out := url.Values{}
	for _, name := range []string{"q", "lang", "region", "watch", "min_confidence", "at", "window", "sort", "confirmed"} {
		if rapid.Bool().Draw(t, name) {
			out.Set(name, rapid.StringMatching(`[ &=?#%+a-zé日ש😀<>"']{0,6}[a-z0-9]`).Draw(t, name+" value"))
		}
	}
	for _, name := range []string{"platform", "kind", "phase"} {
		out[name] = rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,6}`), 0, 3, rapid.ID).Draw(t, name)
	}
	if view := rapid.SampledFrom([]string{viewBoth, viewList, viewWave}).Draw(t, "view"); view != "" {
		out.Set("view", view)
	}
	return out
}

// TestFiltersComeBackFromLinks follows the links of a ranking: each changes one thing, and the form keeps all others.
func TestFiltersComeBackFromLinks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		q := queryOf(rt, address("/", askedFor(rt)))
		again := queryOf(rt, q.Link())
		if again.untidy || again.Link() != q.Link() {
			rt.Fatalf("%q leads to %q", q.Link(), again.Link())
		}
		name, word := rapid.SampledFrom([]string{"platform", "kind", "phase"}).Draw(rt, "facet"), rapid.StringMatching(`[a-z]{1,6}`).Draw(rt, "word")
		toggled := queryOf(rt, q.Toggled(name, word))
		if toggled.Is(name, word) == q.Is(name, word) {
			rt.Fatalf("%q does not toggle %s", q.Toggled(name, word), word)
		}
		back := queryOf(rt, toggled.Toggled(name, word))
		for n := range q.values {
			a, b := q.Words(n), back.Words(n)
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(a, b) {
				rt.Fatalf("%s was %q and is %q", n, a, b)
			}
		}
		form := url.Values{}
		for _, k := range q.Kept("q", "sort") {
			form.Add(k.Name, k.Value)
		}
		form.Set("q", "new")
		sent := queryOf(rt, address("/", form))
		for n := range q.values {
			if n != "q" && n != "sort" && !slices.Equal(sent.values[n], q.values[n]) {
				rt.Fatalf("the form sends %s=%q instead of %q", n, sent.values[n], q.values[n])
			}
		}
		if sent.View != q.View {
			rt.Fatalf("the form leads to view %q", sent.View)
		}
		if clear := queryOf(rt, q.Clear()); clear.Filtered() || clear.One("at") != q.One("at") || clear.View != q.View {
			rt.Fatalf("%q is not clear", q.Clear())
		}
	})
}

func TestMarks(t *testing.T) {
	for confidence, want := range map[float64]string{0.95: "sure", 0.9: "sure", 0.7: "likely", 0.69: "maybe", 0: "maybe"} {
		if got := sureWord(api.Number(confidence)); got != want {
			t.Errorf("%g is %q, want %q", confidence, got, want)
		}
	}
	for _, c := range []struct{ kind, key, spelling, want string }{
		{"hashtag", "booktok", "BookTok", "#BookTok"}, {"hashtag", "booktok", "#BookTok", "#BookTok"}, {"mention", "a", "a", "@a"}, {"sound", "id:1", "", "id:1"},
		{"keyword", "x", "\u202ex", "x"}, {"hashtag", "k", " ", "#k"},
	} {
		if got := named(c.kind, c.key, c.spelling); got != c.want {
			t.Errorf("%q is %q, want %q", c, got, c.want)
		}
	}
	for _, phase := range []string{phaseEmerging, phaseRising, phasePeaking, phaseFading, phaseUnconfirmed, "over"} {
		if phaseHelp(phase) == "" || !strings.HasPrefix(phaseSign(phase), "M") {
			t.Errorf("%s has no help or no sign", phase)
		}
	}
}

// TestWithinAPhase places trends on the wave: the later, the farther on, and never out of their phase.
func TestWithinAPhase(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		phase := rapid.SampledFrom([]string{phaseEmerging, phaseRising, phasePeaking, phaseFading, "none"}).Draw(rt, "phase")
		since := time.Duration(rapid.Int64Range(-1e15, 1e16).Draw(rt, "since"))
		a, b := within(phase, since), within(phase, since+time.Hour)
		if a < 0 || b >= 1 || b < a {
			rt.Fatalf("%s after %s is at %g, an hour later at %g", phase, since, a, b)
		}
	})
}
