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
	numbers uint32 // of lists, given so far
	full    bool   // no list can make room until time has moved on
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
// evidence of every term of a list that has changed in it, and of the terms in open,
// in the order of their IDs and lists: a poll that shows what the one before showed is
// no news. Lists of the platforms in missing were seen in part: what they show is kept
// and says nothing of what they do not show. Panes must increase.
func (b *Book) Close(pane int64, readings []Reading, open []term.ID, missing []uint16) []Evidence {
	polled := map[listKey]*look{}
	for i := range readings {
		r := &readings[i]
		l, news := b.add(r)
		if l == nil {
			b.refused++
			continue
		}
		key := listKey{r.Platform, r.List}
		p := polled[key]
		if p == nil {
			p = &look{}
			polled[key] = p
		}
		p.take(r, news)
	}
	var touched []place
	for key, p := range polled {
		l := b.lists[key]
		if slices.Contains(missing, key.platform) {
			continue
		}
		if b.close(l, key, pane, p) {
			for _, id := range l.ids {
				touched = append(touched, place{id, key})
			}
		}
	}
	for _, id := range open {
		if e := b.entries[id]; e != nil {
			for _, list := range e.lists() {
				touched = append(touched, place{id, listKey{e.Platform, list}})
			}
		}
	}
	slices.SortFunc(touched, place.compare)
	var out []Evidence
	for _, at := range slices.Compact(touched) {
		if e, l := b.entries[at.id], b.lists[at.list]; e != nil && l != nil {
			out = append(out, Evidence{Entry: e, List: l.number, Evidence: b.evaluate(pane, e, at.list, l)})
		}
	}
	return out
}

// place is a term in a list.
type place struct {
	id   term.ID
	list listKey
}

func (a place) compare(b place) int {
	return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.list.platform, b.list.platform), cmp.Compare(a.list.name, b.list.name))
}

// Evidence is a term and what its readings in a list show.
type Evidence struct {
	*Entry
	List uint32 // number of the list
	detect.Evidence
}

// add takes in a reading. It returns the list that it is of, or nil if there is no room
// for it, and whether it says something else than the one before.
func (b *Book) add(r *Reading) (l *list, news bool) {
	key := listKey{r.Platform, r.List}
	if l = b.lists[key]; l == nil {
		if l = b.newList(key, r.At); l == nil {
			return nil, false
		}
	}
	e := b.entries[r.ID]
	if e == nil {
		if len(b.entries) == MaxTerms {
			return nil, false
		}
		e = &Entry{ID: r.ID, Platform: r.Platform}
		b.entries[r.ID] = e
	}
	e.Term = r.Term
	for _, v := range r.Values {
		s := e.series(r.List, v)
		if s == nil {
			return nil, false
		}
		n := len(s.Readings)
		if n > 0 && s.Readings[n-1].At >= r.At {
			// The same poll delivered twice, or a late one: the newest stands.
			continue
		}
		news = news || n == 0 || s.Readings[n-1].Value != v.Value
		s.Readings = append(s.Readings, detect.Reading{At: r.At, Value: v.Value})
	}
	return l, news
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

func (b *Book) evaluate(pane int64, e *Entry, key listKey, l *list) detect.Evidence {
	metrics := make([]detect.Gauge, 0, len(e.Series))
	for _, s := range e.Series {
		if s.List == key.name {
			metrics = append(metrics, detect.Gauge{Unit: detect.Unit(s.Unit), Readings: s.Readings, Spread: l.spread[s.Metric]})
		}
	}
	l.Age = float64(detect.PaneStart(pane+1)-l.first) / 3600
	return detect.EvaluateGauge(pane, metrics, &l.List)
}

// lists returns the names of the lists that the entry has series of.
func (e *Entry) lists() []string {
	var names []string
	for _, s := range e.Series { // they are in order
		if n := len(names); n == 0 || names[n-1] != s.List {
			names = append(names, s.List)
		}
	}
	return names
}

// Forget drops readings older than the window that ends with the pane, terms without
// any, and lists of which there was no poll for four weeks. It costs a pass over the
// book: once an hour is enough.
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
	b.full = false
	for key, l := range b.lists {
		if l.polled < pane-keepLists {
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
