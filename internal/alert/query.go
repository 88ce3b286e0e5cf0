package alert

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/alert/judge"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// Query says which alerts are asked for. Empty fields ask for all.
type Query struct {
	Rules, Severities, Kinds, Watches, States []string
	From, To                                  time.Time // From ≤ time < To
	Limit                                     int       // at least 1
	// Before goes on behind the alert of this ID: see [Desk.Alerts].
	Before string
}

// maxPassed is how many alerts one call looks at: some hundredths of a second's work.
const maxPassed = 2000

// Alerts returns the alerts that are asked for, newest first, and where to go on: the empty string is the
// end. There may be fewer than asked for, or none, where many had to be passed over. Those that are damaged are left
// out, and told in damaged.
func (d *Desk) Alerts(q Query) (out []api.Alert, next string, damaged []error, err error) {
	until := ""
	if !q.To.IsZero() {
		until = prefixAlert + q.To.UTC().Add(time.Minute-1).Format("20060102-1504")
	}
	if q.Before != "" && (until == "" || prefixAlert+q.Before < until) {
		until = prefixAlert + q.Before
	}
	passed := 0
	for it, err := range d.drawer.ItemsBefore(prefixAlert, until) {
		id := strings.TrimPrefix(it.Key, prefixAlert)
		if errors.Is(err, store.ErrDamaged) {
			damaged = append(damaged, fmt.Errorf("%s is lost: %w", it.Key, err))
			continue
		}
		if err != nil {
			return nil, "", damaged, err
		}
		if at, ok := judge.AlertTime(id); ok && at.Before(q.From.Truncate(time.Minute)) {
			return out, "", damaged, nil
		}
		kept, err := readItem[alertItem](it.Value)
		if err != nil {
			damaged = append(damaged, fmt.Errorf("%s is lost: %w", it.Key, err))
			continue
		}
		if a := kept.Alert; q.wants(&a) {
			if len(out) == q.Limit {
				return out, out[len(out)-1].ID, damaged, nil
			}
			out = append(out, a)
		}
		if passed++; passed >= maxPassed {
			return out, id, damaged, nil
		}
	}
	return out, "", damaged, nil
}

func (q *Query) wants(a *api.Alert) bool {
	among := func(names []string, name string) bool { return len(names) == 0 || slices.Contains(names, name) }
	return among(q.Rules, a.Rule) && among(q.Severities, a.Severity) && among(q.Kinds, a.Kind) && among(q.States, a.State) &&
		(len(q.Watches) == 0 || slices.ContainsFunc(a.Watches, func(name string) bool { return slices.Contains(q.Watches, name) })) &&
		!a.TS.Before(q.From) && (q.To.IsZero() || a.TS.Before(q.To))
}

// Alert returns one alert, or an error that wraps [ErrNotFound] or [store.ErrDamaged].
func (d *Desk) Alert(id string) (*api.Alert, error) {
	if _, ok := judge.AlertTime(id); !ok {
		return nil, fmt.Errorf("%w as the alert %.80q", ErrNotFound, id)
	}
	data, err := d.drawer.Item(prefixAlert + id)
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, fmt.Errorf("%w as the alert %.80q", ErrNotFound, id)
	}
	kept, err := readItem[alertItem](data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrDamaged, err)
	}
	return &kept.Alert, nil
}

// AsOf returns the event time of the last step; zero: there was none.
func (d *Desk) AsOf() time.Time {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.judge.At() == 0 {
		return time.Time{}
	}
	return time.Unix(d.judge.At(), 0).UTC()
}
