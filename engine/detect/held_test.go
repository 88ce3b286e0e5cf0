package detect

import "testing"

// held opens a judge with one term held back as unconfirmed in the first pane.
func held(t *testing.T) *Judge {
	t.Helper()
	j := newJudge(t)
	e := scored(firstPane, 9)
	e.Flags |= FlagThin
	changes := j.Tick(firstPane, []Candidate{{ID: 1, Evidence: e}})
	if len(changes) != 1 || changes[0].Phase != Unconfirmed || changes[0].From != 0 || changes[0].IsRaise() {
		t.Fatalf("thin posts give %+v; a held trend is wanted, and no alarm", changes)
	}
	return j
}

func TestHeldTrendIsHeldWhileItsPostsAreThin(t *testing.T) {
	j := held(t)
	for p := firstPane + 1; p < firstPane+200; p++ {
		e := scored(p, 20) // ever stronger, and growing
		e.Flags |= FlagThin
		if changes := j.Tick(p, []Candidate{{ID: 1, Evidence: e}}); len(changes) != 0 {
			t.Fatalf("%d panes on: %s", p-firstPane, changes[0].Phase)
		}
	}
}

func TestHeldTrendNeedsASecondWave(t *testing.T) {
	j := held(t)
	threshold := j.Threshold(0, 0)
	pane := firstPane
	tick := func(name string, want int, spoil func(*Evidence)) []Change {
		t.Helper()
		pane++
		e := scored(pane, 9)
		spoil(&e)
		changes := j.Tick(pane, []Candidate{{ID: 1, Evidence: e}})
		if len(changes) != want {
			t.Errorf("%s: %d changes; want %d", name, len(changes), want)
		}
		return changes
	}
	tick("the day's score is high, the last hour's is not", 0, func(e *Evidence) { e.Now = threshold - 0.01 })
	tick("the wave is thin", 0, func(e *Evidence) { e.Flags |= FlagThin })
	tick("it is what the term always does", 0, func(e *Evidence) { e.Flags |= FlagRegular })
	changes := tick("a second wave", 1, func(e *Evidence) { e.Now = threshold })
	if c := changes[0]; c.Phase != Emerging || c.From != Unconfirmed || !c.IsRaise() || c.Raised != pane || c.Since != pane || c.Best.Flags.Has(FlagThin) {
		t.Errorf("released as %+v", c)
	}
	pane += 3
	if changes := tick("it goes on", 1, func(*Evidence) {}); changes[0].Phase != Rising || changes[0].IsRaise() {
		t.Errorf("after the release: %s, alarm %v", changes[0].Phase, changes[0].IsRaise())
	}
}

func TestHeldTrendDiesInSilence(t *testing.T) {
	j := held(t)
	opt := DefaultOptions()
	pane, over := firstPane, int64(0)
	for over == 0 && pane < firstPane+300 {
		pane++
		for _, c := range j.Tick(pane, nil) {
			if c.IsRaise() || c.Phase != Over || c.From != Unconfirmed {
				t.Fatalf("%d panes on: %+v", pane-firstPane, c)
			}
			over = pane
		}
	}
	if want := firstPane + int64(opt.OverHours*PanesPerHour) + 1; over != want {
		t.Fatalf("over %d panes after the hold; want %d", over-firstPane, want-firstPane)
	}
	if len(j.lives) != 0 {
		t.Error("how long a flood lasts was learned as a trend's life")
	}
	// Until it is armed again it is neither raised nor held.
	if changes := j.Tick(pane+1, []Candidate{{ID: 1, Evidence: scored(pane+1, 9)}}); len(changes) != 0 {
		t.Errorf("a pane after its end: %s", changes[0].Phase)
	}
	pane += int64(opt.RearmHours * PanesPerHour)
	j.Tick(pane, nil)
	if changes := j.Tick(pane+1, []Candidate{{ID: 1, Evidence: scored(pane+1, 9)}}); len(changes) != 1 || !changes[0].IsRaise() {
		t.Errorf("armed again: %+v; an alarm is wanted", changes)
	}
}

// Accounts in lockstep that go on after others joined do not take it back.
func TestRaisedTrendIsNotHeldLater(t *testing.T) {
	j := newJudge(t)
	j.Tick(firstPane, []Candidate{{ID: 1, Evidence: strong(firstPane)}})
	for p := firstPane + 1; p < firstPane+50; p++ {
		e := strong(p)
		e.Flags |= FlagThin
		for _, c := range j.Tick(p, []Candidate{{ID: 1, Evidence: e}}) {
			if c.Phase == Unconfirmed {
				t.Fatal("a raised trend is held")
			}
		}
	}
}
