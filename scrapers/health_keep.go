package scrapers

import (
	"encoding/json"
	"fmt"
	"time"
)

// kept is what is known of a source over restarts.
type kept struct {
	At      time.Time `json:"at"` // when it was kept
	History []kept1   `json:"history"`
	Until   time.Time `json:"until,omitzero"`
	Why     string    `json:"why,omitempty"`
}

// kept1 is a [Stretch] by the name of its state.
type kept1 struct {
	State string    `json:"state"`
	From  time.Time `json:"from"`
}

func (r *runner) shelfName() string { return "health/" + r.Name }

// keep puts what is known of the source on the shelf.
func (r *runner) keep() {
	if r.opt.Shelf == nil {
		return
	}
	r.mu.Lock()
	k := kept{At: r.opt.Now().UTC(), Until: r.health.until, Why: r.health.ownWhy}
	for _, s := range r.health.history {
		k.History = append(k.History, kept1{s.State.String(), s.From})
	}
	r.mu.Unlock()
	data, err := json.Marshal(k)
	if err == nil {
		err = r.opt.Shelf.Save(r.shelfName(), data)
	}
	if err != nil {
		r.opt.Log.Warn("how a source is doing cannot be kept", "source", r.Name, "err", err)
	}
}

// restore takes from the shelf what was known of the source. Since it was kept the
// source was off.
func (r *runner) restore() error {
	if r.opt.Shelf == nil {
		return nil
	}
	data, err := r.opt.Shelf.Load(r.shelfName())
	if err != nil || data == nil {
		return err
	}
	var k kept
	if err := json.Unmarshal(data, &k); err != nil {
		return fmt.Errorf("what is kept as %s: %w", r.shelfName(), err)
	}
	now := r.opt.Now().UTC()
	history := make([]Stretch, 0, len(k.History)+2)
	for _, s := range k.History {
		state, err := ParseState(s.State)
		if err != nil {
			return fmt.Errorf("what is kept as %s: %w", r.shelfName(), err)
		}
		history = append(history, Stretch{state, s.From})
	}
	if k.At.Before(now) && len(history) > 0 {
		history = append(history, Stretch{Off, k.At})
	}
	h := r.health
	h.history = append(history, h.history...)
	if last := k.History; len(last) > 0 && k.Until.After(now) {
		if state, _ := ParseState(last[len(last)-1].State); outlives(state) {
			h.own, h.ownWhy, h.until = state, k.Why, k.Until
			h.settle(now)
		}
	}
	h.forget(now)
	return nil
}
