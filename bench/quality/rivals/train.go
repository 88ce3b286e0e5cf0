package rivals

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// ErrTrain is wrapped by the errors of [Train].
var ErrTrain = errors.New("rivals: cannot train")

// references is how many of each kind a library holds at most.
const references = 100

// Until the fourth hour after the onset a trend's series may be learned from.
const (
	earliestEnd = detect.PanesPerHour
	latestEnd   = 4 * detect.PanesPerHour
)

// lambdas are the scales that [Train] chooses from.
var lambdas = [...]float64{0.1, 0.3, 1, 3, 10, 30}

// Train makes a library from what happened in the trace before the pane until:
// of trends, the four hours that end between one and four hours after the onset
// and not after the peak; of other terms, at most as many stretches of the same
// length, drawn by seed from all those with enough posts outside of any trend.
// Lambda is what orders the references best, each judged by the rest. An error
// wraps [ErrTrain]: the truth and the panes before until hold no such trend, or
// nothing else.
func Train(t *trace.Trace, set truth.Set, until int64, seed uint64) (*Library, error) {
	c := newClassroom(t, set, until, seed)
	for i, cells := range t.Panes {
		pane := t.First + int64(i)
		if pane >= until {
			break
		}
		c.step(pane, cells)
	}
	if len(c.lib.trends) == 0 || len(c.lib.others) == 0 {
		return nil, fmt.Errorf("%w: %q has %d usable trends and %d other series before pane %d; it takes some of both: train on a longer trace with trends",
			ErrTrain, t.Name, len(c.lib.trends), len(c.lib.others), until)
	}
	c.lib.thin(c.random)
	c.lib.choose()
	return &c.lib, nil
}

// classroom walks over a trace and collects references.
type classroom struct {
	lib    Library
	random *rand.Rand
	terms  []recent
	shown  []bool              // by term: in the truth as a trend
	trends map[uint32][]lesson // of it
	due    map[int64][]lesson
	drawn  int // candidates for others so far
}

// lesson is a trend to learn from: the panes in which it is no other, and those
// in which its last window may end.
type lesson struct {
	term                  uint32
	from, to, first, last int64
}

func newClassroom(t *trace.Trace, set truth.Set, until int64, seed uint64) *classroom {
	c := &classroom{
		random: rand.New(rand.NewPCG(seed, references)), terms: make([]recent, len(t.Terms)), shown: make([]bool, len(t.Terms)),
		trends: map[uint32][]lesson{}, due: map[int64][]lesson{},
	}
	index := newIndex(t)
	for i := range set.Rows {
		row := &set.Rows[i]
		if row.Type != truth.Trend {
			continue
		}
		for _, id := range index.terms(row) {
			l := newLesson(id, row)
			c.shown[id] = true
			c.trends[id] = append(c.trends[id], l)
			if l.last < until {
				c.due[l.last] = append(c.due[l.last], l)
			}
		}
	}
	return c
}

func newLesson(id uint32, row *truth.Row) lesson {
	end := row.End
	if end == 0 {
		end = row.Onset + 72*3600
	}
	onset := floorDiv(row.Onset, detect.PaneSeconds)
	last := onset + latestEnd
	if row.Peak > 0 {
		last = min(last, floorDiv(row.Peak, detect.PaneSeconds))
	}
	return lesson{
		term: id, first: onset + earliestEnd, last: last,
		from: onset - detect.PanesPerHour, to: floorDiv(end, detect.PaneSeconds) + detect.PanesPerDay,
	}
}

func (c *classroom) step(pane int64, cells []trace.Cell) {
	for i := range cells {
		id := cells[i].Term
		c.terms[id].add(pane, cells[i].Posts)
		if c.terms[id].judged(pane) && !c.trending(id, pane) {
			c.draw(id, pane)
		}
	}
	for _, l := range c.due[pane] {
		r := c.terms[l.term]
		windows := 0
		for windows < stretch && pane-int64(windows*stretchStep) >= l.first && r.judged(pane-int64(windows*stretchStep)) {
			windows++
		}
		if windows > 0 {
			c.lib.trends = append(c.lib.trends, r.reference(pane, windows))
		}
	}
}

func (c *classroom) trending(id uint32, pane int64) bool {
	return c.shown[id] && slices.ContainsFunc(c.trends[id], func(l lesson) bool { return pane >= l.from && pane <= l.to })
}

// draw keeps each candidate with the same probability (reservoir sampling,
// Vitter 1985, algorithm R).
func (c *classroom) draw(id uint32, pane int64) {
	c.drawn++
	at := len(c.lib.others)
	if at == references {
		if at = c.random.IntN(c.drawn); at >= references {
			return
		}
	} else {
		c.lib.others = append(c.lib.others, nil)
	}
	c.lib.others[at] = c.terms[id].reference(pane, stretch)
}

// thin leaves a random choice, of both as many: the vote counts heads.
func (l *Library) thin(random *rand.Rand) {
	n := min(references, len(l.trends), len(l.others))
	l.trends, l.others = sample(random, l.trends, n), sample(random, l.others, n)
}

func sample(random *rand.Rand, refs []reference, n int) []reference {
	random.Shuffle(len(refs), func(i, j int) { refs[i], refs[j] = refs[j], refs[i] })
	return slices.Clip(refs[:n])
}

// choose sets lambda.
func (l *Library) choose() {
	best, chosen := -1.0, 0.0
	for _, l.lambda = range lambdas {
		if area := l.leaveOneOut(); area > best {
			best, chosen = area, l.lambda
		}
	}
	l.lambda = chosen
}

// leaveOneOut returns the area under the curve of true against false positives
// when every reference's windows are judged by the other references.
func (l *Library) leaveOneOut() float64 {
	votes := append(l.votes(l.trends, true), l.votes(l.others, false)...)
	slices.SortStableFunc(votes, func(a, b vote) int { return cmp.Compare(a.log, b.log) })
	var pairs, below, others float64
	for _, v := range votes {
		if v.trend {
			below += others
			pairs++
		} else {
			others++
		}
	}
	return below / max(1, pairs*others)
}

type vote struct {
	log   float64
	trend bool
}

func (l *Library) votes(refs []reference, trend bool) []vote {
	var out []vote
	for i, ref := range refs {
		for _, w := range ref {
			// Its own reference is left out.
			rest := slices.Concat(refs[:i], refs[i+1:])
			trends, others := rest, l.others
			if !trend {
				trends, others = l.trends, rest
			}
			if len(rest) == 0 {
				continue
			}
			a, b := l.distances(nil, trends, w), l.distances(nil, others, w)
			out = append(out, vote{LogVote(l.lambda, a, b), trend})
		}
	}
	return out
}

// index finds a truth's terms in a trace.
type index struct {
	trace *trace.Trace
	ids   map[indexKey][]uint32
}

type indexKey struct {
	kind term.Kind
	key  string
}

func newIndex(t *trace.Trace) index {
	x := index{trace: t, ids: map[indexKey][]uint32{}}
	for i := range t.Terms {
		k := indexKey{t.Terms[i].Kind, t.Terms[i].Key}
		x.ids[k] = append(x.ids[k], uint32(i))
	}
	return x
}

// terms returns the row's terms: on its platform, or on all if it names none.
func (x index) terms(row *truth.Row) []uint32 {
	var out []uint32
	for _, id := range x.ids[indexKey{row.Kind, row.Key}] {
		if row.Platform == "" || x.trace.Platforms[x.trace.Terms[id].Platform] == row.Platform {
			out = append(out, id)
		}
	}
	return out
}
