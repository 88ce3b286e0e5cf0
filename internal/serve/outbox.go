package serve

import (
	"errors"
	"net/http"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/outbox"
	"github.com/swell-radar/swell/internal/store"
)

// listOutbox answers GET /api/v1/outbox.
func (s *Server) listOutbox(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	out := &api.OutboxAnswer{Demo: s.opt.Demo, Sinks: []api.SinkStatus{}, Messages: []api.OutboxMessage{}}
	if s.opt.Outbox != nil {
		out.Sinks, out.Messages = s.opt.Outbox.State(), s.opt.Outbox.Messages()
	}
	return &reply{value: out}, nil
}

// retryMessage answers POST /api/v1/outbox/{id}/retry.
func (s *Server) retryMessage(r *http.Request) (*reply, *api.Problem) {
	return s.changeOutbox(r, func(o Outbox, id string) error { return o.Retry(id) })
}

// dropMessage answers DELETE /api/v1/outbox/{id}.
func (s *Server) dropMessage(r *http.Request) (*reply, *api.Problem) {
	return s.changeOutbox(r, func(o Outbox, id string) error { return o.Drop(id) })
}

// changeOutbox does something with the message that the path names.
func (s *Server) changeOutbox(r *http.Request, do func(o Outbox, id string) error) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	if s.opt.Outbox == nil {
		return nil, noOutbox()
	}
	id := r.PathValue("id")
	if err := do(s.opt.Outbox, id); err != nil {
		return nil, s.unsent(err, id)
	}
	return &reply{status: http.StatusNoContent}, nil
}

// retrySink answers POST /api/v1/outbox/retry.
func (s *Server) retrySink(r *http.Request) (*reply, *api.Problem) {
	p := parse(r, "sink")
	name := p.one("sink")
	if name == "" {
		p.refuse("sink", "is missing; name one, as GET %s lists them", api.OutboxPath)
	}
	switch {
	case p.fault != nil:
		return nil, p.fault
	case s.opt.Outbox == nil:
		return nil, noOutbox()
	}
	n, err := s.opt.Outbox.RetrySink(name)
	if err != nil {
		return nil, s.unsent(err, name)
	}
	return &reply{value: &api.OutboxRetried{Demo: s.opt.Demo, Sink: name, Messages: n}, status: http.StatusAccepted}, nil
}

// sendDigest answers POST /api/v1/digests/{date}/send.
func (s *Server) sendDigest(r *http.Request) (*reply, *api.Problem) {
	p := parse(r, "digest")
	name := p.one("digest")
	if name == "" {
		p.refuse("digest", "is missing; name a digest of the configuration")
	}
	switch {
	case p.fault != nil:
		return nil, p.fault
	case s.opt.SendDigest == nil:
		return nil, noOutbox()
	}
	messages, err := s.opt.SendDigest(r.Context(), name, r.PathValue("date"))
	var problem *api.Problem
	switch {
	case errors.As(err, &problem):
		return nil, problem
	case errors.Is(err, ErrNoDigest):
		return nil, api.NewProblem(api.ProblemInvalidParameter, "digest is %.80q: %v", name, err).At("digest")
	case errors.Is(err, ErrDigestWaits):
		return nil, api.NewProblem(api.ProblemDigestWaits, "%v; GET %s lists what waits, and DELETE forgets it", err, api.OutboxPath)
	case err != nil:
		return nil, s.unsent(err, name)
	}
	return &reply{value: &api.DigestSent{Demo: s.opt.Demo, Digest: name, Messages: messages}, status: http.StatusAccepted}, nil
}

func noOutbox() *api.Problem {
	return api.NewProblem(api.ProblemNoOutbox, "this server sends nothing; start one with swell serve")
}

// unsent returns the problem behind something that was not done with the outbox.
func (s *Server) unsent(err error, name string) *api.Problem {
	switch {
	case errors.Is(err, outbox.ErrNotFound):
		return api.NewProblem(api.ProblemUnknownMessage, "no message %q waits or was given up; GET %s lists them", cut(name), api.OutboxPath)
	case errors.Is(err, outbox.ErrNoSink):
		return api.NewProblem(api.ProblemInvalidParameter, "sink is %q, and there is none of that name; GET %s lists them", cut(name), api.OutboxPath).At("sink")
	case errors.Is(err, outbox.ErrOver):
		return api.NewProblem(api.ProblemAlertOver, "the sink was told that the rise of %q is over, so it is not tried again; DELETE %s/%s forgets it", cut(name), api.OutboxPath, cut(name))
	case errors.Is(err, outbox.ErrSending):
		return busy()
	case errors.Is(err, store.ErrReadOnly):
		return noOutbox()
	case errors.Is(err, store.ErrDiskFull):
		return api.NewProblem(api.ProblemFull, "there is no room to keep the change; free space, then ask again")
	case errors.Is(err, store.ErrClosed):
		return busy()
	}
	s.opt.Logger.Error("cannot change the outbox", "err", err)
	return internal()
}
