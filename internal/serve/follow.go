package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/feed"
	"github.com/swell-radar/swell/internal/store"
)

// follower is one who follows the events. It belongs to the goroutine of its request.
type follower struct {
	r       *http.Request
	s       *Server
	q       *streamQuery
	w       http.ResponseWriter
	control *http.ResponseController

	at   feed.ID // all up to it was sent or is not asked for
	told feed.ID // the last place that was sent
}

// follow sends events until the asker leaves or does not read, or all streams end.
func (s *Server) follow(w http.ResponseWriter, r *http.Request, q *streamQuery) {
	u := &follower{s: s, q: q, r: r, w: w, control: http.NewResponseController(w)}
	// The time to read a request would end the connection in the middle of the stream.
	// Where it cannot be lifted there is none.
	_ = u.control.SetReadDeadline(time.Time{})
	beginStream(w.Header())
	w.WriteHeader(http.StatusOK)
	if out, ok := w.(*recorder); ok {
		out.observed()
	}
	err := u.run(r.Context())
	if errors.Is(err, os.ErrDeadlineExceeded) {
		s.streams.slow.Add(1)
	}
	if err != nil && r.Context().Err() == nil {
		s.opt.Logger.Debug("a stream ended", "id", w.Header().Get("X-Request-Id"), "err", err)
	}
}

func (u *follower) run(ctx context.Context) error {
	state := u.s.opt.Feed.Now()
	if err := u.begin(state); err != nil {
		return err
	}
	beat := time.NewTimer(heartbeatEvery)
	defer beat.Stop()
	var look <-chan time.Time // nil: nobody needs a token
	if u.s.opt.Access != nil {
		t := time.NewTicker(lookEvery)
		defer t.Stop()
		look = t.C
	}
	for {
		if !u.s.letIn(u.r) {
			return u.goodbye()
		}
		sent, err := u.catchUp(ctx, state)
		if err != nil {
			return err
		}
		if sent {
			if err := u.flush(); err != nil {
				return err
			}
			beat.Reset(heartbeatEvery)
		}
		if newer := u.s.opt.Feed.Now(); newer != state {
			state = newer
			continue
		}
		select {
		case <-state.Changed():
			state = u.s.opt.Feed.Now()
		case <-look:
		case <-beat.C:
			if err := u.heartbeat(); err != nil {
				return err
			}
			beat.Reset(heartbeatEvery)
		case <-ctx.Done():
			return ctx.Err()
		case <-u.s.streams.ending:
			return u.goodbye()
		}
	}
}

// begin says where the stream begins, and sends the ranking if it is asked for. The last
// of what it sends has the place: who gets only a part of it begins anew.
func (u *follower) begin(state *feed.State) error {
	u.at = state.Last()
	resumed := false
	if u.q.from != nil {
		u.at = *u.q.from
		resumed = u.missing(state) == ""
	}
	if err := u.write(fmt.Appendf(nil, "retry: %d\n\n", againAfter.Milliseconds())); err != nil {
		return err
	}
	if err := u.start(state, resumed); err != nil {
		return err
	}
	switch {
	case u.q.from != nil && !resumed:
		if err := u.reset(state, u.missing(state)); err != nil {
			return err
		}
	case u.q.from == nil && u.q.snapshot:
		if err := u.snapshot(state); err != nil {
			return err
		}
	}
	return u.flush()
}

func (u *follower) start(state *feed.State, resumed bool) error {
	v := state.View()
	asOf, window := cover(v)
	out := &api.StreamStart{
		Demo: u.s.opt.Demo, AsOf: asOf, Window: window, Coverage: u.s.coverage(v, v.From, v.AsOf, false, u.q.platforms...), Seq: v.Seq,
		ID: state.Last().String(), Resumed: resumed,
	}
	if resumed {
		out.ID = u.at.String()
	}
	if resumed || u.q.from == nil && !u.q.snapshot {
		u.told = u.at
		return u.send(api.EventStart, u.at, out)
	}
	return u.send(api.EventStart, feed.ID{}, out)
}

// missing says why the events from the follower's place on cannot be told; empty: they
// can.
func (u *follower) missing(state *feed.State) string {
	last := state.Last()
	switch {
	case u.at.Life != last.Life:
		return "the id is of other events: those of another data directory, or of one that was begun anew"
	case !u.at.Within(last) && state.Settled():
		return "the id is ahead of all events: the state that they were told from was lost"
	case !u.at.Within(last), u.at.Pos >= state.Before().Pos:
		return ""
	case u.s.opt.History == nil:
		return notKept
	case u.at.Pos < u.s.opt.History.DetectionsFrom():
		return notKept
	}
	return ""
}

const notKept = "older events are not kept any more"

// reset says that events are missing, and goes on from the newest one.
func (u *follower) reset(state *feed.State, reason string) error {
	asOf, _ := cover(state.View())
	out := &api.StreamReset{Demo: u.s.opt.Demo, AsOf: asOf, Seq: state.View().Seq, Reason: reason}
	if u.q.snapshot {
		return errors.Join(u.send(api.EventReset, feed.ID{}, out), u.snapshot(state))
	}
	u.at, u.told = state.Last(), state.Last()
	return u.send(api.EventReset, u.at, out)
}

// snapshot sends the ranking as of the place that the stream begins with.
func (u *follower) snapshot(state *feed.State) error {
	k, q := u.s.rankingOf(state.View()), u.q.ranking()
	tag := fmt.Sprintf("snapshot-%d-%016x", k.view.Seq, q.hash())
	body := u.s.rankings.get(tag)
	if body == nil {
		set, fault := u.s.choose(k, q)
		if fault != nil {
			return fault
		}
		m := moment{view: k.view, ranking: k}
		answer, err := u.s.page(m, q, set, 0, u.s.coverage(k.view, k.view.From, k.view.AsOf, false, q.platforms...))
		if err != nil {
			return err
		}
		data, err := newFrame(api.EventSnapshot, state.Last(), json.RawMessage(answer))
		if err != nil {
			return err
		}
		body = newEncoded(data)
		u.s.rankings.put(k.view.Seq, tag, body)
	}
	u.at, u.told = state.Last(), state.Last()
	return u.write(body.plain)
}

// catchUp sends all that the state has behind the follower's place.
func (u *follower) catchUp(ctx context.Context, state *feed.State) (sent bool, err error) {
	for {
		if reason := u.missing(state); reason != "" {
			return true, u.reset(state, reason)
		}
		events, ok := state.Since(u.at)
		if ok || !u.at.Within(state.Last()) {
			more, err := u.tell(events)
			return sent || more, err
		}
		more, err := u.fromLog(ctx, state.Before())
		sent = sent || more
		switch {
		case errors.Is(err, store.ErrNotFound):
			return true, u.reset(state, notKept)
		case errors.Is(err, store.ErrDamaged):
			u.s.opt.Logger.Error("events cannot be told any more", "from", u.at.String(), "err", err)
			return true, u.reset(state, "older events were damaged on the disk")
		case err != nil:
			return sent, err
		}
	}
}

// tell sends those of the events that are asked for.
func (u *follower) tell(events []*feed.Event) (sent bool, err error) {
	for _, e := range events {
		if !e.After(u.at) {
			continue
		}
		if isEnded(u.s.streams.ending) {
			return sent, u.goodbye()
		}
		f := u.s.frameOf(e)
		u.at = u.at.Join(e.ID)
		if f == nil || !u.q.wants(f) {
			continue
		}
		if err := u.write(f.at(u.at)); err != nil {
			return sent, err
		}
		u.s.streams.sent.Add(1)
		u.told, sent = u.at, true
	}
	return sent, nil
}

// logChunk is how many older events are read before others have their turn.
const logChunk = 64

// fromLog sends some events of detections up to a place from the log. The views between
// them are left out: the newest one has taken their place.
func (u *follower) fromLog(ctx context.Context, until feed.ID) (sent bool, err error) {
	select {
	case u.s.streams.log <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	case <-u.s.streams.ending:
		return false, u.goodbye()
	}
	events, err := u.older(until)
	<-u.s.streams.log
	sent, terr := u.tell(events)
	return sent, errors.Join(terr, err)
}

// older reads some events from the log, up to a place.
func (u *follower) older(until feed.ID) (events []*feed.Event, err error) {
	for at := u.at; at.Pos < until.Pos && len(events) < logChunk; {
		e, err := u.s.loggedEvent(at)
		if err != nil {
			return events, err
		}
		events, at = append(events, e), e.ID
	}
	return events, nil
}

// heartbeat shows that the connection is alive. It names the place all the same: who asks
// for few events is not to read all the others again after a break.
func (u *follower) heartbeat() error {
	text := ": heartbeat\n\n"
	if u.at != u.told {
		text = fmt.Sprintf(": heartbeat\nid: %s\n\n", u.at)
		u.told = u.at
	}
	return errors.Join(u.write([]byte(text)), u.flush())
}

// goodbye says that the server ends, and when to come back.
func (u *follower) goodbye() error {
	return errors.Join(u.write(fmt.Appendf(nil, ": the server ends\nretry: %d\n\n", laterAfter.Milliseconds())), u.flush(), errEnded)
}

var errEnded = errors.New("all streams are ended")

func (u *follower) send(name string, at feed.ID, data any) error {
	b, err := newFrame(name, at, data)
	if err != nil {
		return err
	}
	return u.write(b)
}

// write gives each event its own time to be read.
func (u *follower) write(b []byte) error {
	if err := u.extend(); err != nil {
		return err
	}
	_, err := u.w.Write(b)
	return err
}

func (u *follower) flush() error {
	if err := u.extend(); err != nil {
		return err
	}
	return u.control.Flush()
}

func (u *follower) extend() error {
	var by time.Time
	if u.s.opt.Machine != nil {
		by = u.s.opt.Machine().Add(streamPatience)
	}
	if err := u.control.SetWriteDeadline(by); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}
