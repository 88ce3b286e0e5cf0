package app

import (
	"sync/atomic"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/obs"
	"github.com/swell-radar/swell/internal/outbox"
	"github.com/swell-radar/swell/internal/serve"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/scrapers"
)

// meter gathers what metrics tell. Any goroutine may ask it.
type meter struct {
	*obs.Metrics
	engine   *engine.Engine
	store    *store.Store
	lateness time.Duration // how late records may come
	loading  func() api.Progress
	intake   serve.Intake             // nil: no records are taken
	sources  func() []scrapers.Health // nil: there are none
	outbox   *outbox.Outbox           // nil: there is none

	endpoint atomic.Pointer[serve.Server] // nil until it answers
}

// begin makes the metrics.
func (m *meter) begin(version string, now func() time.Time) (err error) {
	m.Metrics, err = obs.New(obs.Options{Version: version, View: m.engine.View, State: m.state, Now: now})
	return err
}

func (m *meter) state() obs.State {
	s := obs.State{
		Ready: m.loading().Ready, Lateness: m.lateness, Pressure: serve.Pressure(m.engine.View()),
		StoreBytes: m.store.Size(), FloorBytes: m.store.Floor(), FreeBytes: -1,
	}
	if free, ok := m.store.Free(); ok {
		s.FreeBytes = free
	}
	if m.intake != nil {
		waiting := m.intake.State()
		s.Intake = &waiting
	}
	if m.sources != nil {
		s.Sources = m.sources()
	}
	if m.outbox != nil {
		s.Sinks = m.outbox.State()
	}
	if h := m.endpoint.Load(); h != nil {
		st := h.Streams()
		s.InFlight, s.Rejected = h.InFlight(), h.Rejected()
		s.Streams = obs.Streams{Clients: st.Clients, Sent: st.Sent, Slow: st.Slow, Refused: st.Refused}
	}
	return s
}
