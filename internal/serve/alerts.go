package serve

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"

	"github.com/swell-radar/swell/internal/alert"
	"github.com/swell-radar/swell/internal/alert/judge"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch"
)

// desk returns what keeps alerts.
func (s *Server) desk() (*alert.Desk, *api.Problem) {
	if s.opt.Alerts == nil {
		return nil, api.NewProblem(api.ProblemNoAlerts, "this server keeps no alerts: start one with swell serve and a data directory")
	}
	return s.opt.Alerts, nil
}

// alerts answers GET /api/v1/alerts.
func (s *Server) alerts(r *http.Request) (*reply, *api.Problem) {
	p := parse(r, "rule", "severity", "kind", "watch", "state", "from", "to", "limit", "cursor")
	q := alert.Query{
		Rules: p.some("rule", nil), Severities: p.some("severity", []string{api.SeverityNotice, api.SeverityWarning, api.SeverityCrisis}),
		Kinds: p.some("kind", judge.Kinds()), Watches: p.some("watch", nil),
		States: p.some("state", []string{api.AlertOpen, api.AlertAcknowledged, api.AlertSnoozed, api.AlertOver}),
		Limit:  p.integer("limit", defaultLimit, 1, maxLimit),
	}
	for _, name := range append(q.Rules[:len(q.Rules):len(q.Rules)], q.Watches...) {
		if watch.CheckName(name) != nil {
			p.refuse("rule", "or watch is %.80q; use names of rules and watch lists", name)
		}
	}
	from, given := p.time("from")
	if given {
		q.From = unix(from)
	}
	if to, given := p.time("to"); given {
		if q.To = unix(to); from > to {
			p.refuse("from", "(%s) is after to (%s)", rfc3339(from), rfc3339(to))
		}
	}
	hash := alertsHash(&q)
	if text := p.one("cursor"); text != "" {
		q.Before = p.alertCursor(text, hash)
	}
	if p.fault != nil {
		return nil, p.fault
	}
	d, fault := s.desk()
	if fault != nil {
		return nil, fault
	}
	found, next, damaged, err := d.Alerts(q)
	for _, err := range damaged {
		s.opt.Logger.Error("an alert was damaged on the disk and is left out", "err", err)
	}
	if err != nil {
		return nil, s.unkept("alerts", err)
	}
	out := &api.AlertsAnswer{Demo: s.opt.Demo, Alerts: []api.Alert{}}
	if at := d.AsOf(); !at.IsZero() {
		out.AsOf = &at
	}
	out.Alerts = append(out.Alerts, found...)
	if next != "" {
		cursor := base64.RawURLEncoding.EncodeToString(append(binary.LittleEndian.AppendUint64(nil, hash), next...))
		out.Next = &cursor
	}
	return &reply{value: out, rows: out.Alerts}, nil
}

// alertsHash stands for what is asked, apart from how much of it is sent.
func alertsHash(q *alert.Query) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%q %q %q %q %q %d %d", q.Rules, q.Severities, q.Kinds, q.Watches, q.States, q.From.Unix(), q.To.Unix())
	return h.Sum64()
}

// alertCursor returns the ID behind which a cursor goes on.
func (p *params) alertCursor(text string, hash uint64) string {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err == nil && len(b) > 8 {
		if id := string(b[8:]); binary.LittleEndian.Uint64(b) == hash {
			if _, ok := judge.AlertTime(id); ok {
				return id
			}
		} else {
			p.refuse("cursor", "belongs to another query; keep range and filters while paging")
		}
	}
	p.refuse("cursor", "is %.80q, which this server has not given out; take the field next of the page before", text)
	return ""
}

// showAlert answers GET /api/v1/alerts/{id}.
func (s *Server) showAlert(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	d, fault := s.desk()
	if fault != nil {
		return nil, fault
	}
	a, err := d.Alert(r.PathValue("id"))
	if err != nil {
		return nil, s.noAlert(r.PathValue("id"), err)
	}
	return &reply{value: a}, nil
}

// actOnAlert answers POST /api/v1/alerts/{id}.
func (s *Server) actOnAlert(r *http.Request) (*reply, *api.Problem) {
	body, fault := s.given(r)
	if fault != nil {
		return nil, fault
	}
	action := api.AlertAction{}
	if fault := readObject(body, "an object with action", func(b *objectBody) map[string]func(string, int) {
		return map[string]func(string, int){
			"action": func(field string, at int) { action.Action = b.text(field, at) },
			"until":  func(field string, at int) { action.Until = b.time(field, at) },
		}
	}); fault != nil {
		return nil, fault
	}
	d, fault := s.desk()
	if fault != nil {
		return nil, fault
	}
	a, err := d.Act(r.PathValue("id"), action, s.clock())
	if err != nil {
		return nil, s.noAlert(r.PathValue("id"), err)
	}
	return &reply{value: a}, nil
}

// noAlert returns the problem behind an error about one alert.
func (s *Server) noAlert(id string, err error) *api.Problem {
	switch {
	case errors.Is(err, alert.ErrNotFound):
		return api.NewProblem(api.ProblemUnknownAlert, "there is no alert %q; GET %s lists those that are kept", cut(id), api.AlertsPath).At("id")
	case errors.Is(err, alert.ErrOver):
		return api.NewProblem(api.ProblemAlertOver, "the rise that the alert %q tells of is over: nothing more will be told of it", cut(id))
	}
	return s.unkept("the alert", err)
}

// unkept returns the problem behind something that could not be kept or read.
func (s *Server) unkept(what string, err error) *api.Problem {
	var p *api.Problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, alert.ErrInvalid):
		return api.NewProblem(api.ProblemInvalidBody, "%v", err)
	case errors.Is(err, alert.ErrLimit):
		return api.NewProblem(api.ProblemAlertLimit, "%v", err)
	case errors.Is(err, store.ErrReadOnly):
		return api.NewProblem(api.ProblemReadOnly, "this server only reads its data; start one with swell serve to change %s", what)
	case errors.Is(err, store.ErrDiskFull):
		return api.NewProblem(api.ProblemFull, "there is no room to keep %s; free space, then send it again", what)
	case errors.Is(err, store.ErrClosed):
		return busy()
	case errors.Is(err, store.ErrDamaged):
		s.opt.Logger.Error("cannot read "+what, "err", err)
		return api.NewProblem(api.ProblemDamaged, "%s was damaged on the disk or lost; the log of the server has the reason", what)
	}
	s.opt.Logger.Error("cannot read or keep "+what, "err", err)
	return internal()
}

// given returns the body of a request that has no parameters.
func (s *Server) given(r *http.Request) ([]byte, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	leave, fault := s.queue(r)
	if fault != nil {
		return nil, fault
	}
	defer leave()
	return readBody(r)
}
