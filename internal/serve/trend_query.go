package serve

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

const (
	defaultLimit = 50
	maxLimit     = 1000
)

// trendQuery says which trends are asked for, and in which order.
type trendQuery struct {
	platforms     []string // empty: all, as the next
	kinds         []term.Kind
	phases        []detect.Phase
	langs         []string // of posts that the term was used in
	regions       []string
	text          []byte // normalised; part of the key or of the spelling
	prefix        string // normalised; see [ranking.beginning]
	minScore      float64
	minConfidence float64
	confirmed     bool
	watch         *watched // nil: any term

	window span
	sort   int // place in sorts

	limit  int
	series bool
}

func (s *Server) readTrendQuery(p *params) *trendQuery {
	q := &trendQuery{
		platforms: p.some("platform", nil),
		langs:     normal(p.some("lang", nil), engine.LangOf),
		regions:   normal(p.some("region", nil), engine.RegionOf),
		text:      []byte(p.plain("q")),
		prefix:    p.plain("prefix"),
		minScore:  p.number("min_score", math.Inf(-1)),
		confirmed: p.choice("confirmed", "0", "1") == "1",
		watch:     s.readWatch(p),
		window:    span(slices.Index(spanNames[:], p.choice("window", spanNames[:]...))),
		sort:      slices.Index(sortNames(), p.choice("sort", sortNames()...)),
		limit:     p.integer("limit", defaultLimit, 1, maxLimit),
		series:    p.choice("series", "0", "1") == "1",

		minConfidence: p.share("min_confidence"),
	}
	q.kinds, q.phases = p.kinds(), p.phases()
	return q
}

// plain returns a text as keys are written, without a sign: #BookTok finds what BookTok finds.
func (p *params) plain(name string) string {
	text := p.one(name)
	if text == "" {
		return ""
	}
	key := term.KeyOf(term.Mention, term.KeyOf(term.Hashtag, text))
	if key == "" {
		p.refuse(name, "is %.80q, in which there is nothing to look for; use letters or digits", text)
	}
	return key
}

// kinds returns the kinds of the parameter of that name.
func (p *params) kinds() (kinds []term.Kind) {
	for _, name := range p.some("kind", kindNames()) {
		if kind, err := term.ParseKind(name); err == nil { // else refused
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// phases returns the phases of the parameter of that name.
func (p *params) phases() (phases []detect.Phase) {
	for _, name := range p.some("phase", phaseNames()) {
		for _, phase := range openPhases() {
			if phase.String() == name {
				phases = append(phases, phase)
			}
		}
	}
	return phases
}

func kindNames() []string { return namesOf(term.Kinds()) }

// postKindNames are those of what stands in posts.
func postKindNames() []string { return namesOf(term.PostKinds()) }

func namesOf(kinds []term.Kind) (names []string) {
	for _, k := range kinds {
		names = append(names, k.String())
	}
	return names
}

// openPhases lists the phases of an open trend in the order of its life; the last one is
// that of a trend which is held back.
func openPhases() []detect.Phase {
	var phases []detect.Phase
	for p := detect.Emerging; p < detect.Over; p++ {
		phases = append(phases, p)
	}
	return append(phases, detect.Unconfirmed)
}

func phaseNames() (names []string) {
	for _, p := range openPhases() {
		names = append(names, p.String())
	}
	return names
}

// hash stands for what is asked, apart from how much of it is sent.
func (q *trendQuery) hash() uint64 {
	h := sha256.New() // the answers to a query are kept under it: nobody shall be able to make two that share one
	fmt.Fprintf(h, "%q %q %q %v %v %q %q %g %g %t %s %d %d", q.langs, q.regions, q.platforms, q.kinds, q.phases,
		q.text, q.prefix, q.minScore, q.minConfidence, q.confirmed, listTag(q.watch), q.window, q.sort)
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// choose returns the rows of the ranking that are asked for. Those held as unconfirmed, and the
// mentions of watch lists, must be asked for by name.
func (s *Server) choose(k *ranking, q *trendQuery) (rowSet, *api.Problem) {
	p := k.sets()
	set := firstRows(k.shown, len(k.rows))
	if slices.Contains(q.phases, detect.Unconfirmed) {
		set = firstRows(len(k.rows), len(k.rows))
	}
	keepAmong(set, p.platforms, q.platforms)
	keepAmong(set, p.kinds, q.kinds)
	if len(q.kinds) == 0 {
		set.leave(p.kinds[term.Watch])
	}
	keepAmong(set, p.phases, q.phases)
	if q.confirmed {
		set.keep(p.confirmed)
	}
	if q.minScore > math.Inf(-1) || q.minConfidence > 0 {
		k.drop(set, func(t *engine.Trend) bool { return t.Score < q.minScore || t.Confidence < q.minConfidence })
	}
	if len(q.text) > 0 {
		set.keep(k.having(q.text))
	}
	if q.prefix != "" {
		set.keep(k.beginning(q.prefix))
	}
	if q.watch != nil {
		set.keep(k.watched(q.watch))
	}
	if len(q.langs) > 0 || len(q.regions) > 0 {
		used, fault := s.usedIn(k, q)
		if fault != nil {
			return nil, fault
		}
		set.keep(used)
	}
	return set, nil
}

// keepAmong leaves what is in one of the sets of the given names; all if there are none.
func keepAmong[K comparable](set rowSet, sets map[K]rowSet, names []K) {
	if len(names) == 0 {
		return
	}
	some := make(rowSet, len(set))
	for _, name := range names {
		if rows := sets[name]; rows != nil {
			some.join(rows)
		}
	}
	set.keep(some)
}

// drop takes the rows out of the set that are not wanted.
func (k *ranking) drop(set rowSet, unwanted func(*engine.Trend) bool) {
	for i, t := range k.rows {
		if unwanted(t) {
			set[i/64] &^= 1 << (i % 64)
		}
	}
}

// page returns the rows of the set that stand in the order behind as many others of it as
// skip says: at most limit.
func (k *ranking) page(set rowSet, order []int32, skip, limit int) []int32 {
	rows := make([]int32, 0, min(limit, len(order)))
	for _, row := range order {
		switch {
		case !set.has(row):
		case skip > 0:
			skip--
		case len(rows) == limit:
			return rows
		default:
			rows = append(rows, row)
		}
	}
	return rows
}
