package scrapers

import (
	"context"
	"slices"
	"time"

	"github.com/swell-radar/swell/term"
)

// beats keeps event time moving where no record does, and says what could not be seen:
// missing is not zero.
//
// A heartbeat comes every minute, one second before its end. The last of a pane names
// the platforms that no source saw for at least half of it. While a source replays,
// heartbeats stand among its records instead, one a pane, and name all platforms but its
// own.
type beats struct{ s *Supervisor }

const (
	beatEvery = time.Minute
	// pane is the slice of time that a heartbeat speaks of.
	pane = 10 * time.Minute
	// lateness is for how long a platform that is replayed is not missing: what comes
	// within it is counted where it belongs.
	lateness = 10 * time.Minute
)

func newBeats(s *Supervisor) *beats { return &beats{s} }

// beatSource is the name of the cursor that heartbeats come with. They have none.
const beatSource = "heartbeat"

// run gives a heartbeat every minute until ctx ends.
func (b *beats) run(ctx context.Context) {
	if len(b.s.runners) == 0 {
		return
	}
	select {
	case <-ctx.Done():
		return
	case <-b.s.caught:
	}
	b.afterAbsence(ctx)
	for {
		now := b.s.opt.Now()
		next := now.Truncate(beatEvery).Add(beatEvery - time.Second)
		if !next.After(now) {
			next = next.Add(beatEvery)
		}
		if sleep(ctx, next.Sub(now)) != nil {
			return
		}
		at := b.s.opt.Now().UTC()
		var missing []string
		if at.Truncate(pane) != at.Add(2*time.Second).Truncate(pane) {
			missing = b.missing(at)
		}
		b.beat(ctx, at, missing)
		b.note(at)
	}
}

// beat gives one heartbeat. One that is not accepted is followed by the next.
func (b *beats) beat(ctx context.Context, at time.Time, missing []string) {
	rec := term.Record{TS: at.UnixMicro(), Heartbeat: &term.Heartbeat{Missing: missing}}
	if err := b.s.opt.Accept(ctx, Accepted{Cursor: beatSource, Records: []term.Record{rec}}); err != nil && ctx.Err() == nil {
		b.s.opt.Log.Debug("a heartbeat was not accepted", "err", err)
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

// afterAbsence says of every pane since the last heartbeat of the run before that nothing was
// seen in it. Where a source has replayed that time, it said so among its records.
func (b *beats) afterAbsence(ctx context.Context) {
	replayed := func(r *runner) bool { return r.Replays && !r.newestBefore().IsZero() }
	if b.s.opt.Shelf == nil || slices.ContainsFunc(b.s.runners, replayed) {
		return
	}
	data, err := b.s.opt.Shelf.Load(shelfBeat)
	if err != nil || data == nil {
		return
	}
	last, err := time.Parse(time.RFC3339, string(data))
	if err != nil {
		return
	}
	now, missing := b.s.opt.Now().UTC(), b.all()
	from := last.UTC().Truncate(pane)
	if oldest := now.Add(-remembered).Truncate(pane); from.Before(oldest) {
		from = oldest
	}
	for at := from.Add(pane - time.Second); at.Before(now) && ctx.Err() == nil; at = at.Add(pane) {
		if at.Sub(last) >= pane/2 {
			b.beat(ctx, at, missing)
		}
	}
}

// missing returns the platforms that were not seen in the pane that ends at a time.
func (b *beats) missing(at time.Time) []string {
	seen, known := map[string]bool{}, map[string]bool{}
	for _, r := range b.s.runners {
		covered := r.covers(at)
		for _, p := range r.Platforms {
			known[p] = true
			seen[p] = seen[p] || covered
		}
	}
	return unseen(known, seen)
}

// covers reports whether the source has seen, or will have, at least half of the pane that
// ends at a time.
func (r *runner) covers(at time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Replays && at.Sub(r.newest) < lateness {
		return true
	}
	return r.health.coveredWithin(at.Add(-pane), at) >= pane/2
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

// all returns the platforms of all sources.
func (b *beats) all() []string { return b.without(func(*runner) bool { return false }) }

// others returns the platforms of the sources that wait while one replays.
func (b *beats) others() []string { return b.without(func(r *runner) bool { return r.Replays }) }

// without returns the platforms that no such source sees.
func (b *beats) without(such func(*runner) bool) []string {
	seen, known := map[string]bool{}, map[string]bool{}
	for _, r := range b.s.runners {
		for _, p := range r.Platforms {
			known[p] = true
			seen[p] = seen[p] || such(r)
		}
	}
	return unseen(known, seen)
}

func unseen(known, seen map[string]bool) []string {
	out := []string{}
	for p := range known {
		if !seen[p] {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}
