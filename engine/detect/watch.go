package detect

// watched is a term that got as far as the least score, raised or not. It is
// followed for what became of it: the empirical null is made of the terms of which
// nothing became. Were only raised terms told apart, a limit that is too high
// would hold itself up, by the trends that it keeps from being raised.
type watched struct {
	id       uint64
	group    uint64
	platform uint16
	thin     bool // looked coordinated
	proved   bool // went on
	since    int64
	last     int64      // pane with the least score
	first    float64    // authors in the window that decided at first
	best     [3]dayBest // of the running day and the two before
}

// dayBest is how far a term got on a day, and the tier it was last seen in.
type dayBest struct {
	day    int64
	tier   uint8
	marks  Marks
	spared bool // belongs to what went on, or looked coordinated
}

const (
	proveAfter   = 12 * PanesPerHour // what lasts that long is no burst
	proveAuthors = 10                // authors in six hours, beyond the usual, that show it
	watchFor     = 3 * PanesPerDay   // without the least score
	watchGap     = PanesPerDay / 2   // without it, after which it is another story
	maxWatched   = 1 << 16           // terms; beyond it no more are taken in
)

// on returns the room of a day: that of the last day with the same place in the ring.
func (w *watched) on(day int64) *dayBest { return &w.best[mod(day, int64(len(w.best)))] }

// again begins the term's story anew after a pause: what it proved then proves
// nothing now.
func (w *watched) again(pane int64, e *Evidence) {
	for i := range w.best {
		w.best[i].spared = w.best[i].spared || w.proved || w.thin
	}
	w.since, w.first, w.proved, w.thin = pane, e.Seen, false, false
}

// note takes in the term's evidence of the pane.
func (w *watched) note(pane int64, e *Evidence, least float64) {
	if e.Base >= least {
		if pane-w.last > watchGap {
			w.again(pane, e)
		}
		w.last = pane
	}
	day := DayOf(pane)
	b := w.on(day)
	if b.day != day {
		*b = dayBest{day: day}
	}
	if !e.Marks.Empty() {
		b.marks.Raise(&e.Marks)
		b.tier = e.Tier
	}
	w.thin = w.thin || e.Flags.Has(FlagThin)
	w.proved = w.proved || pane-w.since >= proveAfter && e.Age >= young && e.Lasting >= max(proveAuthors, w.first/2)
}

// known returns the groups that went on or looked coordinated on the platform: no
// spelling of them says how far ordinary terms get.
func (j *Judge) known(platform uint16) map[uint64]bool {
	groups := map[uint64]bool{}
	for i := range j.watched {
		if w := &j.watched[i]; w.platform == platform && w.group != 0 && (w.proved || w.thin) {
			groups[w.group] = true
		}
	}
	return groups
}

// watch takes in the candidates of the pane, which are sorted by ID.
func (j *Judge) watch(candidates []Candidate) {
	old, next := j.watched, j.spareWatched[:0]
	for len(old) > 0 || len(candidates) > 0 {
		if len(old) > 0 && (len(candidates) == 0 || old[0].id < candidates[0].ID) {
			if j.pane-old[0].last <= watchFor {
				next = append(next, old[0])
			}
			old = old[1:]
			continue
		}
		c := &candidates[0]
		id := c.ID
		candidates = candidates[1:]
		switch {
		case len(old) > 0 && old[0].id == id:
			next = append(next, old[0])
			old = old[1:]
		case len(next) < maxWatched && c.Base >= j.opt.MinScore && c.Tier != GaugeTier && !c.Flags.Has(FlagRegular) && (len(next) == 0 || next[len(next)-1].id != id):
			next = append(next, watched{id: id, group: c.Group, platform: c.Platform, since: j.pane, first: c.Seen})
		default:
			continue
		}
		next[len(next)-1].note(j.pane, &c.Evidence, j.opt.MinScore)
	}
	j.watched, j.spareWatched = next, j.watched
}
