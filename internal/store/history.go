package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/dgraph-io/badger/v4"
)

// series is the history of one family: a value of type V for each ordinal and
// hour. Hours are numbered since 1970 and gathered into days of 24. What is said of
// hours and days here holds of panes and of 24 panes in the family of those.
//
// An hour is first stored as pages, one per bucket of ordinals, with a head that
// lists the buckets, and is then pending. When a later day begins, the pending
// hours of a day are rolled into one block per bucket, with a day record that
// lists the buckets.
// A pending hour counts in place of what the day's blocks hold for it: so an
// hour of a rolled day can be written again, and a roll that a crash cut short
// is simply repeated.
type series[V any] struct {
	store *Store
	fam   family
	codec codec[V]
	next  *uint32 // next ordinal of the family's dictionary

	unit    string // what its hours are
	perHour uint32 // how many of them an hour has

	stuck map[uint32]bool // the writer's: days that cannot be rolled

	// index is replaced by the writer after each commit. A reader takes it
	// before it opens its transaction: it may then name too much, never too little.
	index atomic.Pointer[historyIndex]
}

// historyIndex says for which hours and days something is stored. It is not
// changed once published.
type historyIndex struct {
	pending []uint32 // hours, rising
	days    []uint32 // with a day record, rising
	floor   uint32   // first day that retention has left
}

func (s *Store) loadHistory() error {
	s.counts = &series[counts]{store: s, fam: famCounts, codec: countsCodec{}, next: &s.terms.next, unit: "hour", perHour: 1, stuck: make(map[uint32]bool)}
	s.panes = &series[counts]{store: s, fam: famPanes, codec: countsCodec{}, next: &s.terms.next, unit: "pane", perHour: PanesPerHour, stuck: make(map[uint32]bool)}
	s.values = &series[float64]{store: s, fam: famGauges, codec: gaugeCodec{}, next: &s.gauges.next, unit: "hour", perHour: 1, stuck: make(map[uint32]bool)}
	return errors.Join(s.counts.load(), s.panes.load(), s.values.load())
}

// load builds the index. It also keeps ordinals from being given twice: a power
// cut may have taken the newest entries of the dictionary and left points. A
// damaged head or record stays in the index, for readers of its day to report.
func (t *series[V]) load() error {
	idx := &historyIndex{}
	t.index.Store(idx)
	return t.store.view(func(tx *badger.Txn) error {
		body, err := get(tx, t.floorKey())
		if err == nil && body != nil {
			idx.floor, err = decodeFloor(body)
			err = decodeError(t.floorKey(), err)
		}
		if err := t.store.tolerate(err); err != nil {
			return err
		}
		err = scan(tx, []byte{tabHour, byte(t.fam)}, func(key []byte) error {
			if err := wantKeyLen(key); err != nil {
				return err
			}
			hour := tail32(key)
			idx.pending = append(idx.pending, hour)
			head, err := t.readHead(tx, hour)
			if err == nil {
				*t.next = max(*t.next, head.limit)
			}
			return t.store.tolerate(err)
		})
		if err != nil {
			return err
		}
		err = scan(tx, []byte{tabDay, byte(t.fam)}, func(key []byte) error {
			if err := wantKeyLen(key); err != nil {
				return err
			}
			day := tail32(key)
			idx.days = append(idx.days, day)
			rec, err := t.readDay(tx, day)
			if err == nil {
				*t.next = max(*t.next, rec.limit)
			}
			return t.store.tolerate(err)
		})
		t.publish(idx)
		return err
	})
}

// tolerate logs damage and returns other errors.
func (s *Store) tolerate(err error) error {
	if err != nil && unusable(err) {
		s.opts.Logger.Error("part of the store cannot be used", "dir", s.dir, "err", err)
		return nil
	}
	return err
}

// floorKey is the key of the record that says from which day on history is kept.
func (t *series[V]) floorKey() []byte { return []byte{tabFloor, byte(t.fam)} }

// publish makes idx, without what is below its floor, the index.
func (t *series[V]) publish(idx *historyIndex) {
	idx.pending = slices.DeleteFunc(idx.pending, func(h uint32) bool { return h/24 < idx.floor })
	idx.days = slices.DeleteFunc(idx.days, func(d uint32) bool { return d < idx.floor })
	t.index.Store(idx)
}

func (idx *historyIndex) clone() *historyIndex {
	return &historyIndex{pending: slices.Clone(idx.pending), days: slices.Clone(idx.days), floor: idx.floor}
}

// insertSorted puts v into s unless it is there.
func insertSorted(s []uint32, v uint32) []uint32 {
	i, ok := slices.BinarySearch(s, v)
	if ok {
		return s
	}
	return slices.Insert(s, i, v)
}

// readHead returns the head of a pending hour, or nil if it is not pending.
func (t *series[V]) readHead(tx *badger.Txn, hour uint32) (*hourHead, error) {
	key := hourKey(t.fam, hour)
	body, err := get(tx, key)
	if body == nil || err != nil {
		return nil, err
	}
	h, err := decodeHead(body)
	return h, decodeError(key, err)
}

// readDay returns the record of a rolled day, or nil if there is none.
func (t *series[V]) readDay(tx *badger.Txn, day uint32) (*dayRecord, error) {
	key := dayKey(t.fam, day)
	body, err := get(tx, key)
	if body == nil || err != nil {
		return nil, err
	}
	d, err := decodeDay(body)
	return d, decodeError(key, err)
}

// readBlock opens the block or page under key, which a head or a record lists.
func (t *series[V]) readBlock(tx *badger.Txn, l layout, key []byte) (*blockReader[V], error) {
	if key[0] == tabBlock { // pages are never written twice: one that is there is right
		if err := t.store.checkLost(0, keyString(key), key, key); err != nil {
			return nil, err
		}
	}
	body, err := get(tx, key)
	switch {
	case err != nil:
		return nil, err
	case body == nil:
		return nil, damaged(key, "block is missing")
	}
	b, err := openBlock(l, t.codec, body)
	return b, decodeError(key, err)
}

// entry is one value to be stored.
type entry[V any] struct {
	ord uint32
	val V
}

func sortEntries[V any](entries []entry[V]) {
	slices.SortFunc(entries, func(a, b entry[V]) int { return cmp.Compare(a.ord, b.ord) })
}

// append stores an hour, whose entries are sorted and differ in their ordinals,
// in place of what it held, after rolling the days before its own. extra, if
// not nil, adds to the front of the same batch.
func (t *series[V]) append(hour uint32, entries []entry[V], extra func(b *batch) error) error {
	if err := t.rollBefore(hour / 24); err != nil {
		return err
	}
	head := &hourHead{limit: *t.next, points: uint64(len(entries)), buckets: roaring.New()}
	var old *hourHead
	err := t.store.view(func(tx *badger.Txn) (err error) {
		old, err = t.readHead(tx, hour)
		if err != nil && unusable(err) {
			head.gen, err = t.gensUsed(tx, hour)
		}
		return err
	})
	if err != nil {
		return err
	}
	b := t.store.batch()
	defer b.cancel()
	if old != nil {
		head.gen = old.gen + 1
	}
	if extra != nil {
		if err := extra(b); err != nil {
			return err
		}
	}
	if err := t.writePages(b, hour, head, entries); err != nil {
		return err
	}
	body, err := head.encode()
	if err != nil {
		return err
	}
	if err := b.set(hourKey(t.fam, hour), body); err != nil {
		return err
	}
	if old != nil {
		if err := t.deletePages(b, hour, old); err != nil {
			return err
		}
	}
	if err := b.commit(); err != nil {
		return err
	}
	idx := t.index.Load().clone()
	idx.pending = insertSorted(idx.pending, hour)
	t.publish(idx)
	return nil
}

// rollBefore rolls the pending days before day.
func (t *series[V]) rollBefore(day uint32) error {
	return t.rollWhere(func(pending uint32) bool { return pending < day })
}

// rollAgain rolls the days that were rolled before and have hours written since.
func (t *series[V]) rollAgain() error {
	return t.rollWhere(func(pending uint32) bool {
		_, rolled := slices.BinarySearch(t.index.Load().days, pending)
		return rolled
	})
}

// rollWhere rolls the pending days that want says. A day that is damaged stays
// pending, where what is whole of it can be read, and is tried again by the
// next opening.
func (t *series[V]) rollWhere(want func(day uint32) bool) error {
	var days []uint32
	for _, hour := range t.index.Load().pending {
		if day := hour / 24; want(day) && !t.stuck[day] {
			days = insertSorted(days, day)
		}
	}
	for _, day := range days {
		if err := t.roll(day); err != nil {
			if !unusable(err) {
				return fmt.Errorf("cannot roll day %d: %w", day, err)
			}
			t.store.opts.Logger.Error("a day of history stays as it is", "day", day, "err", err)
			t.stuck[day] = true
		}
	}
	return nil
}

// gensUsed returns one more than the newest generation of an hour's pages.
func (t *series[V]) gensUsed(tx *badger.Txn, hour uint32) (next uint32, err error) {
	err = scan(tx, familyKey(tabPage, t.fam, hour/24), func(key []byte) error {
		if h, _, gen := pageKeyParts(key); h == hour {
			next = max(next, gen+1)
		}
		return nil
	})
	return next, err
}

// writePages adds the pages of an hour to the batch and lists them in head.
func (t *series[V]) writePages(b *batch, hour uint32, head *hourHead, entries []entry[V]) error {
	cols := make([]column[V], bucketOrds)
	for len(entries) > 0 {
		bucket := entries[0].ord / bucketOrds
		clear(cols)
		for len(entries) > 0 && entries[0].ord/bucketOrds == bucket {
			cols[entries[0].ord%bucketOrds].set(0, entries[0].val)
			entries = entries[1:]
		}
		head.buckets.Add(bucket)
		if err := b.set(pageKey(t.fam, hour, bucket, head.gen), encodeBlock(hourPage, t.codec, cols)); err != nil {
			return err
		}
	}
	return nil
}

func (t *series[V]) deletePages(b *batch, hour uint32, head *hourHead) error {
	for bucket := range roaring.Values(head.buckets) {
		if err := b.delete(pageKey(t.fam, hour, bucket, head.gen)); err != nil {
			return err
		}
	}
	return nil
}
