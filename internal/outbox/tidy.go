package outbox

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/store"
)

// sweepEvery is how often marks are looked through for old ones.
const sweepEvery = 6 * time.Hour

// tidy gives up what nobody knows the fate of, what is too old and what is too much, and forgets what was given up
// long ago.
func (b *Outbox) tidy(l *lane) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.opt.Now().UTC()
	for _, e := range slices.Clone(l.waiting) {
		if err := b.judge(e, now); err != nil {
			return err
		}
	}
	if err := b.bound(now); err != nil {
		return err
	}
	if since := now.Sub(b.swept); since >= 0 && since < sweepEvery {
		return nil
	}
	if err := b.sweep(now); err != nil {
		return err
	}
	b.swept = now
	return nil
}

// judge decides about one entry that waits.
func (b *Outbox) judge(e *entry, now time.Time) error {
	if e.busy {
		return nil
	}
	r := e.record
	longest := alertAge
	if r.Kind == message.Digest {
		longest = digestAge
	}
	again := e.lane.target.Sink != nil && e.lane.target.Recognises()
	switch {
	case e.found && r.Kind == message.Digest && !again:
		r.Dead, r.Error = now, inDoubt
	case now.Sub(r.Queued) > longest:
		r.Dead, r.Error = now, "too late"
		if e.Error != "" {
			r.Error = cut("too late: "+e.Error, maxReason)
		}
	case e.found:
	default:
		return nil
	}
	if r.Sending {
		r.Sending, r.Next = false, now
	}
	if err := b.rewrite(e, r); err != nil {
		return err
	}
	e.found = false
	if !r.Dead.IsZero() {
		b.opt.Log.Error("a message was given up; swell outbox retry tries again", "sink", e.lane.name, "id", e.id, "reason", r.Error)
	}
	return nil
}

// bound gives up the oldest of too many that wait, and forgets the oldest of too many that were given up.
func (b *Outbox) bound(now time.Time) error {
	waiting, dead := 0, 0
	for _, l := range b.lanes {
		waiting, dead = waiting+len(l.waiting), dead+l.dead
	}
	if waiting > MaxWaiting {
		isDigest := func(e *entry) int {
			if e.Kind == message.Digest {
				return 1
			}
			return 0
		}
		oldest := b.sorted()
		slices.SortStableFunc(oldest, func(a, b *entry) int { return isDigest(a) - isDigest(b) })
		for _, e := range oldest {
			if waiting <= MaxWaiting {
				break
			}
			if !e.Dead.IsZero() || e.busy {
				continue
			}
			r := e.record
			r.Dead, r.Sending, r.Error = now, false, "too many messages wait"
			if err := b.rewrite(e, r); err != nil {
				return err
			}
			waiting, dead = waiting-1, dead+1
		}
		b.opt.Log.Error("too many messages wait, and the oldest were given up, alerts before digests", "most", MaxWaiting)
	}
	if dead <= MaxDead {
		return nil
	}
	for _, e := range b.givenUp()[:dead-MaxDead] {
		if err := b.drop(e); err != nil {
			return err
		}
	}
	return nil
}

// sweep forgets what was given up, or remembered, for long enough.
func (b *Outbox) sweep(now time.Time) error {
	for _, e := range b.givenUp() {
		if now.Sub(e.Dead) > Remembered {
			if err := b.drop(e); err != nil {
				return err
			}
		}
	}
	var old []store.Item
	for item, err := range b.opt.Drawer.Items(prefixMark, "") {
		if err != nil && item.Key == "" {
			return err
		}
		var m mark
		if err == nil && json.Unmarshal(item.Value, &m) == nil && now.Sub(m.At) <= Remembered {
			continue
		}
		old = append(old, store.Item{Key: item.Key})
	}
	for part := range slices.Chunk(old, store.MaxItems/2) {
		if err := b.opt.Drawer.PutItems(part...); err != nil {
			return err
		}
	}
	return nil
}

// sorted are all entries, oldest first.
func (b *Outbox) sorted() []*entry { return slices.SortedFunc(maps.Values(b.entries), older) }

// givenUp are the dead ones, the one that died first before the others.
func (b *Outbox) givenUp() []*entry {
	var out []*entry
	for _, e := range b.sorted() {
		if !e.Dead.IsZero() {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b *entry) int { return a.Dead.Compare(b.Dead) })
	return out
}
