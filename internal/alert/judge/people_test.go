package judge

import (
	"strings"
	"testing"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/watch"
)

// Those who mention a brand every day are people too, though none of them is new to it: 60 of them with 780 posts in an hour
// are a crisis. Where nobody counted them there are at least as many as were new, and perhaps enough.
func TestACrisisByRegulars(t *testing.T) {
	usual := UsualOf([]Sample{{60, 1}, {55, 1}, {64, 1}, {61, 1}})
	for name, c := range map[string]struct {
		authors uint64
		counted bool
		ok      bool
		trend   uint64 // authors by the view; 0: the mentions are none
		posts   uint64
		want    string
		none    bool // of the field
	}{
		"counted":                        {authors: 60, counted: true, ok: true, posts: 2220, want: "2,220 posts in the last 24 hours, by about 60 authors"},
		"a few":                          {authors: 14, counted: true, ok: true, posts: 2220},
		"the view knows":                 {trend: 60, posts: 2220, want: "2,220 posts in the last 24 hours, by about 60 authors"},
		"the view knows of a few":        {trend: 9, counted: true, posts: 2220},
		"nobody counted":                 {posts: 2220, want: "2,220 posts in the last 24 hours, by at least 4 authors", none: true},
		"nobody can":                     {counted: true, posts: 2220, want: "2,220 posts in the last 24 hours, by at least 4 authors", none: true},
		"fewer posts than authors asked": {posts: 14},
	} {
		rules, j := compiled(t, builtin(RuleCrisis)), &Judge{}
		j.See(moment(0), rules)
		m := moment(1)
		if c.trend > 0 {
			x := trend(Watch, "acme", "x", detect.Rising, start)
			x.Authors24 = c.trend
			m = moment(1, x)
		}
		m.Lists = []List{{Name: "acme", Purpose: watch.Brand, Has: nothing}, {Name: "calm", Purpose: watch.Brand, Has: nothing}}
		calm := Mentions{List: "calm", Platforms: []PlatformMentions{{Platform: "x", Hour: 60, Day: 1440, Week: 10_080, Authors: 3, Usual: usual}}}
		m.Mentions = []Mentions{calm, {List: "acme", Platforms: []PlatformMentions{{Platform: "x", Hour: 780, Day: c.posts, Week: 10_080, Authors: 4, Usual: usual}}}}
		asked := map[string]int{}
		if c.counted {
			m.Authors = func(list, platform string) (uint64, float64, bool) {
				asked[list+" "+platform]++
				return c.authors, 0.02, c.ok
			}
		}
		got := j.See(m, rules).New
		if (len(got) == 1) != (c.want != "") {
			t.Errorf("%s: got %+v", name, got)
			continue
		}
		if asked["calm x"] > 0 || c.counted && asked["acme x"] != 1 {
			t.Errorf("%s: authors were asked for %v", name, asked)
		}
		if c.want == "" {
			continue
		}
		if all := strings.Join(got[0].Reasons, " "); !strings.Contains(all, c.want) {
			t.Errorf("%s: %q", name, all)
		}
		if p := got[0].Platforms[0].Authors24h; (p == nil) != c.none || p != nil && (p.Estimate != 60 || p.High > c.posts) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}
