package detect

import "testing"

func TestCoveredOfTheRunningHourIsThatOfSixtyMinutes(t *testing.T) {
	opt := DefaultOptions()
	var r Rhythm
	feed(&r, planStart, planStart+30, weekShape, nil)
	pane := r.last + 1
	for i, c := range []struct {
		missing         bool
		running, before float64 // coverage of the running hour and the one before
	}{
		{true, 5. / 6, 1}, {true, 4. / 6, 1}, {false, 4. / 6, 1}, {true, 3. / 6, 1}, {false, 3. / 6, 1}, {false, 3. / 6, 1},
		{false, 4. / 6, 3. / 6}, {false, 5. / 6, 3. / 6}, {true, 4. / 6, 3. / 6},
	} {
		v := Volume{Posts: 100, Fresh: 200}
		if c.missing {
			v = Volume{}
		}
		r.Close(pane+int64(i), v, c.missing)
		f := r.Frame(&opt)
		if now, before := f.Covered(f.Hour), f.Covered(f.Hour-1); now != c.running || before != c.before {
			t.Errorf("pane %d: the running hour is covered %v, the one before %v; want %v and %v", i, now, before, c.running, c.before)
		}
	}
}

// A term that comes as usual in the first pane after an outage is no news, though
// its hour was missing but for that pane.
func TestNothingIsNewsInThePanesAroundAnOutage(t *testing.T) {
	opt := DefaultOptions()
	for begin := range int64(PanesPerHour) {
		var r Rhythm
		feed(&r, planStart, planStart+5*7*24, weekShape, nil)
		for p := r.last + 1; p < (planStart+5*7*24)*PanesPerHour+begin; p++ {
			r.Close(p, Volume{Posts: 200, Fresh: 400}, false)
		}
		for range 7 * PanesPerHour {
			r.Close(r.last+1, Volume{}, false)
		}
		r.Close(r.last+1, Volume{Posts: 340, Fresh: 680}, false)
		f := r.Frame(&opt)
		v := view{f: f, b: &Baseline{}, rate: 1}
		if got, want := v.expectedPanes(0, 1), weekShape(f.Hour)/PanesPerHour; got < 0.8*want || got > 1.2*want {
			t.Errorf("back in pane %d: %.0f authors expected in it, %.0f true", mod(r.last, PanesPerHour), got, want)
		}
		if got := v.expectedPanes(8, 30); got != 0 {
			t.Errorf("back in pane %d: %.0f authors expected in five hours of the outage", mod(r.last, PanesPerHour), got)
		}
	}
}
