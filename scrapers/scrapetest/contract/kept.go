package contract

import (
	"maps"
	"slices"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/term"
)

// Records returns what was accepted so far, in order.
func (h *Host) Records() []term.Record {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.records)
}

// Rejects returns what the source could not understand.
func (h *Host) Rejects() []scrapers.Reject {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.rejects)
}

// Items returns how many items the source says it has read.
func (h *Host) Items() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.items
}

// Reached returns the first errors with which a state was reported, and whether it ever was.
func (h *Host) Reached(s scrapers.State) ([]error, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	errs, ok := h.states[s]
	return slices.Clone(errs), ok
}

// Part returns the state of a part as it was last reported.
func (h *Host) Part(name string) scrapers.State {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.parts[name]
}

// accepted returns how many deliveries with records were accepted.
func (h *Host) accepted() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.taken
}

// heard returns how many deliveries and reports there were, and of each part.
func (h *Host) heard() (calls int, of map[string]int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.calls, maps.Clone(h.said)
}

func (h *Host) missing(want []string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for _, name := range want {
		if !h.names[name] {
			out = append(out, name)
		}
	}
	return out
}

// repeatable returns the names of the records that there is no reason to deliver again.
func (h *Host) repeatable(live func(string) bool) map[string]bool {
	out := map[string]bool{}
	for _, rec := range h.Records() {
		if rec.Gauge == nil || live == nil || !live(rec.Gauge.List) {
			out[Name(&rec)] = true
		}
	}
	return out
}

// faulty returns what broke the rules since it was last called.
func (h *Host) faulty() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.faults
	h.faults = nil
	return out
}
