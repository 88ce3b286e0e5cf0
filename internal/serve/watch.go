package serve

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch"
)

// listWatches answers GET /api/v1/watches.
func (s *Server) listWatches(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	lists, size := s.watches.all()
	out := &api.WatchesAnswer{
		Demo: s.opt.Demo, Watches: []api.WatchSummary{}, Terms: size.terms, MaxTerms: watch.MaxTerms, Phrases: size.phrases, MaxPhrases: watch.MaxPhrases,
	}
	for _, w := range lists {
		out.Watches = append(out.Watches, api.WatchSummary{
			Name: w.Name, Title: w.Title, Changed: w.Changed, Purpose: w.Purpose, Terms: len(w.Terms), Phrases: len(w.Phrases),
		})
	}
	return &reply{value: out}, nil
}

// showWatch answers GET /api/v1/watches/{name}.
func (s *Server) showWatch(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	w := s.watches.get(r.PathValue("name"))
	if w == nil {
		return nil, noSuchWatch(r.PathValue("name"))
	}
	out := s.watchReply(w, 0)
	if held := heldTag(r, out.etag); held != "" {
		return &reply{held: held}, nil
	}
	return out, nil
}

// addWatch answers POST /api/v1/watches.
func (s *Server) addWatch(r *http.Request) (*reply, *api.Problem) {
	return s.writeWatch(r, "", func(old *watched) *api.Problem {
		if old != nil {
			return api.NewProblem(api.ProblemWatchExists, "there is a watch list %q already; change it with PUT %s/%s", old.Name, api.WatchesPath, old.Name)
		}
		return nil
	})
}

// putWatch answers PUT /api/v1/watches/{name}.
func (s *Server) putWatch(r *http.Request) (*reply, *api.Problem) {
	name := r.PathValue("name")
	if err := watch.CheckName(name); err != nil {
		return nil, api.NewProblem(api.ProblemInvalidParameter, "%v", err).At("name")
	}
	return s.writeWatch(r, name, func(old *watched) *api.Problem { return s.precondition(r, name, old) })
}

// dropWatch answers DELETE /api/v1/watches/{name}.
func (s *Server) dropWatch(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	leave, fault := s.queue(r)
	if fault != nil {
		return nil, fault
	}
	defer leave()
	name := r.PathValue("name")
	fault, err := s.watches.remove(name, func(old *watched) *api.Problem {
		if fault := s.precondition(r, name, old); fault != nil || old != nil {
			return fault
		}
		return noSuchWatch(name)
	})
	if err != nil {
		return nil, s.unwritten(err)
	}
	return &reply{status: http.StatusNoContent}, fault
}

// writeWatch keeps the list that a request brings: of that name, or of the one that it
// says itself.
func (s *Server) writeWatch(r *http.Request, name string, allowed func(old *watched) *api.Problem) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	leave, fault := s.queue(r)
	if fault != nil {
		return nil, fault
	}
	defer leave()
	body, fault := readBody(r)
	if fault != nil {
		return nil, fault
	}
	l, fault := readList(body, name, s.clock())
	if fault != nil {
		return nil, fault
	}
	if l.Name == api.VoiceName {
		return nil, api.NewProblem(api.ProblemInvalidParameter, "name is %q, which stands for the share of voice in paths; use another", l.Name).At("name")
	}
	now, old, fault, err := s.watches.put(l, allowed)
	switch {
	case err != nil:
		return nil, s.unwritten(err)
	case fault != nil:
		return nil, fault
	case old != nil:
		return s.watchReply(now, http.StatusOK), nil
	}
	out := s.watchReply(now, http.StatusCreated)
	out.location = api.WatchesPath + "/" + now.Name
	return out, nil
}

// clock tells the time at which something is changed.
func (s *Server) clock() time.Time {
	if s.opt.Clock == nil {
		return time.Time{}
	}
	return now(s.opt.Clock)
}

// now returns the time of a clock as precisely as it is stored.
func now(clock func() time.Time) time.Time { return clock().UTC().Truncate(time.Microsecond) }

func (s *Server) watchReply(w *watched, status int) *reply {
	out := &api.Watch{
		Demo: s.opt.Demo, Name: w.Name, Title: w.Title, Changed: w.Changed, Purpose: w.Purpose, Terms: make([]api.WatchTerm, 0, len(w.Terms)),
		Phrases: make([]api.WatchPhrase, 0, len(w.Phrases)), Exclude: some(w.Exclude), Languages: some(w.Languages),
	}
	if !w.Since.IsZero() {
		out.Since = &w.Since
	}
	for _, t := range w.Terms {
		out.Terms = append(out.Terms, api.WatchTerm{Kind: t.Kind.String(), Key: t.Key, Term: t.Spelling, Platforms: some(t.Platforms)})
	}
	for _, p := range w.Phrases {
		out.Phrases = append(out.Phrases, api.WatchPhrase{
			Phrase: p.Spelling, Key: p.Key, Exclude: some(p.Exclude), Languages: some(p.Languages), Platforms: some(p.Platforms),
		})
	}
	return &reply{value: out, etag: s.watchTag(w), status: status}
}

// some returns a list that is written as one even if there is nothing in it.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// watchTag is the entity tag of a list. It stays over restarts.
func (s *Server) watchTag(w *watched) string { return fmt.Sprintf("watch-%016x", w.tag) }

// precondition holds a change back that was made to another state of the list than the one
// that is kept (RFC 9110, 13.1.1 and 13.1.2).
func (s *Server) precondition(r *http.Request, name string, old *watched) *api.Problem {
	match, none := r.Header.Values("If-Match"), r.Header.Values("If-None-Match")
	switch {
	case len(match) > 0 && old == nil:
		return api.NewProblem(api.ProblemChanged, "there is no watch list %q any more; leave If-Match out to make it", cut(name))
	case len(match) > 0 && namedTag(match, s.watchTag(old), false) == "":
		return api.NewProblem(api.ProblemChanged, "the watch list %q was changed since; get it, and make the change to what it is now", name)
	case len(none) > 0 && old != nil && namedTag(none, s.watchTag(old), true) != "":
		return api.NewProblem(api.ProblemChanged, "there is such a watch list %q already; leave If-None-Match out to replace it", name)
	}
	return nil
}

// readWatch returns the list that the parameter watch names; nil if there is none.
func (s *Server) readWatch(p *params) *watched {
	name := p.one("watch")
	if name == "" {
		return nil
	}
	w := s.watches.get(name)
	if w == nil && p.fault == nil {
		p.fault = noSuchWatch(name).At("watch")
	}
	return w
}

func noSuchWatch(name string) *api.Problem {
	return api.NewProblem(api.ProblemUnknownWatch, "there is no watch list %q; GET %s lists them", cut(name), api.WatchesPath)
}

// unwritten returns the problem behind a list that could not be kept.
func (s *Server) unwritten(err error) *api.Problem {
	switch {
	case errors.Is(err, store.ErrReadOnly):
		return api.NewProblem(api.ProblemReadOnly, "this server only reads its data; start one with swell serve to keep watch lists")
	case errors.Is(err, store.ErrDiskFull):
		return api.NewProblem(api.ProblemFull, "there is no room to keep the watch list; free space, then send it again")
	case errors.Is(err, store.ErrClosed):
		return busy()
	}
	s.opt.Logger.Error("cannot keep a watch list", "err", err)
	return internal()
}

// watched returns the rows whose term, or a variant of it, is on the list.
func (k *ranking) watched(w *watched) rowSet {
	name := "watch " + listTag(w)
	if set := k.found.get(name); set != nil {
		return set
	}
	starts, set := k.starts(), newRowSet(len(k.rows))
	for m, on := range w.Members() {
		list := starts.keys
		if watch.Grouped(m.Kind) {
			list = starts.groups
		}
		for _, e := range from(list, m.Group) {
			if e.text != m.Group {
				break
			}
			if t := k.rows[e.row]; t.Term.Kind == m.Kind && on(t.Platform) {
				set.add(e.row)
			}
		}
	}
	k.found.put(name, set)
	return set
}
