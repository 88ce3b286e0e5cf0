package store

import (
	"bytes"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/dgraph-io/badger/v4"
)

// partShift gives the part of the presence bitmap that an ordinal is in: 2²²
// ordinals, so that a part stays below 520 KiB whatever it holds.
const partShift = 22

// roll turns the pending hours of a day into blocks. The order of the writes is
// what makes it safe to stop anywhere: blocks, then the record that lists them,
// then away with what it does not list, and with the heads, which until then
// counted in place of the blocks.
func (t *series[V]) roll(day uint32) error {
	return t.store.view(func(tx *badger.Txn) error {
		r := roller[V]{series: t, tx: tx, day: day, batch: t.store.batch()}
		defer r.batch.cancel()
		if err := r.run(); err != nil {
			return err
		}
		idx := t.index.Load().clone()
		idx.days = insertSorted(idx.days, day)
		idx.pending = slices.DeleteFunc(idx.pending, func(h uint32) bool { return h/24 == day })
		t.publish(idx)
		return nil
	})
}

type pendingHour struct {
	hour uint32
	head *hourHead
}

type roller[V any] struct {
	*series[V]
	tx    *badger.Txn
	day   uint32
	batch *batch

	hours    []pendingHour
	old      *dayRecord // of an earlier roll of the same day, or empty
	rec      dayRecord
	presence map[uint32]*roaring.Bitmap // by part
}

func (r *roller[V]) run() error {
	if err := r.gather(); err != nil {
		return err
	}
	var cols [bucketOrds]column[V]
	for bucket := range roaring.Values(r.touched()) {
		clear(cols[:])
		if err := r.load(bucket, cols[:]); err != nil {
			return err
		}
		body := encodeBlock(dayBlock, r.codec, cols[:])
		if body == nil {
			continue
		}
		if err := r.batch.set(blockKey(r.fam, r.day, bucket), body); err != nil {
			return err
		}
		r.rec.buckets.Add(bucket)
		r.note(bucket, cols[:])
	}
	return r.finish()
}

// gather reads the heads of the day's pending hours and its record.
func (r *roller[V]) gather() (err error) {
	for _, hour := range r.index.Load().pending {
		if hour/24 != r.day {
			continue
		}
		head, err := r.readHead(r.tx, hour)
		if err != nil {
			return err
		}
		if head == nil {
			return damaged(hourKey(r.fam, hour), "head of a pending hour is missing")
		}
		r.hours = append(r.hours, pendingHour{hour, head})
	}
	if r.old, err = r.readDay(r.tx, r.day); err != nil {
		return err
	}
	if r.old == nil {
		r.old = &dayRecord{buckets: roaring.New()}
	}
	r.rec = dayRecord{limit: *r.next, hours: r.old.hours, buckets: roaring.New()}
	r.presence = make(map[uint32]*roaring.Bitmap)
	return nil
}

// touched returns every bucket that the day's hours or blocks have.
func (r *roller[V]) touched() *roaring.Bitmap {
	all := r.old.buckets.Clone()
	for _, p := range r.hours {
		all.Or(p.head.buckets)
	}
	return all
}

// load fills cols with the bucket's series: the old block, and over it the
// pending hours, which replace what the block holds.
func (r *roller[V]) load(bucket uint32, cols []column[V]) error {
	if r.old.buckets.Contains(bucket) {
		if _, err := r.loadBlock(dayBlock, blockKey(r.fam, r.day, bucket), cols); err != nil {
			return err
		}
	}
	var page [bucketOrds]column[V]
	for _, p := range r.hours {
		for i := range cols {
			cols[i].clear(p.hour % 24)
		}
		if !p.head.buckets.Contains(bucket) {
			continue
		}
		b, err := r.loadBlock(hourPage, pageKey(r.fam, p.hour, bucket, p.head.gen), page[:])
		if err != nil {
			return err
		}
		for slot := range b.slots {
			cols[slot].set(p.hour%24, page[slot].vals[0])
		}
	}
	return nil
}

// loadBlock reads all series of a block or page.
func (r *roller[V]) loadBlock(l layout, key []byte, cols []column[V]) (*blockReader[V], error) {
	b, err := r.readBlock(r.tx, l, key)
	if err != nil {
		return nil, err
	}
	return b, decodeError(key, b.all(cols))
}

// note counts the points of a bucket and marks its ordinals as present.
func (r *roller[V]) note(bucket uint32, cols []column[V]) {
	part := bucket * bucketOrds >> partShift
	bitmap := r.presence[part]
	if bitmap == nil {
		bitmap = roaring.New()
		r.presence[part] = bitmap
	}
	for i := range cols {
		if m := cols[i].mask; m != 0 {
			bitmap.Add(bucket*bucketOrds + uint32(i))
			r.rec.points += uint64(onesCount(m))
		}
	}
}

// finish writes what makes the blocks a day and deletes what they replace.
func (r *roller[V]) finish() error {
	for _, p := range r.hours {
		r.rec.hours |= 1 << (p.hour % 24)
	}
	for part, bitmap := range r.presence {
		body, err := appendBitmap([]byte{presenceFormat}, bitmap)
		if err != nil {
			return err
		}
		if err := r.batch.set(presenceKey(r.fam, r.day, part), body); err != nil {
			return err
		}
	}
	rec, err := r.rec.encode()
	if err != nil {
		return err
	}
	if err := r.batch.set(dayKey(r.fam, r.day), rec); err != nil {
		return err
	}
	if err := r.deleteUnlisted(); err != nil {
		return err
	}
	for _, p := range r.hours {
		if err := r.batch.delete(hourKey(r.fam, p.hour)); err != nil {
			return err
		}
		if err := r.deletePages(r.batch, p.hour, p.head); err != nil {
			return err
		}
	}
	return r.batch.commit()
}

// deleteUnlisted deletes the day's blocks and presence that the new record has
// no use for: of an earlier roll, also of one that was cut off.
func (r *roller[V]) deleteUnlisted() error {
	err := scan(r.tx, familyKey(tabBlock, r.fam, r.day), func(key []byte) error {
		if r.rec.buckets.Contains(tail32(key)) {
			return nil
		}
		return r.batch.delete(bytes.Clone(key))
	})
	if err != nil {
		return err
	}
	return scan(r.tx, familyKey(tabPresence, r.fam, r.day), func(key []byte) error {
		if r.presence[tail32(key)] != nil {
			return nil
		}
		return r.batch.delete(bytes.Clone(key))
	})
}
