package store

import (
	"github.com/RoaringBitmap/roaring/v2"
	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/term"
)

const presenceFormat = 1

// pruneDictionary deletes what nothing is kept of, if it was first seen before an
// hour.
func (s *Store) pruneDictionary(hour uint32) (gauges, terms int, err error) {
	if hour == 0 {
		return 0, 0, nil
	}
	// Nothing tells any more which terms and gauges these had.
	for _, l := range *s.losses.Load() {
		if l.touchesTable(tabPresence) || l.touchesTable(tabHour) || l.touchesTable(tabDay) || l.touchesTable(tabGauge) {
			return 0, 0, nil
		}
	}
	if gauges, err = s.pruneGauges(); err != nil {
		return gauges, 0, err
	}
	terms, err = s.pruneTerms(int64(hour) * 3600e6)
	return gauges, terms, err
}

// live returns the ordinals that have a value in the history. Of a day that is
// damaged it returns those that some hour had.
func (t *series[V]) live() (*roaring.Bitmap, error) {
	// Where an hour of a rolled day was written again, the day's bitmap may
	// still hold what that hour had before.
	if err := t.rollAgain(); err != nil {
		return nil, err
	}
	live := roaring.New()
	idx := t.index.Load()
	err := t.store.view(func(tx *badger.Txn) error {
		prefix := []byte{tabPresence, byte(t.fam)}
		err := scanValues(tx, prefix, prefix, func(key, body []byte) error {
			r := reader{buf: body}
			r.format(presenceFormat)
			if r.err != nil {
				return decodeError(key, r.err)
			}
			bitmap, err := decodeBitmap(r.buf)
			if err != nil {
				return decodeError(key, err)
			}
			live.Or(bitmap)
			return nil
		})
		if err != nil {
			return err
		}
		for _, hour := range idx.pending {
			head, err := t.readHead(tx, hour)
			if err != nil {
				return err
			}
			for bucket := range roaring.Values(head.buckets) {
				b, err := t.readBlock(tx, hourPage, pageKey(t.fam, hour, bucket, head.gen))
				if err != nil {
					return err
				}
				for slot := range b.slots {
					live.Add(bucket*bucketOrds + slot)
				}
			}
		}
		return nil
	})
	return live, err
}

// pruneGauges deletes the gauges without a reading.
func (s *Store) pruneGauges() (int, error) {
	live, err := s.values.live()
	if err != nil {
		return 0, err
	}
	var dead []GaugeKey
	b := s.batch()
	defer b.cancel()
	for k, ref := range s.gauges.refs {
		if live.Contains(ref.ord) {
			continue
		}
		dead = append(dead, k)
		if err := b.delete(dictKey(tabGauge, k.ID, ref.ord)); err != nil {
			return 0, err
		}
	}
	if err := b.commit(); err != nil {
		return 0, err
	}
	s.gauges.mu.Lock()
	defer s.gauges.mu.Unlock()
	for _, k := range dead {
		delete(s.gauges.refs, k)
	}
	return len(dead), nil
}

// pruneTerms deletes the terms without point and gauge, first seen before µs.
func (s *Store) pruneTerms(before int64) (int, error) {
	live, err := s.counts.live()
	if err != nil {
		return 0, err
	}
	used, err := s.panes.live()
	if err != nil {
		return 0, err
	}
	live.Or(used)
	if err := s.addTracked(live); err != nil {
		return 0, err
	}
	for k := range s.gauges.refs {
		if ord, ok := s.terms.ordinal(k.ID); ok {
			live.Add(ord)
		}
	}
	dead, n := []term.ID(nil), 0
	g := s.groups(func() {
		s.terms.mu.Lock()
		defer s.terms.mu.Unlock()
		for _, id := range dead {
			delete(s.terms.ords, id)
		}
		n, dead = n+len(dead), nil
	})
	defer g.cancel()
	for id, ord := range s.terms.ords {
		if live.Contains(ord) {
			continue
		}
		t, err := s.storedTerm(id, ord)
		if err != nil {
			return n, err
		}
		if t.FirstSeen >= before {
			continue
		}
		if err := g.add(append(reindexed(t.index(), nil), change{key: dictKey(tabTerm, id, ord)})); err != nil {
			return n, err
		}
		dead = append(dead, id) // behind what add has stored
	}
	err = g.commit()
	if n > 0 {
		s.forgetNames()
	}
	return n, err
}
