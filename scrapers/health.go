package scrapers

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Health is how a source is doing, for people.
type Health struct {
	Name      string
	Platforms []string
	State     State
	Since     time.Time // when it came into that state
	Why       string    // empty where all is well
	Until     time.Time // when it is tried again; zero: it runs
	Parts     []PartHealth

	Records   uint64    // delivered since the program's start
	Items     uint64    // read for them
	PerMinute float64   // records, over the last ten minutes
	Newest    time.Time // event time of the newest record; zero: none
	Rejected  uint64    // items that could not be understood
	Reject    string    // the last of them, and why
	Error     string    // the last error; it may be long past
	ErrorAt   time.Time
	Starts    uint64 // how often it was started

	Left, PerDay int // requests of today's budget; both 0: no bound

	// Covered is for how much of the last 72 hours the source was well, 0 to 1.
	Covered float64
	// History are its states within the last 72 hours, oldest first.
	History []Stretch
}

// PartHealth is how a part of a source's input is doing.
type PartHealth struct {
	Name  string
	State State
	Since time.Time
	Why   string
	Until time.Time // when it is tried again; zero: it is not known, or all is well
}

// Stretch is a time within which a source was in one state.
type Stretch struct {
	State State     `json:"state"`
	From  time.Time `json:"from"`
}

const (
	// remembered is for how long it is known how a source was doing.
	remembered = 72 * time.Hour
	// mostStretches bounds what is known of a source that flaps.
	mostStretches = 512
	// mostParts bounds the parts that are told apart.
	mostParts = 4096
	// rateSpan is over how long a source's rate is taken.
	rateSpan = 10 * time.Minute
	// driftItems is of how many of the newest items most have to be rejected for the
	// form of the input to have changed.
	driftItems = 20
)

// health is the account of one source. Not safe for concurrent use.
type health struct {
	own      State // of the source as a whole, where it does not follow from the parts'
	ownWhy   string
	parts    map[string]*PartHealth
	drifting bool
	until    time.Time
	now      State // what state last returned
	why      string
	history  []Stretch

	records, items, rejected, starts uint64
	recent, recentBad                float64 // of the newest items; decaying
	reject, err                      string
	errAt                            time.Time
	rates                            [10]uint64 // records by minute
	minute                           int64
}

func newHealth(now time.Time) *health {
	h := &health{own: Starting, parts: map[string]*PartHealth{}, now: Starting}
	h.history = []Stretch{{Starting, now.UTC()}}
	return h
}

// state returns the state of the whole.
func (h *health) state() State { return h.now }

// settle finds the state of the whole: its own, else what the parts say. One part
// that is well makes the source well.
func (h *health) settle(now time.Time) {
	state, why := h.own, h.ownWhy
	if h.own == OK {
		if h.drifting {
			state, why = SchemaChanged, "most of what came lately was not understood: "+h.reject
		} else {
			state, why = h.ofParts()
		}
	}
	if state != h.now {
		h.history = append(h.history, Stretch{state, now.UTC()})
		h.forget(now)
	}
	h.now, h.why = state, why
}

func (h *health) ofParts() (State, string) {
	bad := map[State]int{}
	worst := ""
	for _, name := range slices.Sorted(maps.Keys(h.parts)) {
		p := h.parts[name]
		if p.State == OK || p.State == Ended {
			continue
		}
		bad[p.State]++
		if worst == "" {
			worst = named(p)
		}
	}
	n := 0
	state := OK
	for _, s := range slices.Sorted(maps.Keys(bad)) {
		n += bad[s]
		if state == OK || bad[s] > bad[state] {
			state = s
		}
	}
	switch {
	case n == 0:
		return OK, ""
	case n < len(h.parts):
		return OK, fmt.Sprintf("%d of %d parts are in trouble, as %s", n, len(h.parts), worst)
	case n == 1:
		return state, worst
	}
	return state, fmt.Sprintf("all %d parts are in trouble, as %s", n, worst)
}

func named(p *PartHealth) string {
	if p.Name == "" {
		return p.Why
	}
	return p.Name + ": " + p.Why
}

// begun notes a start. Trouble lasts until something is heard of the source.
func (h *health) begun(now time.Time) {
	if h.until = (time.Time{}); h.now == OK {
		h.own, h.ownWhy = Starting, ""
	} else {
		h.own, h.ownWhy = h.now, h.why
	}
	h.starts++
	clear(h.parts)
	h.settle(now)
}

// part notes how a part is doing.
func (h *health) part(now time.Time, name string, err error) {
	state, why := StateOf(err), ""
	if err != nil {
		why = reason(err)
		h.err, h.errAt = named(&PartHealth{Name: name, Why: why}), now.UTC()
	}
	p := h.parts[name]
	if p == nil {
		if len(h.parts) == mostParts {
			return
		}
		p = &PartHealth{Name: name, State: Starting, Since: now.UTC()}
		h.parts[name] = p
	}
	if name != "" {
		delete(h.parts, "") // the whole, which these are the parts of
	}
	if p.State != state {
		p.State, p.Since = state, now.UTC()
	}
	p.Why = why
	h.own, h.ownWhy = OK, ""
	h.settle(now)
}

// delivered notes an accepted delivery.
func (h *health) delivered(now time.Time, d *Delivery) {
	h.records += uint64(len(d.Records))
	h.items += uint64(max(d.Items, 0))
	h.rejected += uint64(len(d.Rejected))
	h.turn(now)
	h.rates[h.minute%int64(len(h.rates))] += uint64(len(d.Records))
	if n := len(d.Rejected); n > 0 {
		h.reject = fmt.Sprintf("%s: %v", d.Rejected[n-1].Where, d.Rejected[n-1].Why)
	}
	// The newest items weigh as the last so many would.
	items := float64(max(d.Items, len(d.Rejected)))
	fades := 1 - min(1, items/(4*driftItems))
	h.recent, h.recentBad = h.recent*fades+items, h.recentBad*fades+float64(len(d.Rejected))
	h.drifting = h.recentBad >= driftItems/2 && h.recentBad > h.recent/2
	if _, whole := h.parts[""]; d.Part == "" && len(h.parts) > 0 && !whole {
		// The source tells of its parts itself.
		h.own, h.ownWhy = OK, ""
		h.settle(now)
		return
	}
	h.part(now, d.Part, nil)
}

// paused notes that a delivery waits.
func (h *health) paused(now time.Time, why string) {
	h.own, h.ownWhy = Paused, why
	h.settle(now)
}

// ended notes that the source has ended, and is started again at until.
func (h *health) ended(now time.Time, err error, until time.Time) {
	if err == nil {
		h.own, h.ownWhy = Ended, "the input has come to its end"
		h.settle(now)
		return
	}
	h.own, h.ownWhy, h.until = StateOf(err), reason(err), until.UTC()
	h.err, h.errAt = reason(err), now.UTC()
	h.settle(now)
}

// wasOff notes that the source was off between two times, up to which nothing else was noted.
func (h *health) wasOff(from, to time.Time) {
	if last := h.history[len(h.history)-1].From; from.Before(last) {
		from = last
	}
	if !to.After(from) || !h.now.Covers() {
		return
	}
	h.history = append(h.history, Stretch{Off, from.UTC()}, Stretch{h.now, to.UTC()})
	h.forget(to)
}

// turn moves the minutes of the rate on.
func (h *health) turn(now time.Time) {
	minute := now.Unix() / 60
	if h.minute == 0 {
		h.minute = minute
	}
	for n := 0; h.minute < minute && n < len(h.rates); n++ {
		h.minute++
		h.rates[h.minute%int64(len(h.rates))] = 0
	}
	h.minute = max(h.minute, minute)
}

func (h *health) report(now time.Time) Health {
	h.turn(now)
	var sum uint64
	for _, n := range h.rates {
		sum += n
	}
	out := Health{
		State: h.now, Why: h.why, Until: h.until, Records: h.records, Items: h.items, PerMinute: float64(sum) / rateSpan.Minutes(),
		Rejected: h.rejected, Reject: h.reject, Error: h.err, ErrorAt: h.errAt, Starts: h.starts,
		Since: h.history[len(h.history)-1].From, Covered: h.covered(now), History: slices.Clone(h.history),
	}
	for _, name := range slices.Sorted(maps.Keys(h.parts)) {
		out.Parts = append(out.Parts, *h.parts[name])
	}
	return out
}

// covered returns for how much of the remembered time before now the source was well.
func (h *health) covered(now time.Time) float64 {
	return float64(h.coveredWithin(now.Add(-remembered), now)) / float64(remembered)
}

// coveredWithin returns for how long between two times the source was well.
func (h *health) coveredWithin(from, to time.Time) time.Duration {
	var sum time.Duration
	for i, s := range h.history {
		end := to
		if i+1 < len(h.history) && h.history[i+1].From.Before(to) {
			end = h.history[i+1].From
		}
		begin := s.From
		if begin.Before(from) {
			begin = from
		}
		if s.State.Covers() && end.After(begin) {
			sum += end.Sub(begin)
		}
	}
	return sum
}

// forget drops what is too old, or too much.
func (h *health) forget(now time.Time) {
	oldest := now.Add(-remembered)
	for len(h.history) > 1 && h.history[1].From.Before(oldest) {
		h.history = h.history[1:]
	}
	// Of a source that flaps the oldest stretches are joined: those first that are alike in what
	// is asked of them, whether the source was well.
	for i := 1; i < len(h.history) && len(h.history) > mostStretches; {
		if h.history[i].State.Covers() == h.history[i-1].State.Covers() {
			h.history = slices.Delete(h.history, i, i+1)
		} else {
			i++
		}
	}
	if n := len(h.history) - mostStretches; n > 0 {
		h.history = h.history[n:]
	}
}
