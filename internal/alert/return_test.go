package alert

import (
	"fmt"
	"testing"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
)

// What comes back within 36 hours is the same thread still, as people left it; over restarts as well.
func TestAThreadComesBack(t *testing.T) {
	for _, restart := range []bool{false, true} {
		for _, c := range []struct {
			action, state string
			back          int // pane
			phase         detect.Phase
			alerts        int
			changed       int
		}{
			{"", api.AlertOpen, 100, detect.Emerging, 0, 1},
			{"", api.AlertOpen, 100, detect.Rising, 1, 0}, // the alert says so itself
			{ActAcknowledge, api.AlertAcknowledged, 100, detect.Emerging, 0, 1},
			{ActAcknowledge, api.AlertAcknowledged, 100, detect.Rising, 1, 0},
			{"", api.AlertOver, 300, detect.Emerging, 1, 0}, // a new one
		} {
			t.Run(fmt.Sprintf("%t %s %d %s", restart, c.state, c.back, c.phase), func(t *testing.T) {
				on := newDrawer()
				d := openTelling(t, on)
				see(t, d, moment(0), at(0))
				first := see(t, d, moment(1, rising("a", detect.Emerging)), at(1)).Alerts[0]
				if c.action != "" {
					if _, err := d.Act(first.ID, api.AlertAction{Action: c.action}, at(1)); err != nil {
						t.Fatal(err)
					}
				}
				over := 0
				for pane := 2; pane < c.back; pane++ {
					over += len(see(t, d, moment(pane), at(pane)).Over)
				}
				if over != 1 {
					t.Fatalf("over %d times", over)
				}
				if restart {
					d = openDesk(t, on)
				}
				got := see(t, d, moment(c.back, rising("a", c.phase)), at(c.back))
				if len(got.Alerts) != c.alerts || len(got.Changed) != c.changed {
					t.Fatalf("got %d alerts %+v and %d changes %+v", len(got.Alerts), got.Alerts, len(got.Changed), got.Changed)
				}
				if kept, err := d.Alert(first.ID); err != nil || kept.State != c.state {
					t.Errorf("kept %+v, %v", kept, err)
				}
				for _, a := range got.Changed {
					if a.State != c.state || len(a.Told) != 1 || a.ID != first.ID {
						t.Errorf("changed: %+v", a)
					}
				}
				if c.state == api.AlertOver {
					return
				}
				for _, a := range got.Alerts {
					if a.State != c.state || a.Thread != first.Thread || (a.Told[0].How == HowSent) != (c.state == api.AlertOpen) {
						t.Errorf("a further alert: %+v", a)
					}
				}
				if _, err := d.Act(first.ID, api.AlertAction{Action: ActAcknowledge}, at(c.back)); err != nil {
					t.Error(err)
				}
				over = 0
				for pane := c.back + 1; pane < c.back+300; pane++ {
					over += len(see(t, d, moment(pane), at(pane)).Over)
				}
				if over != 1 || len(d.threads) != 0 {
					t.Errorf("over %d times more; %d threads are kept", over, len(d.threads))
				}
			})
		}
	}
}
