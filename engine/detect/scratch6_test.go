package detect

import (
	"fmt"
	"testing"
)

func TestScratchRhythm(t *testing.T) {
	s := plan{days: 14, terms: 300, perHour: 200, doublesOn: 11}.build(7)
	w := newWorld(s.total, DefaultOptions())
	w.onTick = func(f *Frame, _ []uint32) {
		h := f.Hour
		d := DayOf(f.Pane) - planStart/24
		if f.Elapsed == 6 && (d == 10 || d == 11) {
			r := &w.rhythm
			fmt.Printf("d%d h%d lv %.1f hf %.2f df %.2f cf %.2f usual %.0f seen %.0f exp %.0f true %.0f\n", d, hourOfDay(h), f.Level, r.hourFactor(h), r.dayFactor(h), r.cellFactor(h), r.usual(h), r.recent[slot(h)].authors, f.Expected(h), s.perHour*s.season(h))
		}
	}
	w.run(s.posts)
}
