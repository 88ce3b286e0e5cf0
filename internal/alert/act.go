package alert

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// Act does what people decide about an alert, to its whole thread: nothing more is told of one that is acknowledged;
// one that is snoozed is told again when until (machine time) has come, if the rule holds then. The error wraps
// [ErrNotFound], [ErrOver], [ErrInvalid] or is that of the drawer.
func (d *Desk) Act(id string, action api.AlertAction, now time.Time) (*api.Alert, error) {
	state, until := "", time.Time{}
	switch action.Action {
	case ActAcknowledge:
		state = api.AlertAcknowledged
	case ActReopen:
		state = api.AlertOpen
	case ActSnooze:
		if action.Until == nil || !action.Until.After(now) || action.Until.After(now.Add(MaxAge)) {
			return nil, fmt.Errorf("%w: until has to be a time to come, at most %d days from now", ErrInvalid, int(MaxAge.Hours()/24))
		}
		state, until = api.AlertSnoozed, action.Until.UTC().Truncate(time.Second)
	default:
		return nil, fmt.Errorf("%w: action is %.40q; use %s", ErrInvalid, action.Action, strings.Join(Actions(), ", "))
	}
	if action.Action != ActSnooze && action.Until != nil {
		return nil, fmt.Errorf("%w: until goes with %s alone", ErrInvalid, ActSnooze)
	}
	d.writing.Lock()
	defer d.writing.Unlock()
	a, err := d.Alert(id)
	if err != nil {
		return nil, err
	}
	s := d.threads[a.Thread]
	if s == nil || s.over || a.State == api.AlertOver {
		return nil, ErrOver
	}
	next := &standing{state: state, until: until, alerts: s.alerts}
	items, _, err := d.restate(next, s.alerts)
	if err != nil {
		return nil, err
	}
	if err := d.drawer.PutItems(items...); err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.threads[a.Thread] = next
	d.mu.Unlock()
	return d.Alert(id)
}

// The actions on alerts.
const (
	ActAcknowledge = "acknowledge"
	ActSnooze      = "snooze"
	ActReopen      = "reopen"
)

// Actions lists them.
func Actions() []string { return []string{ActAcknowledge, ActSnooze, ActReopen} }

// restate writes alerts of a thread anew as it stands now, and returns the newest of them; what is lost is left out.
func (d *Desk) restate(s *standing, ids []string) (items []store.Item, newest *api.Alert, err error) {
	for _, id := range ids {
		a, err := d.Alert(id)
		if isLost(err) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		s.mark(a)
		it, err := putAlert(a, s)
		if err != nil {
			return nil, nil, err
		}
		items, newest = append(items, it), a
	}
	return items, newest, nil
}

// isLost reports whether an error of [Desk.Alert] costs one alert alone.
func isLost(err error) bool { return errors.Is(err, ErrNotFound) || errors.Is(err, store.ErrDamaged) }

// mark puts the state of a thread into an alert.
func (s *standing) mark(a *api.Alert) {
	a.State, a.Until = cmp.Or(s.state, api.AlertOpen), nil
	if s.over {
		a.State = api.AlertOver
		return
	}
	if !s.until.IsZero() {
		until := s.until
		a.Until = &until
	}
}
