package alert

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/alert/judge"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// Outcome is what a step found. It belongs to one goroutine, which commits [Outcome.Items] together with what it sends
// because of them, and then calls [Outcome.Done]; or [Outcome.Drop], after which nothing was found. Until then
// nobody else can change anything on the desk.
type Outcome struct {
	// Alerts are those to be told: new ones, and those that were snoozed until now. Told says who gets them.
	Alerts []api.Alert
	// Changed and Over are the newest alerts of threads that were told of before: as they are now, with Told of all
	// alerts of the thread. They are for those that follow a thread and were sent something of it.
	Changed, Over []api.Alert
	// At is when the moment was, in Unix seconds.
	At int64
	// Damaged are for the log: what could not be read and is left out.
	Damaged []error

	items []store.Item
	desk  *Desk
	next  *Desk // what is to be applied
}

// maxPruned is how many alerts a step forgets at most: what is changed at once has a limit.
const maxPruned = 100

// Step takes in a moment and decides whom of the recipients to tell of what it brings, at the time now (of the machine). The
// caller ends the outcome. An error is that of the drawer; then there is none.
func (d *Desk) Step(m *judge.Moment, recipients []*Recipient, now time.Time) (*Outcome, error) {
	d.writing.Lock()
	s := step{
		Outcome: &Outcome{desk: d}, d: d, now: now, recipients: recipients, changed: map[string]*api.Alert{},
		next: &Desk{judge: d.judge.Clone(), bounds: d.bounds.clone(), ids: slices.Clone(d.ids), threads: maps.Clone(d.threads), mutes: slices.Clone(d.mutes)},
	}
	if err := s.run(m); err != nil {
		d.writing.Unlock()
		return nil, err
	}
	s.Outcome.next = s.next
	return s.Outcome, nil
}

// Items are what is to be committed.
func (o *Outcome) Items() []store.Item { return o.items }

// Done makes the desk know what was committed. It is called once, or Drop is.
func (o *Outcome) Done() {
	d := o.desk
	d.mu.Lock()
	d.judge, d.bounds, d.ids, d.threads, d.mutes = o.next.judge, o.next.bounds, o.next.ids, o.next.threads, o.next.mutes
	d.mu.Unlock()
	d.writing.Unlock()
}

// Drop forgets the outcome: the moment was not seen.
func (o *Outcome) Drop() { o.desk.writing.Unlock() }

// step is one step under way.
type step struct {
	*Outcome
	d, next    *Desk
	now        time.Time
	recipients []*Recipient
	changed    map[string]*api.Alert // to be written, by ID
}

func (s *step) run(m *judge.Moment) error {
	s.expire()
	s.At = m.At
	found := s.next.judge.See(m, s.d.asked)
	for _, a := range found.New {
		if err := s.reopen(a.Thread); err != nil {
			return err
		}
		if known := s.next.threads[a.Thread]; known != nil {
			known.mark(&a)
		}
		s.tell(&a)
		twin := *s.threadOf(&a)
		twin.alerts = append(slices.Clone(twin.alerts), a.ID)
		s.next.threads[a.Thread] = &twin
		if i, twice := slices.BinarySearch(s.next.ids, a.ID); !twice {
			s.next.ids = slices.Insert(s.next.ids, i, a.ID)
		}
	}
	for _, turn := range found.Changed {
		known := s.next.threads[turn.Thread]
		back := known != nil && known.over
		if err := s.reopen(turn.Thread); err != nil {
			return err
		}
		if err := s.turn(turn, back); err != nil {
			return err
		}
	}
	for _, turn := range found.Over {
		if err := s.over(turn.Thread); err != nil {
			return err
		}
	}
	if err := s.wake(); err != nil {
		return err
	}
	known := s.next.judge.Threads()
	maps.DeleteFunc(s.next.threads, func(id string, t *standing) bool { return t.over && !known[id] })
	return s.write()
}

// threadOf returns how the thread of an alert stands.
func (s *step) threadOf(a *api.Alert) *standing {
	if known := s.next.threads[a.Thread]; known != nil {
		return known
	}
	return &standing{state: api.AlertOpen}
}

// tell decides who gets an alert.
func (s *step) tell(a *api.Alert) {
	for _, r := range s.recipients {
		if told, ok := s.next.bounds.Route(a, s.next.mutes, r, s.now); ok {
			a.Told = append(a.Told, told)
		}
	}
	s.changed[a.ID] = a
	s.Alerts = append(s.Alerts, *a)
}

// read returns an alert as this step has it; nil if it is lost.
func (s *step) read(id string) (*api.Alert, error) {
	if a := s.changed[id]; a != nil {
		return a, nil
	}
	a, err := s.d.Alert(id)
	if isLost(err) {
		s.Damaged = append(s.Damaged, err)
		return nil, nil
	}
	return a, err
}

// thread returns the newest alert of a thread, with Told of all of them; nil if there is none.
func (s *step) thread(id string) (newest *api.Alert, err error) {
	known := s.next.threads[id]
	if known == nil {
		return nil, nil
	}
	var told []api.AlertTold
	for _, alert := range known.alerts {
		a, err := s.read(alert)
		if err != nil {
			return nil, err
		}
		if a != nil {
			newest, told = a, append(told, a.Told...)
		}
	}
	if newest == nil {
		return nil, nil
	}
	twin := *newest
	twin.Told = told
	return &twin, nil
}

// turn tells those who follow a thread how it is now, unless somebody takes care of it or it is muted. That it
// is back is told of one that was told to be over. What was told stays as it was.
func (s *step) turn(t judge.Turn, back bool) error {
	a, err := s.thread(t.Thread)
	if a == nil || err != nil {
		return err
	}
	state := cmp.Or(s.next.threads[t.Thread].state, api.AlertOpen)
	if state != api.AlertOpen && !back || slices.ContainsFunc(s.next.mutes, func(m api.Mute) bool { return keepsBack(&m, a, s.now) }) {
		return nil // nobody wants to hear of it
	}
	n := &t.Alert
	a.TS, a.Phase, a.Title, a.Reasons, a.Advice, a.ActBy, a.Platforms = n.TS, n.Phase, n.Title, n.Reasons, n.Advice, n.ActBy, n.Platforms
	s.Changed = append(s.Changed, *a)
	return nil
}

// reopen makes a thread that was over and came back stand as it did before.
func (s *step) reopen(thread string) error {
	known := s.next.threads[thread]
	if known == nil || !known.over {
		return nil
	}
	return s.restate(thread, &standing{state: known.state, until: known.until})
}

// over ends a thread, until it comes back.
func (s *step) over(thread string) error {
	a, err := s.thread(thread)
	if err != nil || a == nil {
		return err
	}
	known := s.next.threads[thread]
	if err := s.restate(thread, &standing{state: known.state, until: known.until, over: true}); err != nil {
		return err
	}
	a.State, a.Until = api.AlertOver, nil
	s.Over = append(s.Over, *a)
	return nil
}

// restate writes the alerts of a thread as it stands now.
func (s *step) restate(thread string, now *standing) error {
	for _, id := range s.next.threads[thread].alerts {
		a, err := s.read(id)
		if err != nil {
			return err
		}
		if a != nil {
			twin := *a
			now.mark(&twin)
			s.changed[id] = &twin
		}
	}
	now.alerts = s.next.threads[thread].alerts
	s.next.threads[thread] = now
	return nil
}

// wake tells again of threads that were snoozed until now and whose rule holds.
func (s *step) wake() error {
	for _, id := range slices.Sorted(maps.Keys(s.next.threads)) {
		t := s.next.threads[id]
		if t.over || t.state != api.AlertSnoozed || t.until.After(s.now) {
			continue
		}
		if err := s.restate(id, &standing{state: api.AlertOpen}); err != nil {
			return err
		}
		newest := t.alerts[len(t.alerts)-1]
		a, err := s.read(newest)
		if err != nil {
			return err
		}
		if a == nil || !s.next.judge.Holds(a.Rule, id) {
			continue
		}
		again := *a
		again.TS = time.Unix(s.next.judge.At(), 0).UTC() // it holds now, however long ago it was found
		again.Told = slices.Clone(a.Told)
		s.tell(&again)
		again.TS = a.TS // as it is kept
	}
	return nil
}

// expire drops the mutes that are past.
func (s *step) expire() {
	s.next.mutes = slices.DeleteFunc(s.next.mutes, func(m api.Mute) bool {
		if m.Until == nil || s.now.Before(*m.Until) || len(s.items) == maxPruned {
			return false
		}
		s.items = append(s.items, store.Item{Key: prefixMute + m.ID})
		return true
	})
}

// write makes the items. The oldest alerts make room.
func (s *step) write() error {
	old := 0
	for at := s.next.judge.At(); old < min(maxPruned, len(s.next.ids)); old++ {
		found, _ := judge.AlertTime(s.next.ids[old])
		if len(s.next.ids)-old <= MaxAlerts && time.Unix(at, 0).Sub(found) < MaxAge {
			break
		}
		id := s.next.ids[old]
		s.items = append(s.items, store.Item{Key: prefixAlert + id})
		delete(s.changed, id)
	}
	s.forget(s.next.ids[:old])
	s.next.ids = s.next.ids[old:]
	for _, id := range slices.Sorted(maps.Keys(s.changed)) {
		it, err := putAlert(s.changed[id], s.next.threads[s.changed[id].Thread])
		if err != nil {
			return err
		}
		s.items = append(s.items, it)
	}
	s.next.bounds.keep(s.recipients)
	for key, encode := range map[string]func([]byte) ([]byte, error){keyJudge: s.next.judge.AppendBinary, keyBounds: s.next.bounds.AppendBinary} {
		enc, err := encode(nil)
		if err != nil {
			return err
		}
		s.items = append(s.items, store.Item{Key: key, Value: enc})
	}
	slices.SortFunc(s.items, func(a, b store.Item) int { return strings.Compare(a.Key, b.Key) })
	return nil
}

// forget takes alerts that are not kept any more out of their threads.
func (s *step) forget(ids []string) {
	if len(ids) == 0 {
		return
	}
	for name, t := range s.next.threads {
		left := slices.DeleteFunc(slices.Clone(t.alerts), func(id string) bool { return slices.Contains(ids, id) })
		switch {
		case len(left) == 0:
			delete(s.next.threads, name)
		case len(left) < len(t.alerts):
			twin := *t
			twin.alerts = left
			s.next.threads[name] = &twin
		}
	}
}
