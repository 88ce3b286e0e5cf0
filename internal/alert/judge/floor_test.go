package judge

import (
	"strings"
	"testing"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// Where the title has that hardly any posts were expected and a reason that many people were, another one says what for.
func TestAnAlertExplainsTheFloor(t *testing.T) {
	for usual, want := range map[float64]bool{0.03: true, 3: true, 6: false, 12: false} {
		rules, j := compiled(t, on(builtin(RuleEmerging))), &Judge{}
		j.See(moment(0), rules)
		rise := trend(term.Hashtag, "tea", "tiktok", detect.Emerging, start)
		rise.ExpectedPerHour = usual
		got := j.See(moment(1, rise), rules).New
		if len(got) != 1 {
			t.Fatalf("told of %d", len(got))
		}
		if all := strings.Join(got[0].Reasons, " "); strings.Contains(all, "8 people are taken as expected") != want {
			t.Errorf("%g an hour: %s", usual, all)
		}
	}
}
