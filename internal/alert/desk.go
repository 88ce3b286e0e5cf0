package alert

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/swell-radar/swell/internal/alert/judge"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// The limits of what is kept.
const (
	MaxAlerts = 10_000
	MaxAge    = 90 * 24 * time.Hour
	MaxMutes  = 1000
)

// Desk keeps rules, alerts, mutes and what was told. Any goroutine may call it.
type Desk struct {
	drawer Drawer
	// writing is held by whoever changes something, from a step to its end. All below is changed under both locks, and
	// read under either.
	writing sync.Mutex
	mu      sync.RWMutex

	rules   map[string]*judge.Rule
	asked   []*judge.Rule // the same by name
	mutes   []api.Mute    // by ID
	judge   *judge.Judge
	bounds  *Bounds
	ids     []string             // of all alerts that are kept, rising
	threads map[string]*standing // those with an alert, until they are over and cannot come back
}

// standing is what people decided about a thread, and its alerts.
type standing struct {
	state  string
	until  time.Time // of the state snoozed
	over   bool      // state and until are those that it has when it comes back
	alerts []string  // IDs, rising
}

// Open reads what a drawer holds. What is damaged there costs itself alone and is told in damaged, for the log. An
// error means that the drawer could not be read.
func Open(drawer Drawer) (d *Desk, damaged []error, err error) {
	d = &Desk{drawer: drawer, rules: map[string]*judge.Rule{}, judge: &judge.Judge{}, bounds: &Bounds{}, threads: map[string]*standing{}}
	for _, in := range judge.Builtin() {
		r, err := judge.Compile(in)
		if err != nil {
			return nil, nil, fmt.Errorf("alert: the rule %s: %w", in.Name, err)
		}
		d.rules[r.Name] = r
	}
	for _, load := range []func() ([]error, error){d.loadRules, d.loadMutes, d.loadState, d.loadAlerts} {
		lost, err := load()
		if err != nil {
			return nil, nil, fmt.Errorf("cannot read the alerts: %w", err)
		}
		damaged = append(damaged, lost...)
	}
	d.sortRules()
	return d, damaged, nil
}

// load calls put for every value under a prefix.
func load[T any](drawer Drawer, prefix string, put func(name string, value T) error) (lost []error, err error) {
	for it, err := range drawer.Items(prefix, "") {
		if errors.Is(err, store.ErrDamaged) {
			lost = append(lost, fmt.Errorf("%s is lost: %w", it.Key, err))
			continue
		}
		if err != nil {
			return nil, err
		}
		value, err := readItem[T](it.Value)
		if err == nil {
			err = put(strings.TrimPrefix(it.Key, prefix), value)
		}
		if err != nil {
			lost = append(lost, fmt.Errorf("%s is lost: %w", it.Key, err))
		}
	}
	return lost, nil
}

func (d *Desk) loadRules() ([]error, error) {
	return load(d.drawer, prefixRule, func(name string, in api.Rule) error {
		r, err := judge.Compile(in)
		if err == nil && r.Name != name {
			err = fmt.Errorf("%w: it is called %.80q", ErrCorrupt, r.Name)
		}
		if err == nil {
			d.rules[name] = r
		}
		return err
	})
}

func (d *Desk) loadMutes() ([]error, error) {
	return load(d.drawer, prefixMute, func(id string, m api.Mute) error {
		if m.ID != id {
			return fmt.Errorf("%w: it is called %.80q", ErrCorrupt, m.ID)
		}
		d.mutes = append(d.mutes, m)
		return nil
	})
}

func (d *Desk) loadAlerts() ([]error, error) {
	known := d.judge.Threads()
	return load(d.drawer, prefixAlert, func(id string, kept alertItem) error {
		a := kept.Alert
		if _, ok := judge.AlertTime(id); !ok || a.ID != id {
			return fmt.Errorf("%w: it is called %.80q", ErrCorrupt, a.ID)
		}
		d.ids = append(d.ids, id)
		if a.State != api.AlertOver || known[a.Thread] {
			stand(d.threads, &kept)
		}
		return nil
	})
}

// stand takes an alert into what is known of its thread.
func stand(threads map[string]*standing, a *alertItem) {
	s := threads[a.Thread]
	if s == nil {
		s = &standing{}
		threads[a.Thread] = s
	}
	s.state, s.until, s.over = a.State, time.Time{}, a.State == api.AlertOver
	if a.Until != nil {
		s.until = *a.Until
	}
	if s.over {
		s.state = api.AlertOpen
	}
	if b := a.Before; s.over && b != nil {
		s.state, s.until = b.State, b.Until
	}
	s.alerts = append(s.alerts, a.ID)
}

// loadState reads what was told. Where that is lost, everything that holds is taken to be told already.
func (d *Desk) loadState() (lost []error, err error) {
	for key, decode := range map[string]func(data []byte) error{
		keyJudge: func(data []byte) error {
			j, err := judge.Decode(data)
			if err == nil {
				d.judge = j
			}
			return err
		},
		keyBounds: func(data []byte) error {
			b, err := DecodeBounds(data)
			if err == nil {
				d.bounds = b
			}
			return err
		},
	} {
		data, err := d.drawer.Item(key)
		if err == nil && data != nil {
			err = decode(data)
		}
		switch {
		case err == nil:
		case errors.Is(err, store.ErrDamaged), errors.Is(err, judge.ErrCorrupt), errors.Is(err, ErrCorrupt):
			lost = append(lost, fmt.Errorf("%s is lost: %w", key, err))
		default:
			return nil, err
		}
	}
	return lost, nil
}

func (d *Desk) sortRules() {
	d.asked = slices.SortedFunc(maps.Values(d.rules), func(a, b *judge.Rule) int { return strings.Compare(a.Name, b.Name) })
}
