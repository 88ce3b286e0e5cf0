package alert

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// How somebody was told of an alert.
const (
	HowSent   = "sent"
	HowDigest = "digest"
)

// LateAfter is how far behind the machine's clock the time of an alert may be: what was found later than that is no
// news any more.
const LateAfter = 3 * time.Hour

// Bounds remember how many alerts were sent to whom. The zero value has sent none. They belong to one goroutine.
type Bounds struct {
	sent map[string][]int64 // by recipient: Unix seconds of the last 24 hours, rising
}

// mostSent bounds what is remembered of one recipient.
const mostSent = 1000

// Route decides whether a recipient gets an alert now (machine time), and takes what is sent into account. It returns
// false if the alert is none of the recipient's.
//
// An alert that is held back waits for nothing: it is in the next digest. What holds it back is, in this
// order: a mute; that its thread is acknowledged or snoozed; that it was found too late; quiet hours and weekends in the
// recipient's zone, which a crisis breaks if the recipient wants that; the bounds of an hour and of a day, which
// never hold back a crisis.
func (b *Bounds) Route(a *api.Alert, mutes []api.Mute, r *Recipient, now time.Time) (api.AlertTold, bool) {
	told := api.AlertTold{Recipient: r.Name, At: now.UTC().Truncate(time.Second), How: HowDigest}
	if len(r.Rules) > 0 && !slices.Contains(r.Rules, a.Rule) {
		return told, false
	}
	crisis := a.Severity == api.SeverityCrisis
	hour, day := b.count(r.Name, now)
	switch {
	case slices.ContainsFunc(mutes, func(m api.Mute) bool { return keepsBack(&m, a, now) }):
		told.Why = "it is muted"
	case a.State == api.AlertAcknowledged:
		told.Why = "its thread is acknowledged"
	case a.State == api.AlertSnoozed:
		told.Why = "its thread is snoozed"
	case now.Sub(a.TS) > LateAfter:
		told.Why = "it was found too late"
	case r.Rests(a.Severity, now) != "":
		told.Why = r.Rests(a.Severity, now)
	case !crisis && r.PerHour > 0 && hour >= r.PerHour:
		told.Why = "the bound on alerts an hour"
	case !crisis && r.PerDay > 0 && day >= r.PerDay:
		told.Why = "the bound on alerts a day"
	default:
		told.How = HowSent
		b.send(r.Name, now)
	}
	return told, true
}

// Rests returns why a recipient is not to be disturbed now by an alert of a severity: the weekend, or quiet hours.
// Empty: it may be sent.
func (r *Recipient) Rests(severity string, now time.Time) string {
	local := now.In(r.zone())
	switch {
	case severity == api.SeverityCrisis && r.CrisisAnytime:
		return ""
	case !r.Weekends && weekend(local):
		return "the weekend"
	case r.quiet(local):
		return "quiet hours"
	}
	return ""
}

// KeptBack returns why nobody wants to hear of an alert any more that waits to be sent: since it was found it was muted, or its thread
// acknowledged or snoozed. Empty: somebody may.
func (d *Desk) KeptBack(a *api.Alert, now time.Time) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	t := d.threads[a.Thread]
	switch {
	case slices.ContainsFunc(d.mutes, func(m api.Mute) bool { return keepsBack(&m, a, now) }):
		return "it is muted"
	case t == nil || t.over:
		return ""
	case t.state == api.AlertAcknowledged:
		return "its thread is acknowledged"
	case t.state == api.AlertSnoozed && now.Before(t.until):
		return "its thread is snoozed"
	}
	return ""
}

func (r *Recipient) zone() *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}

func weekend(t time.Time) bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }

// quiet reports whether a wall clock shows quiet hours: what it shows is what counts, however often or seldom it
// shows it on the day that clocks change.
func (r *Recipient) quiet(local time.Time) bool {
	minute := local.Hour()*60 + local.Minute()
	if r.QuietFrom <= r.QuietTo {
		return minute >= r.QuietFrom && minute < r.QuietTo
	}
	return minute >= r.QuietFrom || minute < r.QuietTo
}

// keepsBack reports whether a mute keeps an alert back.
func keepsBack(m *api.Mute, a *api.Alert, now time.Time) bool {
	switch {
	case m.Until != nil && !now.Before(*m.Until):
		return false
	case m.Rule != "":
		return m.Rule == a.Rule
	case m.Watch != "":
		return slices.Contains(a.Watches, m.Watch)
	}
	return m.Kind == a.Kind && groupKey(m.Kind, m.Key) == groupKey(a.Kind, a.Key)
}

// groupKey returns what spellings of a term have in common.
func groupKey(kind, key string) string {
	k, err := term.ParseKind(kind)
	if err != nil {
		return key
	}
	return watch.GroupKey(k, key)
}

// count returns how many alerts were sent in the last hour and the last day.
func (b *Bounds) count(name string, now time.Time) (hour, day int) {
	for _, at := range b.sent[name] {
		switch age := now.Unix() - at; {
		case age < 0: // the clock was ahead then
		case age < 3600:
			hour++
			day++
		case age < 24*3600:
			day++
		}
	}
	return hour, day
}

func (b *Bounds) send(name string, now time.Time) {
	if b.sent == nil {
		b.sent = map[string][]int64{}
	}
	times := slices.DeleteFunc(slices.Clone(b.sent[name]), func(at int64) bool { return at > now.Unix() || now.Unix()-at >= 24*3600 })
	if len(times) >= mostSent {
		times = times[len(times)-mostSent+1:]
	}
	b.sent[name] = append(times, now.Unix())
}

// clone returns bounds that go on by themselves from here. Lists of times are replaced, never changed.
func (b *Bounds) clone() *Bounds { return &Bounds{sent: maps.Clone(b.sent)} }

// keep forgets who is no recipient any more.
func (b *Bounds) keep(recipients []*Recipient) {
	maps.DeleteFunc(b.sent, func(name string, _ []int64) bool {
		return !slices.ContainsFunc(recipients, func(r *Recipient) bool { return r.Name == name })
	})
}

const boundsVersion = 1

type boundsJSON struct {
	Version int                `json:"version"`
	Sent    map[string][]int64 `json:"sent"`
}

// AppendBinary appends the encoding to dst: equal bounds give equal bytes.
func (b *Bounds) AppendBinary(dst []byte) ([]byte, error) {
	enc, err := json.Marshal(boundsJSON{boundsVersion, b.sent})
	if err != nil {
		return dst, fmt.Errorf("alert: cannot encode the bounds: %w", err)
	}
	return append(dst, enc...), nil
}

// DecodeBounds reads what [Bounds.AppendBinary] wrote. Errors wrap [ErrCorrupt].
func DecodeBounds(data []byte) (*Bounds, error) {
	var doc boundsJSON
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if doc.Version != boundsVersion {
		return nil, fmt.Errorf("%w: version %d of bounds", ErrCorrupt, doc.Version)
	}
	return &Bounds{sent: doc.Sent}, nil
}
