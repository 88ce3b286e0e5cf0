package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/term"
)

// GaugeKey names one series of readings: a metric of a term on a list.
type GaugeKey struct {
	ID     term.ID
	List   string // list that it is read from; may be empty
	Metric string // "rank", "views", …
}

// Gauge is a series of readings that the store holds.
type Gauge struct {
	GaugeKey
	Unit term.Unit // as last appended
}

// GaugePoint is the last reading of a gauge in one hour.
type GaugePoint struct {
	GaugeKey
	Unit  term.Unit
	Value float64
}

// GaugeValue is a reading in its series.
type GaugeValue struct {
	Hour  int64 // hours since 1970, UTC
	Value float64
}

// gaugeIndex maps gauges to ordinals, as the dictionary does for terms.
type gaugeIndex struct {
	mu   sync.RWMutex
	refs map[GaugeKey]gaugeRef

	next uint32 // the writer's: the next ordinal
}

type gaugeRef struct {
	ord  uint32
	unit term.Unit
}

func (g *gaugeIndex) ref(k GaugeKey) (gaugeRef, bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	ref, ok := g.refs[k]
	return ref, ok
}

const gaugeFormat = 1

func (g Gauge) encode() []byte {
	b := appendString([]byte{gaugeFormat, byte(g.Unit)}, g.List)
	return appendString(b, g.Metric)
}

func decodeGauge(id term.ID, body []byte) (Gauge, error) {
	r := reader{buf: body}
	r.format(gaugeFormat)
	g := Gauge{Unit: term.Unit(r.byte()), GaugeKey: GaugeKey{ID: id, List: r.string(), Metric: r.string()}}
	return g, r.end()
}

// loadGauges reads the index. A gauge whose entry is damaged is left out; it
// gets a new ordinal when it is read again.
func (s *Store) loadGauges() error {
	s.gauges.refs = make(map[GaugeKey]gaugeRef)
	return s.view(func(tx *badger.Txn) error {
		return scan(tx, []byte{tabGauge}, func(key []byte) error {
			if len(key) != dictKeyLen {
				return damaged(key, "key has %d bytes, expected %d", len(key), dictKeyLen)
			}
			ord := tail32(key)
			s.gauges.next = max(s.gauges.next, ord+1)
			body, err := get(tx, key)
			if err != nil {
				return s.tolerate(err)
			}
			g, err := decodeGauge(dictKeyID(key), body)
			if err != nil {
				return s.tolerate(decodeError(key, err))
			}
			s.gauges.refs[g.GaugeKey] = gaugeRef{ord, g.Unit}
			return nil
		})
	})
}

// AppendGauges stores the readings of an hour (hours since 1970, UTC) in place
// of all that was stored for that hour before. A gauge that is new is
// registered, one whose unit changed keeps the new one. A term must be in the
// dictionary. Values are kept bit by bit.
//
// The errors are those of [Store.AppendHour].
func (s *Store) AppendGauges(hour int64, points []GaugePoint) error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	if err := s.appendGauges(hour, points); err != nil {
		return fmt.Errorf("cannot store the gauges of hour %d: %w", hour, err)
	}
	return nil
}

func (s *Store) appendGauges(hour int64, points []GaugePoint) error {
	if err := s.room(); err != nil {
		return err
	}
	if gone, err := s.values.checkTime(hour); gone || err != nil {
		return err
	}
	changed := make(map[GaugeKey]gaugeRef)
	seen := make(map[GaugeKey]struct{}, len(points))
	entries := make([]entry[float64], 0, len(points))
	for _, p := range points {
		if err := s.validGauge(p); err != nil {
			return err
		}
		if _, twice := seen[p.GaugeKey]; twice {
			return invalid("%s is given twice", p.GaugeKey)
		}
		seen[p.GaugeKey] = struct{}{}
		ref, known := s.gauges.ref(p.GaugeKey)
		if !known {
			if s.gauges.next == maxOrdinal {
				return invalid("all of the %d ordinals of gauges are given out", uint32(maxOrdinal))
			}
			ref.ord = s.gauges.next
			s.gauges.next++
		}
		if !known || ref.unit != p.Unit {
			ref.unit = p.Unit
			changed[p.GaugeKey] = ref
		}
		entries = append(entries, entry[float64]{ref.ord, p.Value})
	}
	sortEntries(entries)
	// The registrations are visible only with the hour, or before it after a crash.
	err := s.values.append(uint32(hour), entries, func(b *batch) error {
		for k, ref := range changed {
			if err := b.set(dictKey(tabGauge, k.ID, ref.ord), Gauge{k, ref.unit}.encode()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.gauges.mu.Lock()
	maps.Copy(s.gauges.refs, changed)
	s.gauges.mu.Unlock()
	return nil
}

func (s *Store) validGauge(p GaugePoint) error {
	if _, ok := s.terms.ordinal(p.ID); !ok {
		return fmt.Errorf("%w: %016x; register it first", ErrUnknownTerm, uint64(p.ID))
	}
	if len(p.List) > maxText || len(p.Metric) > maxText {
		return invalid("%s: a name is longer than %d bytes", p.GaugeKey, maxText)
	}
	return nil
}

// String names the gauge in errors.
func (k GaugeKey) String() string {
	return fmt.Sprintf("gauge %.80q of list %.80q of term %016x", k.Metric, k.List, uint64(k.ID))
}

// GaugeSeries returns the readings of a gauge from hour from up to but not
// including hour to, rising. An hour without a reading is left out. The error
// wraps [ErrNotFound] for a gauge that was never read.
func (s *Store) GaugeSeries(k GaugeKey, from, to int64) ([]GaugeValue, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()
	if err := s.checkLostTerm(from, tabGauge, k.ID); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", k, err)
	}
	ref, ok := s.gauges.ref(k)
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, k)
	}
	var values []GaugeValue
	err := s.values.read(ref.ord, rangeOf(from, to), func(hour uint32, v float64) {
		values = append(values, GaugeValue{Hour: int64(hour), Value: v})
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", k, err)
	}
	return values, nil
}

// Gauges returns the gauges of a term, sorted by list and metric. None is no error.
func (s *Store) Gauges(id term.ID) ([]Gauge, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()
	if err := s.checkLostTerm(0, tabGauge, id); err != nil {
		return nil, fmt.Errorf("cannot read the gauges of term %016x: %w", uint64(id), err)
	}
	var gauges []Gauge
	prefix := key64(tabGauge, uint64(id))
	err := s.view(func(tx *badger.Txn) error {
		return scanValues(tx, prefix, prefix, func(key, body []byte) error {
			g, err := decodeGauge(id, body)
			gauges = append(gauges, g)
			return decodeError(key, err)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the gauges of term %016x: %w", uint64(id), err)
	}
	slices.SortFunc(gauges, func(a, b Gauge) int {
		if c := strings.Compare(a.List, b.List); c != 0 {
			return c
		}
		return strings.Compare(a.Metric, b.Metric)
	})
	return gauges, nil
}
