package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/alert"
	"github.com/swell-radar/swell/internal/alert/judge"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/fault"
	"github.com/swell-radar/swell/internal/feed"
	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/outbox"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

const (
	// alertsBack is how far back what was not looked at is gone through: the window.
	alertsBack = 72 * time.Hour
	// gatherAhead is for how long the mentions of watch lists are read at once.
	gatherAhead = 24 * 3600
	// authorsApart is how far from a moment the authors of the last 24 hours may be counted, in seconds.
	authorsApart = 3600
	// companyTimeout bounds how long an alert waits for what comes with its watch list, and maxCompany is how much of
	// that is asked for. Of a view that is older than companyOld, in seconds, nobody can tell.
	companyTimeout = 2 * time.Second
	maxCompany     = 100
	companyOld     = 3600
)

// termCounter knows what is counted now: an [engine.Engine].
type termCounter interface {
	Term(ctx context.Context, kind term.Kind, key, platform string) ([]engine.TermCounts, error)
}

// alerter shows the desk every view that is stored, one after the other, and has sent what it finds. It belongs to
// one goroutine.
//
// Where it is, the desk knows, which is committed with what was found: a view is looked at once, and what it
// brings is sent, however the program ends.
type alerter struct {
	desk       *alert.Desk
	outbox     *outbox.Outbox
	store      *store.Store
	recipients []*alert.Recipient
	lists      func() []judge.List
	words      func(list string, asOf time.Time) []api.AlertWord
	counts     termCounter
	company    func(ctx context.Context, list string) ([]api.Related, error)
	base       string
	demo       bool
	now        func() time.Time
	log        *slog.Logger

	// Of mentions: what was read, for which lists and platforms, and up to which time.
	past      *judge.Past
	key       string
	pastUntil int64
}

// run follows the views until ctx ends. Counting does not wait for it.
func (a *alerter) run(ctx context.Context, events *feed.Feed) {
	var waiting error // what it waits for; told once
	for ctx.Err() == nil {
		state := events.Now()
		err := a.catchUp(ctx, state.View())
		if err != nil && ctx.Err() == nil {
			if waiting == nil || waiting.Error() != err.Error() {
				a.log.Error("alerts wait", "err", err)
			}
			waiting = err
			select {
			case <-ctx.Done():
			case <-time.After(againAfter):
			}
			continue
		}
		if waiting != nil {
			a.log.Info("alerts go on")
			waiting = nil
		}
		select {
		case <-ctx.Done():
		case <-state.Changed():
		}
	}
}

// catchUp looks at what is stored behind the last view that was looked at, up to the newest.
func (a *alerter) catchUp(ctx context.Context, newest *engine.View) error {
	if newest.AsOf == 0 {
		return nil
	}
	at := newest.AsOf // where nobody has looked yet: from now on
	if last := a.desk.AsOf(); !last.IsZero() {
		at = max(last.Unix()+1, newest.AsOf-int64(alertsBack/time.Second))
	}
	for ; at <= newest.AsOf; at++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		found, err := a.store.RankingFrom(at * 1e6)
		if errors.Is(err, store.ErrNotFound) {
			return nil // it is stored in a moment
		}
		if err != nil && !errors.Is(err, store.ErrDamaged) {
			return err
		}
		view, err := a.view(found, err)
		if errors.Is(err, store.ErrDamaged) || errors.Is(err, engine.ErrView) {
			a.log.Error("a view is lost, and with it what was to be told of it", "at", rfc3339(max(at, found/1e6)), "err", err)
			at = max(at, found/1e6)
			continue
		}
		if err != nil {
			return err
		}
		if at = view.AsOf; at > newest.AsOf {
			return nil // the feed tells of it in a moment
		}
		if err := a.look(ctx, view, newest.AsOf); err != nil {
			return err
		}
	}
	return nil
}

func (a *alerter) view(at int64, err error) (*engine.View, error) {
	if err != nil {
		return nil, err
	}
	_, data, err := a.store.RankingAt(at)
	if err != nil {
		return nil, err
	}
	return engine.DecodeView(data)
}

// look shows the desk a view, and commits what it finds with the messages that come of it.
func (a *alerter) look(ctx context.Context, v *engine.View, newest int64) error {
	m := &judge.Moment{At: v.AsOf, View: v, Lists: a.lists()}
	m.Words = func(list string) []api.AlertWord { return a.words(list, time.Unix(v.AsOf, 0)) }
	var uncounted error
	m.Authors = func(list, platform string) (uint64, float64, bool) {
		n, stderr, ok, err := a.authors(ctx, list, platform, v.AsOf)
		uncounted = cmp.Or(uncounted, err)
		return n, stderr, ok
	}
	if newest-v.AsOf < companyOld {
		m.Company = func(list string) []api.Related { return a.comesWith(ctx, list) }
	}
	var err error
	if m.Mentions, err = a.mentions(m, newest); err != nil {
		return err
	}
	now := a.now()
	out, err := a.desk.Step(m, a.recipients, now)
	if err != nil {
		return err
	}
	if uncounted != nil { // what was found may be wrong
		out.Drop()
		return uncounted
	}
	items, err := a.messages(out, now)
	if err == nil {
		if len(items) > 0 {
			fault.Point("app.alert.found")
		}
		err = a.commit(items, out.Items())
	}
	if err != nil {
		out.Drop()
		return err
	}
	out.Done()
	if len(items) > 0 {
		fault.Point("app.alert.kept")
	}
	for _, lost := range out.Damaged {
		a.log.Error("an alert is lost", "err", lost)
	}
	if len(items) > 0 {
		a.outbox.Wake()
	}
	return nil
}

// authors returns how many people mentioned a watch list in the 24 hours before a moment, as far as the engine still
// counts them then.
func (a *alerter) authors(ctx context.Context, list, platform string, at int64) (n uint64, stderr float64, ok bool, err error) {
	counts, err := a.counts.Term(ctx, judge.Watch, list, platform)
	if err != nil {
		return 0, 0, false, fmt.Errorf("cannot count who mentions the watch list %s on %s: %w", list, platform, err)
	}
	for i := range counts {
		if c := &counts[i]; c.Count.Tracked && c.AsOf-at <= authorsApart && at-c.AsOf <= authorsApart {
			return c.Authors24, c.AuthorsError, true, nil
		}
	}
	return 0, 0, false, nil
}

// comesWith returns what comes with a watch list, nothing where that cannot be told in time: the alert is told without.
func (a *alerter) comesWith(ctx context.Context, list string) []api.Related {
	ctx, cancel := context.WithTimeout(ctx, companyTimeout)
	defer cancel()
	found, err := a.company(ctx, list)
	if err != nil {
		a.log.Warn("an alert is told without what comes with its watch list", "list", list, "err", err)
		return nil
	}
	return found
}

// mentions returns the figures of the watch lists.
func (a *alerter) mentions(m *judge.Moment, newest int64) ([]judge.Mentions, error) {
	if len(m.Lists) == 0 {
		return nil, nil
	}
	key := ""
	for i := range m.Lists {
		key += fmt.Sprintf("%s %d\n", m.Lists[i].Name, m.Lists[i].Since)
	}
	for i := range m.View.Platforms {
		key += "\n" + m.View.Platforms[i].Name
	}
	if a.past == nil || a.key != key || m.At > a.pastUntil {
		until := max(m.At, min(newest, m.At+gatherAhead))
		past, err := judge.Gather(a.store, m.Lists, m.View.Platforms, m.At, until)
		if err != nil {
			return nil, err
		}
		a.past, a.key, a.pastUntil = past, key, until
	}
	return a.past.At(m.At, m.View.Platforms), nil
}

// commit puts what was found into the drawer together with its messages. Where that is too much for one change the
// messages go first: their IDs keep them from being there twice when the view is looked at again.
func (a *alerter) commit(messages, found []store.Item) error {
	if fits(messages, found) {
		return a.store.PutItems(append(messages, found...)...)
	}
	for len(messages) > 0 {
		n := 1
		for n < len(messages) && fits(messages[:n+1]) {
			n++
		}
		if err := a.store.PutItems(messages[:n]...); err != nil {
			return err
		}
		messages = messages[n:]
	}
	return a.store.PutItems(found...)
}

// fits reports whether items can be changed at once.
func fits(parts ...[]store.Item) bool {
	n, size := 0, 0
	for _, items := range parts {
		for i := range items {
			n, size = n+1, size+len(items[i].Key)+len(items[i].Value)
		}
	}
	return n <= store.MaxItems && size <= store.MaxItemBytes
}

// messages makes what is to be sent of a step: to each sink one message, in the zone of the first of its recipients.
// What says something comes before what says that it waits, so that a commit in parts leaves nothing without its text.
func (a *alerter) messages(out *alert.Outcome, now time.Time) (items []store.Item, err error) {
	put := func(kind message.Kind, al *api.Alert, suffix string, sent func(*api.AlertTold) bool) error {
		zones := a.sinksOf(al, sent)
		for _, name := range slices.Sorted(maps.Keys(zones)) {
			more, err := a.outbox.Items(message.Message{
				ID: al.ID + suffix + "-" + name, Kind: kind, Made: now.UTC(), Base: a.base, Demo: a.demo, Zone: zones[name], Alert: al,
			}, name)
			if errors.Is(err, outbox.ErrInvalid) {
				a.log.Error("an alert cannot be sent and is left out", "alert", al.ID, "sink", name, "err", err)
				continue
			}
			if err != nil {
				return err
			}
			slices.Reverse(more)
			items = append(items, more...)
		}
		return nil
	}
	at := now.UTC().Truncate(time.Second)
	for i := range out.Alerts {
		al, again := &out.Alerts[i], ""
		if n := slices.IndexFunc(al.Told, func(t api.AlertTold) bool { return t.At.Equal(at) }); n > 0 {
			again = fmt.Sprintf("-again%d", n) // it was snoozed
		}
		if err := put(message.Alert, al, again, func(t *api.AlertTold) bool { return t.At.Equal(at) }); err != nil {
			return nil, err
		}
	}
	ever := func(*api.AlertTold) bool { return true }
	for i := range out.Changed {
		al := &out.Changed[i]
		if err := put(message.Change, al, fmt.Sprintf("-%x", al.TS.Unix()), ever); err != nil {
			return nil, err
		}
	}
	for i := range out.Over {
		if err := put(message.Over, &out.Over[i], fmt.Sprintf("-over-%x", out.At), ever); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// sinksOf returns the zones by the sinks of those who were sent an alert.
func (a *alerter) sinksOf(al *api.Alert, sent func(*api.AlertTold) bool) map[string]string {
	zones := map[string]string{}
	for _, r := range a.recipients {
		if !slices.ContainsFunc(al.Told, func(t api.AlertTold) bool { return t.Recipient == r.Name && t.How == alert.HowSent && sent(&t) }) {
			continue
		}
		for _, name := range r.Sinks {
			if _, there := zones[name]; !there {
				zones[name] = r.Zone.String()
			}
		}
	}
	return zones
}
