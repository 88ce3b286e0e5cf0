package serve

import (
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/feed"
	"github.com/swell-radar/swell/term"
)

const (
	// heartbeatEvery is how often something is sent where nothing happens: proxies close
	// silent connections, and who left is found out by it.
	heartbeatEvery = 15 * time.Second
	// lookEvery is how often the token of a stream is looked at again: it may be revoked.
	lookEvery = time.Second
	// streamPatience is how long somebody who follows may take to read an event.
	streamPatience = 10 * time.Second
	// againAfter and laterAfter are when to come back after a connection broke, and
	// after the server said that it ends.
	againAfter = 3 * time.Second
	laterAfter = 10 * time.Second
)

// streamQuery says which events are asked for, and from where on.
type streamQuery struct {
	platforms, kinds, phases []string // of trends; empty: all, but for phases those held back
	watch                    *watched // nil: any term
	trends, views            bool
	snapshot                 bool
	from                     *feed.ID // nil: from now on
}

const headerLastEvent = "Last-Event-ID"

func (s *Server) readStreamQuery(r *http.Request) (*streamQuery, *api.Problem) {
	p := parse(r, "platform", "kind", "phase", "watch", "events", "snapshot", "last_event_id")
	events := p.some("events", []string{api.EventTrend, api.EventView})
	q := &streamQuery{
		platforms: p.some("platform", nil),
		kinds:     p.some("kind", kindNames()),
		phases:    p.some("phase", append(phaseNames(), detect.Over.String())),
		watch:     s.readWatch(p),
		trends:    len(events) == 0 || slices.Contains(events, api.EventTrend),
		views:     len(events) == 0 || slices.Contains(events, api.EventView),
		snapshot:  p.choice("snapshot", "0", "1") == "1",
	}
	last := p.one("last_event_id")
	if p.fault != nil {
		return nil, p.fault
	}
	// Who reconnects asks with the same parameters, and says in the header where it is.
	name, place := "last_event_id", last
	if header := r.Header.Get(headerLastEvent); header != "" {
		name, place = headerLastEvent, header
	}
	if place == "" {
		return q, nil
	}
	id, err := feed.ParseID(place)
	switch {
	case err == nil:
		q.from = &id
		return q, nil
	case name == headerLastEvent:
		return nil, api.NewProblem(api.ProblemInvalidHeader, "%s is %.80q; give the id of an event as it was sent, or leave it out", name, place)
	}
	p.refuse(name, "is %.80q; give the id of an event as it was sent, or leave it out", place)
	return nil, p.fault
}

// wants reports whether an event is asked for. Trends held as unconfirmed, and the mentions of
// watch lists, must be asked for by name.
func (q *streamQuery) wants(f *frame) bool {
	d := f.detection
	if d == nil {
		return q.views
	}
	among := func(names []string, name string) bool { return len(names) == 0 || slices.Contains(names, name) }
	if len(q.phases) == 0 && d.Phase == detect.Unconfirmed.String() || len(q.kinds) == 0 && d.Kind == term.Watch.String() {
		return false
	}
	return q.trends && (q.watch == nil || f.watched(q.watch)) && among(q.platforms, d.Platform) && among(q.kinds, d.Kind) && among(q.phases, d.Phase)
}

// ranking is the query of the ranking that a stream begins with.
func (q *streamQuery) ranking() *trendQuery {
	out := &trendQuery{platforms: q.platforms, minScore: math.Inf(-1), limit: maxLimit, watch: q.watch}
	for _, kind := range term.Kinds() {
		if slices.Contains(q.kinds, kind.String()) {
			out.kinds = append(out.kinds, kind)
		}
	}
	for _, phase := range openPhases() {
		if slices.Contains(q.phases, phase.String()) {
			out.phases = append(out.phases, phase)
		}
	}
	return out
}

// stream answers GET /api/v1/stream.
func (s *Server) stream(r *http.Request) (*reply, *api.Problem) {
	q, fault := s.readStreamQuery(r)
	switch {
	case fault != nil:
		return nil, fault
	case s.opt.Feed == nil:
		return nil, api.NewProblem(api.ProblemNotKept, "nothing is counted here, so that nothing happens that could be followed; ask a server that takes records in")
	case r.Method == http.MethodHead:
		return &reply{raw: func(w http.ResponseWriter, _ *http.Request) { beginStream(w.Header()) }}, nil
	case isEnded(s.streams.ending):
		return nil, busy()
	}
	select {
	case s.streams.seats <- struct{}{}:
	default:
		s.streams.refused.Add(1)
		return nil, api.NewProblem(api.ProblemTooManyStreams, "%d follow already, and no more may; come back later", cap(s.streams.seats))
	}
	return &reply{raw: func(w http.ResponseWriter, r *http.Request) {
		defer func() { <-s.streams.seats }()
		s.follow(w, r, q)
	}}, nil
}

func isEnded(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// beginStream sets the headers of a stream. Proxies may neither compress nor gather it:
// an event would come when others do.
func beginStream(h http.Header) {
	h.Set("Content-Type", api.TypeEvents)
	h.Set("Cache-Control", "no-cache, no-transform")
	h.Set("X-Accel-Buffering", "no")
}
