package detect

import "testing"

// A few accounts that are early with an odd spelling hide nothing: the spelling that
// people use is news when it is far larger, at once or later.
func TestSmallSpellingsHideNothing(t *testing.T) {
	for name, days := range map[string][]float64{"larger from the start": {60, 60, 60}, "larger later": {15, 20, 90}} {
		j := newJudge(t)
		early := scored(firstPane, 5)
		early.Day = 14
		j.Tick(firstPane, []Candidate{named(1, 7, 0, early)})
		raised := 0
		for i, day := range days {
			pane := firstPane + 1 + int64(i)
			e, small := scored(pane, 6), early
			e.Day, small.Pane = day, pane
			for _, c := range j.Tick(pane, []Candidate{named(1, 7, 0, small), named(2, 7, 0, e)}) {
				if c.ID == 2 && c.IsRaise() {
					raised++
				}
			}
		}
		if raised != 1 {
			t.Errorf("%s: raised %d times, want once", name, raised)
		}
	}
}
