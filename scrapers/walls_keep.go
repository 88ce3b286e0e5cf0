package scrapers

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// keptWall is a wall as it is on the shelf. Times are seconds since 1970.
type keptWall struct {
	State    string `json:"state"`
	Why      string `json:"why,omitempty"`
	Told     int64  `json:"told"`
	Until    int64  `json:"until"`
	Failures int    `json:"failures,omitempty"`
}

const (
	// mostKept bounds what is on the shelf, in bytes: where it is too much, reasons are left out, then the
	// walls that are over soonest.
	mostKept = 48 << 10
	// mostWhy bounds a reason, in bytes.
	mostWhy = 300
)

// restore takes the walls from the shelf.
func (w *Walls) restore() error {
	if w.shelf == nil {
		return nil
	}
	data, err := w.shelf.Load(w.name)
	if err != nil || data == nil {
		return err
	}
	kept := map[string]keptWall{}
	if err := json.Unmarshal(data, &kept); err != nil {
		return fmt.Errorf("what is kept as %s: %w", w.name, err)
	}
	all := make(map[string]wall, len(kept))
	for part, k := range kept {
		state, err := ParseState(k.State)
		if err != nil || !outlives(state) || k.Told < 0 || k.Until < k.Told || k.Until > 1<<40 || k.Failures < 0 {
			return fmt.Errorf("what is kept as %s: %.200q is %.40q from %d to %d, which is no wall", w.name, part, k.State, k.Told, k.Until)
		}
		all[part] = wall{
			state: state, why: k.Why, told: time.Unix(k.Told, 0).UTC(), until: time.Unix(k.Until, 0).UTC(), failures: k.Failures,
		}
	}
	w.all = all
	return nil
}

// save puts the walls that stand onto the shelf. The caller has w.mu: what is saved last is what is newest.
func (w *Walls) save(now time.Time) error {
	if w.shelf == nil {
		return nil
	}
	data, err := w.encode(now)
	if err == nil {
		err = w.shelf.Save(w.name, data)
	}
	if err != nil {
		return fmt.Errorf("cannot keep %s: %w", w.name, err)
	}
	return nil
}

// encode returns the walls that stand, as many of them as there is room for.
func (w *Walls) encode(now time.Time) ([]byte, error) {
	kept := map[string]keptWall{}
	for part, k := range w.all {
		if !k.keeps(now) {
			continue
		}
		kept[part] = keptWall{
			State: k.state.String(), Why: clip(k.why, mostWhy),
			Told: k.told.Unix(), Until: k.until.Add(time.Second - 1).Unix(), Failures: k.failures,
		}
	}
	data, err := json.Marshal(kept)
	if err != nil || len(data) <= mostKept {
		return data, err
	}
	for part, k := range kept {
		k.Why = ""
		kept[part] = k
	}
	parts := slices.SortedFunc(maps.Keys(kept), func(a, b string) int {
		return cmp.Or(cmp.Compare(kept[a].Until, kept[b].Until), cmp.Compare(a, b))
	})
	for {
		if data, err = json.Marshal(kept); err != nil || len(data) <= mostKept {
			return data, err
		}
		for _, part := range parts[:(len(parts)+9)/10] {
			delete(kept, part)
		}
		parts = parts[(len(parts)+9)/10:]
	}
}
