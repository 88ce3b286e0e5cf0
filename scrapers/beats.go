package scrapers

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/swell-radar/swell/term"
)

// beats keeps event time moving where no record does, and says what could not be seen:
// missing is not zero.
//
// A heartbeat comes every minute. Some minutes after the end of each pane another one, which
// has the time of that end, names the platforms that no source saw for at least half of the
// pane: late enough for what broke off to have come back, early enough for the pane to be open.
// While a source replays, heartbeats stand among its records instead, one a pane, and name
// all platforms but its own. It belongs to the goroutine that runs it.
type beats struct {
	s      *Supervisor
	told   time.Time // end of the last pane that was judged
	last   time.Time // when was last looked, by the clock
	steady time.Time // the same, by one that nobody sets
	doubt  time.Time // since when the clock is in doubt, by the steady one; zero: it is not
}

const (
	beatEvery = time.Minute
	// pane is the slice of time that is judged, and usualLateness for how long it stays open.
	pane          = 10 * time.Minute
	usualLateness = 10 * time.Minute
	// leap is how far the clock may leap between two heartbeats before it is in doubt, and
	// doubtful for how long.
	leap     = 2 * time.Minute
	doubtful = 5 * time.Minute
	// brink is before the end of a pane: the time of what is said of it.
	brink = time.Second
)

func newBeats(s *Supervisor) *beats { return &beats{s: s} }

// beatSource is the name of the cursor that heartbeats come with. They have none.
const beatSource = "heartbeat"

// delay is how long after its end a pane is judged.
func (b *beats) delay() time.Duration {
	lateness := b.s.opt.Lateness
	if lateness <= 0 {
		lateness = usualLateness
	}
	return min(pane, lateness) / 2
}

// run gives heartbeats until ctx ends.
func (b *beats) run(ctx context.Context) {
	if len(b.s.runners) == 0 {
		return
	}
	select {
	case <-ctx.Done():
		return
	case <-b.s.caught:
	}
	b.last, b.steady = b.s.opt.Now(), time.Now()
	b.told = b.begin(b.last.UTC())
	for ctx.Err() == nil {
		now := b.s.opt.Now().UTC()
		if b.look(now) {
			b.judge(ctx, now)
			b.beat(ctx, now, nil)
			b.note(now)
			b.s.keep()
		}
		// A second before the minute is over: what is said of it belongs to it.
		next := now.Truncate(beatEvery).Add(beatEvery - brink)
		if !next.After(now) {
			next = next.Add(beatEvery)
		}
		_ = sleep(ctx, next.Sub(now)) // ctx is looked at above
	}
}

// look notes what the clock says, and reports whether to believe it. One that has leapt is believed when
// the source that replays, whose records have their servers' time, agrees, or after some minutes. A
// machine that slept looks the same; then the sources were off meanwhile.
func (b *beats) look(now time.Time) bool {
	steady := time.Now()
	off := now.Sub(b.last) - steady.Sub(b.steady)
	if off.Abs() > leap {
		b.doubt = steady
		b.s.opt.Log.Warn("the clock has leapt; heartbeats wait until it is known to be right", "by", off.Round(time.Second))
	}
	if off > leap || now.Sub(b.last) > beatEvery+leap {
		for _, r := range b.s.runners {
			r.wasOff(b.last.Add(beatEvery), now)
		}
	}
	b.last, b.steady = now, steady
	switch {
	case b.doubt.IsZero():
		return true
	case steady.Sub(b.doubt) > doubtful:
	case b.s.replay != nil && now.Sub(b.s.replay.newestBefore()).Abs() < leap:
	default:
		return false
	}
	b.doubt = time.Time{}
	return true
}

// begin returns the end of the last pane that needs no judgement: of the last that was judged by the
// run before, unless a source has replayed the time since, or it is too long ago.
func (b *beats) begin(now time.Time) time.Time {
	here := now.Truncate(pane)
	if b.s.opt.Shelf == nil || b.s.replay != nil && !b.s.replay.newestBefore().IsZero() {
		return here
	}
	data, err := b.s.opt.Shelf.Load(shelfBeat)
	if err != nil || data == nil {
		return here
	}
	last, err := time.Parse(time.RFC3339, string(data))
	if err != nil || last.After(now) {
		return here
	}
	told := last.UTC().Add(-b.delay()).Truncate(pane)
	if oldest := now.Add(-remembered).Truncate(pane); told.Before(oldest) {
		return oldest
	}
	return told
}

// judge says of every pane whose time has come what was not seen in it.
func (b *beats) judge(ctx context.Context, now time.Time) {
	for end := b.told.Add(pane); !end.Add(b.delay()).After(now); end = b.told.Add(pane) {
		if !b.beat(ctx, end.Add(-brink), b.missing(end)) {
			return
		}
		b.told = end
	}
}

// beat gives one heartbeat, and reports whether it was accepted. One that meets [ErrBusy] is
// offered again for half a minute.
func (b *beats) beat(ctx context.Context, at time.Time, missing []string) bool {
	rec := term.Record{TS: at.UnixMicro(), Heartbeat: &term.Heartbeat{Missing: missing}}
	for until := time.Now().Add(beatEvery / 2); ; {
		err := b.s.opt.Accept(ctx, Accepted{Cursor: beatSource, Records: []term.Record{rec}})
		switch {
		case err == nil:
			return true
		case ctx.Err() != nil:
			return false
		case !errors.Is(err, ErrBusy) || time.Now().After(until):
			b.s.opt.Log.Warn("a heartbeat was not accepted", "err", err)
			return false
		}
		if sleep(ctx, busy) != nil {
			return false
		}
	}
}

// shelfBeat is where the time of the last heartbeat is kept.
const shelfBeat = "heartbeat"

func (b *beats) note(at time.Time) {
	if b.s.opt.Shelf == nil {
		return
	}
	if err := b.s.opt.Shelf.Save(shelfBeat, at.AppendFormat(nil, time.RFC3339)); err != nil {
		b.s.opt.Log.Warn("the time of a heartbeat cannot be kept", "err", err)
	}
}

// missing returns the platforms that were not seen in the pane that ended at a time.
func (b *beats) missing(end time.Time) []string {
	return b.without(func(r *runner) bool { return r.covered(end) })
}

// covered reports whether the source has seen at least half of the pane that ended at a time. One that
// replays has seen what it has come to, and nothing beyond, whatever it says.
func (r *runner) covered(end time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Replays {
		return !r.newest.Before(end.Add(-pane / 2))
	}
	return r.health.coveredWithin(end.Add(-pane), end) >= pane/2
}

// wasOff notes that the source cannot have seen anything between two times.
func (r *runner) wasOff(from, to time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.health.wasOff(from, to)
}

// among puts a heartbeat before the first record of each pane after that of last.
func (b *beats) among(last time.Time, records []term.Record) []term.Record {
	missing := b.others()
	if len(missing) == 0 {
		return records
	}
	out := make([]term.Record, 0, len(records)+2)
	for i, at := 0, last.Truncate(pane); i < len(records); i++ {
		if p := time.UnixMicro(records[i].TS).UTC().Truncate(pane); p.After(at) {
			at = p
			out = append(out, term.Record{TS: records[i].TS, Heartbeat: &term.Heartbeat{Missing: missing}})
		}
		out = append(out, records[i])
	}
	return out
}

// others returns the platforms of the sources that wait while one replays.
func (b *beats) others() []string { return b.without(func(r *runner) bool { return r.Replays }) }

// without returns the platforms that no such source sees, in order.
func (b *beats) without(such func(*runner) bool) []string {
	seen, known := map[string]bool{}, map[string]bool{}
	for _, r := range b.s.runners {
		has := such(r)
		for _, p := range r.Platforms {
			known[p] = true
			seen[p] = seen[p] || has
		}
	}
	out := []string{}
	for p := range known {
		if !seen[p] {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}
