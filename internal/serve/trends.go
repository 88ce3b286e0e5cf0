package serve

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"

	"github.com/swell-radar/swell/internal/api"
)

// trendParameters are those of GET /api/v1/trends.
func trendParameters() []string {
	return []string{"at", "platform", "kind", "phase", "lang", "region", "q", "prefix", "watch", "min_score", "min_confidence", "confirmed",
		"window", "limit", "sort", "series", "cursor"}
}

// trends answers GET /api/v1/trends.
func (s *Server) trends(r *http.Request) (*reply, *api.Problem) {
	p := parse(r, trendParameters()...)
	q := s.readTrendQuery(p)
	m, offset, fault := s.place(p, q)
	if fault != nil {
		return nil, fault
	}
	k := m.ranking
	if len(q.langs) > 0 || len(q.regions) > 0 {
		if _, fault := s.usedIn(k, q); fault != nil { // there may be no answer to hold
			return nil, fault
		}
	}
	cov := s.coverage(k.view, q.window.start(k.view), k.view.AsOf, m.past, q.platforms...)
	etag := fmt.Sprintf("%s-%d-%016x-%d-%d-%t-%08x", s.tagStart(m), k.view.Seq, q.hash(), offset, q.limit, q.series, sourcesHash(cov))
	if held := heldTag(r, etag); held != "" {
		return &reply{held: held}, nil
	}
	body := s.rankings.get(etag)
	if body == nil {
		set, fault := s.choose(k, q)
		if fault != nil {
			return nil, fault
		}
		text, err := s.page(m, q, set, offset, cov)
		if err != nil {
			s.opt.Logger.Error("cannot encode a ranking", "seq", k.view.Seq, "err", err)
			return nil, internal()
		}
		body = newEncoded(text)
		if k.view == s.opt.Source.View() {
			s.rankings.put(k.view.Seq, etag, body)
		}
	}
	if formOf(r).tabular() {
		// Rows are written out as JSON once for each view: a table is read from there.
		out := &api.TrendsAnswer{}
		if err := json.Unmarshal(body.plain, out); err != nil {
			s.opt.Logger.Error("cannot make a table of a ranking", "seq", k.view.Seq, "err", err)
			return nil, internal()
		}
		return &reply{value: out, rows: out.Trends, etag: etag}, nil
	}
	return &reply{body: body, etag: etag}, nil
}

// place returns the state that is asked for and how many rows stand before the page: those
// of the cursor, if there is one.
func (s *Server) place(p *params, q *trendQuery) (m moment, offset int, fault *api.Problem) {
	at, given := p.time("at")
	text := p.one("cursor")
	if p.fault != nil {
		return m, 0, p.fault
	}
	if text == "" {
		m, fault = s.momentAt(at, given)
		if fault == nil && (len(q.langs) > 0 || len(q.regions) > 0) {
			fault = s.kept(&m)
		}
		return m, 0, fault
	}
	c, fault := parseCursor(text)
	if fault != nil {
		return m, 0, fault
	}
	if c.query != q.hash() {
		return m, 0, api.NewProblem(api.ProblemInvalidParameter, "cursor belongs to another query; keep filters, sort and window while paging, and the watch list as it is").At("cursor")
	}
	if m, fault = s.pinned(c); fault != nil {
		return m, 0, fault
	}
	if given && !newestAt(m.view, at) {
		return m, 0, api.NewProblem(api.ProblemInvalidParameter, "cursor belongs to the ranking of %s and not to that of at (%s); leave at out, the cursor knows it",
			rfc3339(c.asOf), rfc3339(at)).At("cursor")
	}
	m.past = m.past || given
	return m, c.offset, nil
}

// tagStart begins an entity tag. What was published in the past does not change with
// the next start of the server, only with the program that writes it out.
func (s *Server) tagStart(m moment) string {
	if !m.past {
		return s.opt.Nonce
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %x", s.opt.Version, m.ranking.hash)
	return fmt.Sprintf("at-%016x", h.Sum64())
}

// sourcesHash stands for what an answer tells that does not come from its view.
func sourcesHash(cov *api.Coverage) uint32 {
	h := fnv.New32a()
	if cov != nil {
		fmt.Fprint(h, cov.Sources)
	}
	return h.Sum32()
}

// page returns the answer as one line of JSON.
func (s *Server) page(m moment, q *trendQuery, set rowSet, offset int, cov *api.Coverage) ([]byte, error) {
	k := m.ranking
	asOf, window := cover(k.view)
	if window != nil {
		window.From = unix(q.window.start(k.view))
	}
	out := api.TrendsAnswer{
		Demo: s.opt.Demo, AsOf: asOf, Window: window, Coverage: cov, Seq: k.view.Seq, Total: set.count(), Counts: k.facets(set), Trends: []api.Trend{},
	}
	rows := k.page(set, k.ordered(q.sort, q.window), offset, q.limit)
	if offset+len(rows) < out.Total {
		next := (&cursor{view: k.hash, asOf: k.view.AsOf, query: q.hash(), offset: offset + len(rows)}).String()
		out.Next = &next
		s.keepForCursor(k)
	}
	return k.appendAnswer(&out, rows, q, m.past)
}
