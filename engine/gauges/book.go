package gauges

import (
	"cmp"
	"slices"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// keepSeconds is how long readings are kept: the window.
const keepSeconds = 72 * 3600

// Reading is one gauge record on its way into the book.
type Reading struct {
	ID       term.ID // of the term on its platform
	At       int64   // Unix seconds
	Platform uint16
	List     string
	Term     term.Term
	Values   []term.Reading
}

// Entry is a term of which there are readings.
type Entry struct {
	ID       term.ID
	Platform uint16
	Term     term.Term
	Series   []Series // by list, then metric
}

// Series are the readings of one metric of one term in one list, oldest first.
type Series struct {
	List     string
	Metric   string
	Unit     term.Unit
	Readings []detect.Reading
}

// Book holds the readings of the last 72 hours. Memory is proportional to them.
type Book struct {
	entries map[term.ID]*Entry
	lists   map[listKey]*list
	refused uint64
}

// A book holds so many terms, lists, and series of one term; readings beyond are
// refused until others have left the window.
const (
	MaxTerms  = 1 << 16
	MaxLists  = 1 << 12
	MaxSeries = 64
)

type listKey struct {
	platform uint16
	name     string
}

// list is what is known of one list as a whole.
type list struct {
	first  int64     // Unix second of the first poll
	polled int64     // pane of the last poll
	size   int       // terms in it
	ids    []term.ID // those read in that pane, ascending
	// spread of growth among the terms of the last poll, by metric
	spread map[string]detect.Spread
}

// NewBook returns an empty book.
func NewBook() *Book {
	return &Book{entries: map[term.ID]*Entry{}, lists: map[listKey]*list{}}
}

// Entry returns what is known of a term, or nil. It is the book's: read only.
func (b *Book) Entry(id term.ID) *Entry { return b.entries[id] }

// Len returns the number of terms with readings.
func (b *Book) Len() int { return len(b.entries) }

// Refused returns how many readings were refused because the book was full.
func (b *Book) Refused() uint64 { return b.refused }

// Close takes in the readings of a pane (in the order they came) and returns the
// evidence of every term of a list that was polled in it, and of the terms in
// open, in the order of their IDs. Panes must increase.
func (b *Book) Close(pane int64, readings []Reading, open []term.ID) []Evidence {
	polled := map[listKey][]term.ID{}
	for i := range readings {
		r := &readings[i]
		if !b.add(r) {
			b.refused++
			continue
		}
		key := listKey{r.Platform, r.List}
		polled[key] = append(polled[key], r.ID)
	}
	touched := slices.Clone(open)
	for key, ids := range polled {
		slices.Sort(ids)
		ids = slices.Compact(ids)
		touched = append(touched, ids...)
		b.poll(key, pane, ids)
	}
	slices.Sort(touched)
	var out []Evidence
	for _, id := range slices.Compact(touched) {
		if e := b.entries[id]; e != nil {
			out = append(out, Evidence{Entry: e, Evidence: b.evaluate(pane, e)})
		}
	}
	return out
}

// Evidence is a term and what its readings show.
type Evidence struct {
	*Entry
	detect.Evidence
}

func (b *Book) add(r *Reading) bool {
	key := listKey{r.Platform, r.List}
	if b.lists[key] == nil {
		if len(b.lists) == MaxLists {
			return false
		}
		b.lists[key] = &list{first: r.At - r.At%detect.PaneSeconds}
	}
	e := b.entries[r.ID]
	if e == nil {
		if len(b.entries) == MaxTerms {
			return false
		}
		e = &Entry{ID: r.ID, Platform: r.Platform}
		b.entries[r.ID] = e
	}
	e.Term = r.Term
	for _, v := range r.Values {
		s := e.series(r.List, v)
		if s == nil {
			return false
		}
		if n := len(s.Readings); n > 0 && s.Readings[n-1].At >= r.At {
			// The same poll delivered twice, or a late one: the newest stands.
			continue
		}
		s.Readings = append(s.Readings, detect.Reading{At: r.At, Value: v.Value})
	}
	return true
}

// series returns the entry's series of a metric, made if there is none; nil if
// there are too many.
func (e *Entry) series(name string, v term.Reading) *Series {
	at, ok := slices.BinarySearchFunc(e.Series, Series{List: name, Metric: v.Name}, func(a, b Series) int {
		return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(a.Metric, b.Metric))
	})
	if !ok {
		if len(e.Series) == MaxSeries {
			return nil
		}
		e.Series = slices.Insert(e.Series, at, Series{List: name, Metric: v.Name, Unit: v.Unit})
	}
	return &e.Series[at]
}

// poll notes a list's size and how its totals grew.
func (b *Book) poll(key listKey, pane int64, ids []term.ID) {
	l := b.lists[key]
	here := ids
	if l.polled == pane-1 {
		// The poll may have begun in the pane before and run over its end: then it
		// reads no term twice.
		both := slices.Concat(l.ids, ids)
		slices.Sort(both)
		if n := len(both); len(slices.Compact(both)) == n {
			ids = both
		}
	}
	l.polled, l.size, l.ids = pane, len(ids), here
	growth := map[string][]float64{}
	for _, id := range ids {
		e := b.entries[id]
		if e == nil {
			continue
		}
		for _, s := range e.Series {
			if s.List != key.name || s.Unit != term.UnitTotal {
				continue
			}
			if g, ok := detect.Growth(s.Readings); ok {
				growth[s.Metric] = append(growth[s.Metric], g)
			}
		}
	}
	l.spread = map[string]detect.Spread{}
	for metric, values := range growth {
		l.spread[metric] = detect.SpreadOf(values)
	}
}

func (b *Book) evaluate(pane int64, e *Entry) detect.Evidence {
	metrics := make([]detect.Gauge, 0, len(e.Series))
	for _, s := range e.Series {
		l := b.lists[listKey{e.Platform, s.List}]
		metrics = append(metrics, detect.Gauge{
			Unit: detect.Unit(s.Unit), Readings: s.Readings, Size: l.size,
			ListAge: float64(detect.PaneStart(pane+1)-l.first) / 3600, Spread: l.spread[s.Metric],
		})
	}
	return detect.EvaluateGauge(pane, metrics)
}

// Forget drops readings older than the window that ends with the pane, and terms
// and lists without any. It costs a pass over the book: once an hour is enough.
func (b *Book) Forget(pane int64) {
	oldest := detect.PaneStart(pane+1) - keepSeconds
	for id, e := range b.entries {
		e.Series = slices.DeleteFunc(e.Series, func(s Series) bool {
			return s.Readings[len(s.Readings)-1].At < oldest
		})
		for i, s := range e.Series {
			first, _ := slices.BinarySearchFunc(s.Readings, oldest, func(r detect.Reading, at int64) int {
				return cmp.Compare(r.At, at)
			})
			// Moved to the front, so that the dropped ones do not stay in memory.
			e.Series[i].Readings = slices.Delete(s.Readings, 0, first)
		}
		if len(e.Series) == 0 {
			delete(b.entries, id)
		}
	}
	for key, l := range b.lists {
		if detect.PaneStart(l.polled+1) < oldest {
			delete(b.lists, key)
		}
	}
}

// HourPoint is the last reading of a metric within an hour.
type HourPoint struct {
	*Entry
	List   string
	Metric string
	Unit   term.Unit
	Value  float64
}

// Hour returns the last reading within the given Unix hour of every series that
// has one, ordered by ID.
func (b *Book) Hour(hour int64) []HourPoint {
	var out []HourPoint
	for _, id := range b.ids() {
		e := b.entries[id]
		for _, s := range e.Series {
			for i := len(s.Readings) - 1; i >= 0; i-- {
				r := s.Readings[i]
				if r.At < hour*3600 {
					break
				}
				if r.At < (hour+1)*3600 {
					out = append(out, HourPoint{Entry: e, List: s.List, Metric: s.Metric, Unit: s.Unit, Value: r.Value})
					break
				}
			}
		}
	}
	return out
}

func (b *Book) ids() []term.ID {
	ids := make([]term.ID, 0, len(b.entries))
	for id := range b.entries {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
