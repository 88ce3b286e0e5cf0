package detect

import (
	"fmt"
	"testing"
)

func TestScratchSynth(t *testing.T) {
	show := func(s *stage, from int64) {
		w := newWorld(s.total, DefaultOptions())
		w.onTick = func(f *Frame, _ []uint32) {
			if f.Pane%(PanesPerDay/4) == 5 && DayOf(f.Pane) >= from-1 && DayOf(f.Pane) < from+4 {
				fmt.Printf("   day %d h%02d level %.1f expected %.1f true %.1f\n", DayOf(f.Pane)-planStart/24, hourOfDay(f.Hour), f.Level, f.Expected(f.Hour), s.perHour*s.season(f.Hour))
			}
		}
		w.run(s.posts)
		for _, c := range w.raises() {
			if DayOf(c.Pane) >= from && int(c.ID) < s.plan.terms {
				b := w.base[c.ID]
				fmt.Printf("day %d h%02d term %d S=%.2f z=%.2f w=%d seen %.1f exp %.2f posts %.0f exp/h %.2f day %.0f excess %.0f fl %b voices %.1f\n", DayOf(c.Pane)-planStart/24, hourOfDay(HourOf(c.Pane)), c.ID, c.Score, c.Z, c.Window, c.Seen, c.Expected, c.Posts, c.ExpectedPerHour, c.Day, c.Excess, c.Flags, b.voices)
			}
		}
	}
	p := plan{days: 26, terms: 300, perHour: 150, trends: 14, floods: 10, regulars: 4}
	show(p.build(1), planStart/24+planQuiet)
	fmt.Println("DOUBLE")
	show(plan{days: 14, terms: 300, perHour: 200, doublesOn: 11}.build(7), planStart/24+11)
}
