package serve

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/syndicate"
)

// cancelled is for how long after its end a trend is in the calendar as cancelled: calendars that are off for a
// weekend get to know.
const cancelled = 48 * time.Hour

// atom answers GET /feeds/trends.atom.
func (s *Server) atom(r *http.Request) (*reply, *api.Problem) {
	q, fault := s.readRaisedQuery(r)
	if fault != nil {
		return nil, fault
	}
	rises, changed, fault := s.raisedFor(r, q, syndicate.MaxEntries, func(*raised) bool { return true })
	if fault != nil {
		return nil, fault
	}
	updated := changed
	if updated.IsZero() {
		updated = time.Unix(0, 0) // a feed has to have a date, also if nothing was ever raised
	}
	text, err := syndicate.Atom(s.site(r, api.AtomPath, q), updated, rises)
	if err != nil {
		s.opt.Logger.Error("cannot write the feed", "err", err)
		return nil, internal()
	}
	return s.unlessHeld(r, &reply{text: string(text), kind: syndicate.AtomType, modified: changed, about: s.aboutNow(q)}), nil
}

// calendar answers GET /calendar/trends.ics.
func (s *Server) calendar(r *http.Request) (*reply, *api.Problem) {
	q, fault := s.readRaisedQuery(r)
	if fault != nil {
		return nil, fault
	}
	v, about := s.opt.Source.View(), s.aboutNow(q)
	now := unix(v.AsOf)
	rises, _, fault := s.raisedFor(r, q, syndicate.MaxEvents, func(t *raised) bool { return !t.Over() || now.Sub(t.Last.TS) < cancelled })
	if fault != nil {
		return nil, fault
	}
	notes, fault := s.notes(r.Context(), v, rises)
	if fault != nil {
		return nil, fault
	}
	text := syndicate.Calendar(s.site(r, api.ICalPath, q), rises, notes)
	// Events leave without a change, so that there is no time since when nothing has.
	return s.unlessHeld(r, &reply{text: string(text), kind: syndicate.CalendarType, about: about}), nil
}

// aboutNow tells how far the posts were counted, and how much was seen of the window: that nothing is raised may
// be for want of posts.
func (s *Server) aboutNow(q *raisedQuery) about {
	v := s.opt.Source.View()
	return aboutOf(&struct {
		AsOf     *time.Time
		Coverage *api.Coverage
	}{unixOrNil(v.AsOf), s.coverage(v, v.From, v.AsOf, false, q.platforms...)})
}

// raisedFor reads the trends that a request asks for from the log.
func (s *Server) raisedFor(r *http.Request, q *raisedQuery, limit int, also func(*raised) bool) ([]syndicate.Rise, time.Time, *api.Problem) {
	if s.opt.History == nil {
		return nil, time.Time{}, api.NewProblem(api.ProblemNotKept, "no detections are kept here, and so none of the trends that were raised")
	}
	s.raises.mu.Lock()
	defer s.raises.mu.Unlock()
	log := detectionLog{history: s.opt.History, first: s.opt.History.DetectionsFrom()}
	log.end = max(log.first, s.opt.History.DetectionCount())
	err := s.raises.follow(r.Context(), &log)
	switch {
	case err == nil:
		rises, changed := s.raises.pick(q, limit, also)
		return rises, changed, nil
	case errors.Is(err, store.ErrClosed), errors.Is(err, store.ErrNotFound), r.Context().Err() != nil:
		return nil, time.Time{}, busy() // not found: the log was cut since it was looked at
	case errors.Is(err, store.ErrDamaged), errors.Is(err, errLine):
		s.opt.Logger.Error("cannot read detections", "err", err)
		return nil, time.Time{}, api.NewProblem(api.ProblemDamaged, "a detection was damaged on the disk or lost; the log of the server says which")
	}
	s.opt.Logger.Error("cannot read detections", "err", err)
	return nil, time.Time{}, internal()
}

// site says where what is answered comes from. Links do not begin with what a proxy may say in headers, nor
// hold the token that they were asked for with.
func (s *Server) site(r *http.Request, path string, q *raisedQuery) *syndicate.Site {
	return &syndicate.Site{Base: s.base(r), Path: path, Query: q.asked, Demo: s.opt.Demo}
}

// base returns the address of the endpoint: the one that people know, or the one that it was asked under, whose
// name is known to be the server's.
func (s *Server) base(r *http.Request) string {
	if s.opt.PublicURL != "" {
		return s.opt.PublicURL
	}
	u := url.URL{Scheme: "http", Host: r.Host}
	if s.opt.TLS {
		u.Scheme = "https"
	}
	if host, port, err := net.SplitHostPort(r.Host); err == nil {
		u.Host = net.JoinHostPort(host, port)
		if _, err := strconv.ParseUint(port, 10, 16); err != nil { // of a port nothing was looked at: it may be @another.example
			u.Host = strings.TrimSuffix(net.JoinHostPort(host, ""), ":")
		}
	}
	return u.String()
}

// unlessHeld gives the answer its entity tag, which is that of its bytes, or says that the asker has it already
// (RFC 9110, 13.2.2).
func (s *Server) unlessHeld(r *http.Request, out *reply) *reply {
	out.etag = contentTag([]byte(out.text))
	if s.opt.Clock != nil && out.modified.After(s.opt.Clock()) {
		out.modified = time.Time{} // an answer cannot be from later than it is sent
	}
	if none := r.Header.Values("If-None-Match"); len(none) > 0 {
		if held := namedTag(none, out.etag, true); held != "" {
			return &reply{held: held, modified: out.modified, about: out.about}
		}
		return out
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	if err == nil && !out.modified.IsZero() && !out.modified.Truncate(time.Second).After(since) {
		return &reply{held: `"` + out.etag + `"`, modified: out.modified, about: out.about}
	}
	return out
}
