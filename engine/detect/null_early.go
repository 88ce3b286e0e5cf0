package detect

import "slices"

// earlyDays is how many days of the empirical null make it known.
const earlyDays = 2

// early says, once an hour, what platforms ask for whose null is not known yet: as
// many terms a day as the budget allows may go beyond what the best have
// reached since yesterday, trends or not.
func (j *Judge) early() {
	if j.pane != HourOf(j.pane)*PanesPerHour {
		return
	}
	for i := range j.nulls {
		j.nulls[i].early = 0
	}
	var platforms []uint16
	for i := range j.watched {
		if p := j.watched[i].platform; !slices.Contains(platforms, p) {
			platforms = append(platforms, p)
		}
	}
	for _, p := range platforms {
		if n := j.nullOf(p); n.days < earlyDays {
			t := j.reached(p)
			n.early, _ = t.quantile(j.opt.Budget)
		}
	}
}

// reached returns the scores that the watched terms of the platform reached today or
// yesterday.
func (j *Judge) reached(platform uint16) (t tail) {
	day := DayOf(j.pane)
	for i := range j.watched {
		w := &j.watched[i]
		if w.platform != platform {
			continue
		}
		var best uint8
		for d := day - 1; d <= day; d++ {
			if b := w.on(d); b.day == d {
				best = max(best, b.marks[scoreMark])
			}
		}
		t.bins[best]++
	}
	return t
}

// nullOf returns the platform's null, which it makes if there is none. It is valid
// until the next call.
func (j *Judge) nullOf(platform uint16) *null {
	i, ok := j.findNull(platform)
	if !ok {
		j.nulls = slices.Insert(j.nulls, i, null{platform: platform})
	}
	return &j.nulls[i]
}
