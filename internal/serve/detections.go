package serve

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strings"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// maxPassed is how many lines of the log one request reads: about a tenth of a second's work.
const maxPassed = 10_000

// detectionQuery says which detections are asked for.
type detectionQuery struct {
	from, to  int64 // half-open, in Unix seconds; to is endOfTime where none is given
	platforms []string
	kinds     []term.Kind
	phases    []string
	watch     *watched
	terms     []comparedTerm // empty: all
	newest    bool           // first
	limit     int
	cursor    string
}

// detections answers GET /api/v1/detections.
func (s *Server) detections(r *http.Request) (*reply, *api.Problem) {
	q, fault := s.readDetectionQuery(parse(r, "from", "to", "platform", "kind", "phase", "watch", "terms", "term", "newest", "limit", "cursor"))
	if fault != nil {
		return nil, fault
	}
	if s.opt.History == nil {
		return nil, api.NewProblem(api.ProblemNotKept, "no detections are kept here")
	}
	out, err := s.findDetections(r, q)
	var p *api.Problem
	switch {
	case errors.As(err, &p):
		return nil, p
	case errors.Is(err, store.ErrClosed), errors.Is(err, store.ErrNotFound), r.Context().Err() != nil:
		return nil, busy() // not found: the log was cut since it was looked at
	case err != nil:
		s.opt.Logger.Error("cannot read detections", "err", err)
		if errors.Is(err, store.ErrDamaged) || errors.Is(err, errLine) {
			return nil, api.NewProblem(api.ProblemDamaged, "a detection was damaged on the disk or lost; the log of the server says which, and from and to can leave it out")
		}
		return nil, internal()
	}
	return &reply{value: out, rows: out.Detections}, nil
}

func (s *Server) readDetectionQuery(p *params) (*detectionQuery, *api.Problem) {
	q := &detectionQuery{
		to: endOfTime, platforms: p.some("platform", nil), kinds: p.kinds(), phases: p.some("phase", detectionPhases()),
		watch: s.readWatch(p), terms: p.terms(), newest: p.choice("newest", "0", "1") == "1",
		limit: p.integer("limit", defaultLimit, 1, maxLimit), cursor: p.one("cursor"),
	}
	q.from, _ = p.time("from")
	if to, given := p.time("to"); given {
		q.to = to
	}
	if p.fault == nil && q.from > q.to {
		p.refuse("from", "(%s) is after to (%s)", rfc3339(q.from), rfc3339(q.to))
	}
	return q, p.fault
}

// hash stands for what is asked, apart from how much of it is sent.
func (q *detectionQuery) hash() uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %d %q %v %q %s %t", q.from, q.to, q.platforms, q.kinds, q.phases, listTag(q.watch), q.newest)
	for _, t := range q.terms {
		fmt.Fprintf(h, " %d %q", t.kind, t.key)
	}
	return h.Sum64()
}

// wants reports whether a detection in the range is asked for. Those of the mentions of watch
// lists must be asked for by name.
func (q *detectionQuery) wants(d *detection) bool {
	return (len(q.platforms) == 0 || slices.Contains(q.platforms, d.Platform)) &&
		(len(q.kinds) == 0 && (d.Kind != term.Watch || len(q.terms) > 0) || slices.Contains(q.kinds, d.Kind)) &&
		(len(q.terms) == 0 || slices.Contains(q.terms, comparedTerm{d.Kind, d.Key})) &&
		(len(q.phases) == 0 || slices.Contains(q.phases, d.Phase)) &&
		(q.watch == nil || q.watch.Has(d.Kind, d.Key, d.Platform))
}

// mayWant reports whether a line of the log may be about one of the terms. Most are not, and to tell by the key as the line
// has it takes a tenth of the time that reading it does.
func (q *detectionQuery) mayWant(line []byte) bool {
	for _, t := range q.terms {
		if strings.ContainsFunc(t.key, escaped) || bytes.Contains(line, []byte(`"`+t.key+`"`)) {
			return true
		}
	}
	return len(q.terms) == 0
}

// escaped reports whether a line may have the character as an escape.
func escaped(r rune) bool {
	return r < ' ' || r == 0x7f || strings.ContainsRune("\"\\<>&\u2028\u2029\uFFFD", r)
}

// findDetections reads the log from the cursor on, or from where the range begins.
func (s *Server) findDetections(r *http.Request, q *detectionQuery) (*api.DetectionsAnswer, error) {
	log := detectionLog{history: s.opt.History, first: s.opt.History.DetectionsFrom()}
	log.end = max(log.first, s.opt.History.DetectionCount())
	view := s.opt.Source.View()
	out := &api.DetectionsAnswer{Demo: s.opt.Demo, AsOf: unixOrNil(view.AsOf), Detections: []api.Detection{}}
	if err := s.tellRange(out, q, &log); err != nil {
		return nil, err
	}
	if out.Range != nil {
		out.Coverage = s.coverage(view, out.Range.From.Unix(), out.Range.To.Unix(), q.to <= view.AsOf, q.platforms...)
	}
	from, to, err := log.within(q.from, q.to)
	if err != nil {
		return nil, err
	}
	if q.cursor != "" {
		if from, to, err = q.resume(&log, from, to); err != nil {
			return nil, err
		}
	}
	for passed := 0; passed < maxPassed && len(out.Detections) < q.limit && from < to; passed++ {
		if err := r.Context().Err(); err != nil {
			if passed == 0 {
				return nil, err
			}
			break // the next request goes on
		}
		at := from
		if q.newest {
			at = to - 1
		}
		d, err := log.readIf(at, q.mayWant)
		if err != nil {
			return nil, err
		}
		if d != nil && q.wants(d) {
			out.Detections = append(out.Detections, d.answer())
		}
		if q.newest {
			to--
		} else {
			from++
		}
	}
	place := from
	if q.newest {
		place = to
	}
	if from < to {
		next := detectionCursor(q.hash(), place)
		out.Next = &next
	}
	return out, nil
}

// tellRange fills in the time that is asked for, as far as something is kept.
func (s *Server) tellRange(out *api.DetectionsAnswer, q *detectionQuery, log *detectionLog) error {
	if log.first == log.end {
		return nil
	}
	oldest, err := log.read(log.first)
	if err != nil {
		return err
	}
	newest, err := log.read(log.end - 1)
	if err != nil {
		return err
	}
	if log.first > 0 {
		out.Kept = unixOrNil(oldest.ts)
	}
	out.Range = &api.Span{From: unix(oldest.ts), To: unix(newest.ts + 1)}
	if q.from > 0 {
		out.Range.From = unix(q.from)
	}
	if q.to < endOfTime {
		out.Range.To = unix(q.to)
	}
	if out.Range.To.Before(out.Range.From) {
		out.Range.To = out.Range.From
	}
	return nil
}

const detectionCursorBytes = 8 + 8

// detectionCursor is a place in the log: the first line that follows, or, where the newest
// come first, the one behind it.
func detectionCursor(query, place uint64) string {
	b := binary.LittleEndian.AppendUint64(nil, query)
	return base64.RawURLEncoding.EncodeToString(binary.LittleEndian.AppendUint64(b, place))
}

// resume moves the lines from ≤ place < to that are left to those behind the cursor.
func (q *detectionQuery) resume(log *detectionLog, from, to uint64) (uint64, uint64, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(q.cursor)
	if err != nil || len(b) != detectionCursorBytes {
		return 0, 0, noCursor(q.cursor)
	}
	query, place := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	switch {
	case query != q.hash():
		return 0, 0, api.NewProblem(api.ProblemInvalidParameter, "cursor belongs to another query; keep range, filters and order while paging, and the watch list as it is").At("cursor")
	case place < log.first && !q.newest:
		return 0, 0, api.NewProblem(api.ProblemStaleCursor, "the detections that the cursor goes on with are not kept any more; ask for the first page again").At("cursor")
	case q.newest:
		return from, max(from, min(to, place)), nil
	}
	return min(to, max(from, place)), to, nil
}
