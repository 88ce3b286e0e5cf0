package page

import (
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// What an alert tells to do is what the ranking of now tells.
func TestAlertsStandAsTheRankingDoes(t *testing.T) {
	asOf := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	by := asOf.Add(20 * time.Hour)
	kathmandu := time.FixedZone("Asia/Kathmandu", 5*3600+45*60)
	v := &viewer{now: asOf, zone: kathmandu}
	found := api.Alert{
		Kind: "hashtag", Key: "tea", Term: "#tea on x", Phase: phaseEmerging, Title: "#tea on x is emerging on x: 40 posts an hour", ActBy: &by,
		Platforms: []api.AlertPlatform{{Platform: "x", Phase: phaseEmerging, HoursLeft: &api.Range{Low: 48, Mid: 60, High: 72}}},
	}
	trend := func(platform, phase string, low, high float64) *api.Trend {
		return &api.Trend{Kind: "hashtag", Key: "tea", Platform: platform, Phase: phase, HoursLeft: api.Range{Low: api.Number(low), Mid: api.Number(high), High: api.Number(high)}}
	}
	for name, c := range map[string]struct {
		trends []*api.Trend
		whole  bool
		late   bool
		phase  string
		does   string
	}{
		"rising":      {[]*api.Trend{trend("x", phaseRising, 6, 30)}, true, false, phaseRising, "23:45</time>: it probably has 6 to 30 hours left."},
		"peaking":     {[]*api.Trend{trend("x", phasePeaking, 6, 30)}, true, false, phasePeaking, "post only what is ready"},
		"fading":      {[]*api.Trend{trend("x", phaseFading, 0, 48)}, true, true, phaseFading, "let it go"},
		"held":        {[]*api.Trend{trend("x", phaseUnconfirmed, 0, 48)}, true, false, phaseUnconfirmed, "wait until others join in"},
		"elsewhere":   {[]*api.Trend{trend("x", phaseFading, 0, 48), trend("tiktok", phaseRising, 6, 30)}, true, false, phaseRising, "post soon"},
		"gone":        {nil, true, true, "over", "no longer open"},
		"not looked":  {nil, false, false, "", "post soon"},
		"both rising": {[]*api.Trend{trend("tiktok", phasePeaking, 1, 2), trend("x", phaseRising, 6, 30)}, true, false, phaseRising, "6 to 30 hours"},
	} {
		now := &ranked{asOf: asOf, whole: c.whole, trends: map[rankedTerm][]*api.Trend{}}
		for _, trend := range c.trends {
			now.add(trend.Key, trend)
		}
		r := alertRows([]api.Alert{found}, now)[0]
		if r.Late(v) != c.late || r.Now.Phase() != c.phase || !strings.Contains(string(r.Does(v)), c.does) {
			t.Errorf("%s: late %v, %s, %s", name, r.Late(v), r.Now.Phase(), r.Does(v))
		}
		if c.late && r.ActBy() != nil {
			t.Errorf("%s: act by %v", name, r.ActBy())
		}
	}
	if got := (alertRow{Alert: &found}).Titled(); got != "#tea on x is emerging on X: 40 posts an hour" {
		t.Errorf("got %q", got)
	}
	v.now = by.Add(time.Hour)
	if r := (alertRow{Alert: &found}); !r.Late(v) || !strings.Contains(string(r.Does(v)), "has probably passed") {
		t.Errorf("after its time: %s", r.Does(v))
	}
}

// A list of many is cut into pages, from each of which there is a way to the others.
func TestAlertsArePaged(t *testing.T) {
	for page, want := range map[int][2]int{1: {20, 1}, 2: {20, 2}, 3: {5, 1}, 4: {0, 1}} {
		g := alertGroup{Name: api.AlertOpen, Rows: make([]alertRow, 45)}
		g.cut(alertFilter{State: api.AlertOpen, Page: page, Rule: "mine"})
		ways := 0
		for _, to := range []string{g.Less, g.More} {
			if to != "" {
				ways++
			}
		}
		if len(g.Rows) != want[0] || ways != want[1] || g.Count() != "45" || g.Clear != "/alerts?do=acknowledge&rule=mine&state=open" {
			t.Errorf("page %d: %d rows, %+v", page, len(g.Rows), g)
		}
	}
}
