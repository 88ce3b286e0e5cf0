package page

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/api"
)

func TestRuleSays(t *testing.T) {
	for want, change := range map[string]func(*api.Rule){
		"Tell me when a trend is open.":                   func(*api.Rule) {},
		"Tell me when a trend on any watch list is open.": func(r *api.Rule) { r.Watches = []string{"*"} },
		"Tell me when a trend on the watch list mine is emerging, with at least 30 people in 24 hours.": func(r *api.Rule) {
			r.Watches, r.Phases, r.MinAuthors = []string{"mine"}, []string{"emerging"}, 30
		},
		"Tell me when a hashtag or sound on any watch list of a brand is emerging or rising on TikTok or X, with at least 1,000.5 posts an hour and at least 1 hour left. Once for each rise.": func(r *api.Rule) {
			r.Kinds, r.Purposes, r.Phases, r.Platforms = []string{"hashtag", "sound"}, []string{"brand"}, []string{"rising", "emerging"}, []string{"tiktok", "x"}
			r.MinRatePerH, r.MinHoursLeft, r.Once = 1000.5, 1, true
		},
		"Tell me when a trend is open on at least 2 platforms. Each further platform is told.": func(r *api.Rule) { r.MinPlatforms = 2 },
		"Tell me when the mentions of one of the watch lists a and b on X are at least 4 standard deviations above their own past.": func(r *api.Rule) {
			r.Mentions, r.Watches, r.Platforms, r.MinSurprise = true, []string{"a", "b"}, []string{"x"}, 4
		},
		"Tell me when the mentions of any watch list of a competitor come with at least 30 % of the share of voice.": func(r *api.Rule) {
			r.Mentions, r.Purposes, r.MinShare = true, []string{"competitor"}, 0.3
		},
	} {
		r := emptyRule()
		change(r)
		if got := ruleSays(r); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// A form that is sent as it was shown changes nothing.
func TestRuleFormKeepsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := emptyRule()
		some := func(of ...string) []string {
			return rapid.SliceOfDistinct(rapid.SampledFrom(of), rapid.ID[string]).Draw(t, "names")
		}
		r.Name, r.Title, r.Severity = "mine", rapid.SampledFrom([]string{"", "A title", "<b>"}).Draw(t, "title"), rapid.SampledFrom([]string{"notice", "warning", "crisis"}).Draw(t, "severity")
		r.Off, r.Mentions = rapid.Bool().Draw(t, "off"), rapid.Bool().Draw(t, "mentions")
		r.Platforms, r.Watches, r.Purposes = some("x", "tiktok"), some("*", "mine"), some("brand", "niche")
		trends, either, mentions := ruleNumbers()
		numbers := append(either, trends...)
		if r.Mentions {
			numbers = append(either, mentions...)
		} else {
			r.Phases, r.Kinds, r.Once = some("emerging", "fading"), some("hashtag", "watch"), rapid.Bool().Draw(t, "once")
		}
		for _, n := range numbers {
			if rapid.Bool().Draw(t, n.Name) {
				x := float64(rapid.IntRange(0, 1_000_000).Draw(t, "value"))
				if n.Percent {
					x /= 1_000_000
				}
				*n.of(r) = api.Number(x)
			}
		}
		f := fieldsOf(r)
		sent, err := url.ParseQuery(f.values.Encode())
		if err != nil {
			t.Fatal(err)
		}
		f = &fields{values: sent}
		got := ruleOf(f, "mine")
		if d := cmp.Diff(r, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b api.Number) bool { return a == b || !known(a) && !known(b) })); f.Bad() || d != "" {
			t.Errorf("%+v %s", f.wrong, d)
		}
	})
}

func TestSentence(t *testing.T) {
	for in, want := range map[string]string{
		"is 3; use 1": "It is 3; use 1", "and all other": "And all other", "": "", "érable": "Érable", "has \u202e": "It has ",
	} {
		if got := standalone(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
