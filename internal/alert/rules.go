package alert

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/alert/judge"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// Rules returns the rules by name.
func (d *Desk) Rules() (out []api.Rule) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, r := range d.asked {
		out = append(out, r.Rule)
	}
	return out
}

// Rule returns a rule, or an error that wraps [ErrNotFound].
func (d *Desk) Rule(name string) (*judge.Rule, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	r := d.rules[name]
	if r == nil {
		return nil, fmt.Errorf("%w as the rule %.80q", ErrNotFound, name)
	}
	return r, nil
}

// RuleTag stands for a rule as it is: another one has another tag. It stays over restarts.
func RuleTag(r api.Rule) string {
	h := fnv.New64a()
	it, err := putItem(r.Name, r)
	if err != nil {
		return ""
	}
	h.Write(it.Value)
	return fmt.Sprintf("rule-%016x", h.Sum64())
}

// PutRule keeps a rule in the place of the one of its name, which allowed is given (nil: there is none) and may refuse. It
// returns whether there was one. What holds for the rule by then is not told. The error is that of allowed, wraps
// [ErrLimit] or is that of the drawer.
func (d *Desk) PutRule(r *judge.Rule, now time.Time, allowed func(old *judge.Rule) error) (put *judge.Rule, replaced bool, err error) {
	d.writing.Lock()
	defer d.writing.Unlock()
	old := d.rules[r.Name]
	if err := allowed(old); err != nil {
		return nil, false, err
	}
	if old == nil && len(d.rules) >= judge.MaxRules {
		return nil, false, fmt.Errorf("%w: there are %d rules; delete one first", ErrLimit, len(d.rules))
	}
	twin := r.Rule
	twin.Builtin, twin.Changed = false, now.UTC().Truncate(time.Second)
	kept, err := judge.Compile(twin)
	if err != nil {
		return nil, false, err
	}
	it, err := putItem(prefixRule+r.Name, kept.Rule)
	if err != nil {
		return nil, false, err
	}
	if err := d.drawer.PutItems(it); err != nil {
		return nil, false, err
	}
	d.setRule(r.Name, kept)
	return kept, old != nil, nil
}

// DropRule deletes a rule; one that was there from the start becomes what it was then. The error is that of allowed,
// wraps [ErrNotFound] or [ErrBuiltin] or is that of the drawer.
func (d *Desk) DropRule(name string, allowed func(old *judge.Rule) error) error {
	d.writing.Lock()
	defer d.writing.Unlock()
	old := d.rules[name]
	if err := allowed(old); err != nil {
		return err
	}
	if old == nil {
		return fmt.Errorf("%w as the rule %.80q", ErrNotFound, name)
	}
	if old.Builtin {
		return ErrBuiltin
	}
	var first *judge.Rule
	for _, in := range judge.Builtin() {
		if in.Name == name {
			r, err := judge.Compile(in)
			if err != nil {
				return err
			}
			first = r
		}
	}
	if err := d.drawer.PutItems(store.Item{Key: prefixRule + name}); err != nil {
		return err
	}
	d.setRule(name, first)
	return nil
}

// setRule replaces a rule; nil: there is none any more.
func (d *Desk) setRule(name string, r *judge.Rule) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if delete(d.rules, name); r != nil {
		d.rules[name] = r
	}
	d.sortRules()
}

// Mutes returns what is muted, by ID. Those that are past are left out by the next step.
func (d *Desk) Mutes() []api.Mute {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Clone(d.mutes)
}

// AddMute mutes a rule, a watch list or a term: exactly one of them is named. ID, Key and Made are filled in. The same
// again replaces the one before. The error wraps [ErrInvalid], [ErrLimit] or is that of the drawer.
func (d *Desk) AddMute(m api.Mute, now time.Time) (api.Mute, error) {
	named := 0
	for _, given := range []bool{m.Rule != "", m.Watch != "", m.Kind != "" || m.Term != ""} {
		if given {
			named++
		}
	}
	switch {
	case named != 1:
		return m, fmt.Errorf("%w: name a rule, a watch, or a term with its kind, and only one of them", ErrInvalid)
	case m.Rule != "" && watch.CheckName(m.Rule) != nil:
		return m, fmt.Errorf("%w: rule is %.80q, which is no name of one", ErrInvalid, m.Rule)
	case m.Watch != "" && watch.CheckName(m.Watch) != nil:
		return m, fmt.Errorf("%w: watch is %.80q, which is no name of one", ErrInvalid, m.Watch)
	case m.Until != nil && !m.Until.After(now):
		return m, fmt.Errorf("%w: until is past; use a time to come, or null for good", ErrInvalid)
	}
	m.Key = ""
	if m.Kind != "" || m.Term != "" {
		k, err := term.ParseKind(m.Kind)
		if err != nil || k == judge.Watch {
			return m, fmt.Errorf("%w: kind is %.40q; use hashtag, sound, keyword, mention or link, or watch for the mentions of a list", ErrInvalid, m.Kind)
		}
		if m.Key = term.KeyOf(k, m.Term); m.Key == "" || len(m.Term) > term.MaxFieldBytes {
			return m, fmt.Errorf("%w: term is %.80q, in which there is nothing to mute", ErrInvalid, m.Term)
		}
	}
	m.ID = muteID(&m)
	m.Made = now.UTC().Truncate(time.Second)
	if m.Until != nil {
		until := m.Until.UTC().Truncate(time.Second)
		m.Until = &until
	}
	it, err := putItem(prefixMute+m.ID, m)
	if err != nil {
		return m, err
	}
	d.writing.Lock()
	defer d.writing.Unlock()
	i, there := slices.BinarySearchFunc(d.mutes, m.ID, func(m api.Mute, id string) int { return strings.Compare(m.ID, id) })
	if !there && len(d.mutes) >= MaxMutes {
		return m, fmt.Errorf("%w: there are %d mutes; end one first", ErrLimit, len(d.mutes))
	}
	if err := d.drawer.PutItems(it); err != nil {
		return m, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mutes = slices.Clone(d.mutes)
	if there {
		d.mutes[i] = m
	} else {
		d.mutes = slices.Insert(d.mutes, i, m)
	}
	return m, nil
}

// muteID stands for what is muted.
func muteID(m *api.Mute) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%q %q %q %q", m.Rule, m.Watch, m.Kind, groupKey(m.Kind, m.Key))
	return fmt.Sprintf("%016x", h.Sum64())
}

// DropMute ends a mute. The error wraps [ErrNotFound] or is that of the drawer.
func (d *Desk) DropMute(id string) error {
	d.writing.Lock()
	defer d.writing.Unlock()
	i, there := slices.BinarySearchFunc(d.mutes, id, func(m api.Mute, id string) int { return strings.Compare(m.ID, id) })
	if !there {
		return fmt.Errorf("%w as the mute %.80q", ErrNotFound, id)
	}
	if err := d.drawer.PutItems(store.Item{Key: prefixMute + id}); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mutes = slices.Delete(slices.Clone(d.mutes), i, i+1)
	return nil
}
