package store

import (
	"fmt"
	"maps"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// familyCheck holds what was met of the history of a family.
type familyCheck struct {
	fam    family
	decode seriesDecoder
	days   map[uint32]*dayCheck
	hours  map[uint32]*hourCheck
	floor  uint32

	known  *roaring.Bitmap // ordinals in the dictionary
	used   *roaring.Bitmap // ordinals that have a value
	newest *roaring.Bitmap // ordinals that have one in hours that a run writes again
	stray  int             // pages that no head lists
}

// dayCheck is what was met of a rolled day: blocks, then the record that lists
// them, then the ordinals present.
type dayCheck struct {
	blocks  []blockFacts
	record  *dayRecord // nil if there is none, or it cannot be read
	unread  bool       // something of it cannot be read, which was told
	ords    *roaring.Bitmap
	present *roaring.Bitmap
}

type blockFacts struct {
	bucket, points, hours uint32
}

// hourCheck is what was met of a pending hour: its head, then its pages.
type hourCheck struct {
	head   *hourHead // nil if it cannot be read
	pages  *roaring.Bitmap
	points uint64
	unread bool // a page cannot be read, which was told
}

// seriesDecoder calls fn with every series of a block: its slot and its hours.
type seriesDecoder func(l layout, body []byte, fn func(slot, hours uint32)) error

func decodeSeries[V any](c codec[V]) seriesDecoder {
	cols := make([]column[V], bucketOrds)
	return func(l layout, body []byte, fn func(slot, hours uint32)) error {
		b, err := openBlock(l, c, body)
		if err == nil {
			err = b.all(cols)
		}
		if err != nil {
			return err
		}
		for slot := range b.slots {
			fn(slot, cols[slot].mask)
		}
		return nil
	}
}

func newFamilyCheck(fam family, decode seriesDecoder) *familyCheck {
	return &familyCheck{
		fam: fam, decode: decode, days: make(map[uint32]*dayCheck), hours: make(map[uint32]*hourCheck),
		known: roaring.New(), used: roaring.New(), newest: roaring.New(),
	}
}

func (f *familyCheck) day(n uint32) *dayCheck {
	d := f.days[n]
	if d == nil {
		d = &dayCheck{ords: roaring.New(), present: roaring.New()}
		f.days[n] = d
	}
	return d
}

func (f *familyCheck) block(key, body []byte) error {
	day, bucket := blockDay(key), tail32(key)
	d, b := f.day(day), blockFacts{bucket: bucket}
	err := f.decode(dayBlock, body, func(slot, hours uint32) {
		b.points += uint32(onesCount(hours))
		b.hours |= hours
		d.ords.Add(bucket*bucketOrds + slot)
	})
	d.unread = d.unread || err != nil
	d.blocks = append(d.blocks, b)
	return err
}

func (f *familyCheck) record(day uint32, body []byte) (err error) {
	d := f.day(day)
	d.record, err = decodeDay(body)
	if err != nil {
		d.record, d.unread = nil, true
	}
	return err
}

// listed takes the ordinals that a day says it has.
func (f *familyCheck) listed(key, body []byte) error {
	d := f.day(blockDay(key))
	r := reader{buf: body}
	r.format(presenceFormat)
	err := r.err
	if err == nil {
		var bitmap *roaring.Bitmap
		if bitmap, err = decodeBitmap(r.buf); err == nil {
			d.present.Or(bitmap)
		}
	}
	d.unread = d.unread || err != nil
	return err
}

func (f *familyCheck) floorRecord(body []byte) (err error) {
	f.floor, err = decodeFloor(body)
	return err
}

func (f *familyCheck) head(hour uint32, body []byte) error {
	head, err := decodeHead(body)
	if err != nil {
		head = nil
	}
	f.hours[hour] = &hourCheck{head: head, pages: roaring.New()}
	return err
}

// page takes a page; again says that a run writes its hour again.
func (f *familyCheck) page(key, body []byte, again bool) error {
	hour, bucket, gen := pageKeyParts(key)
	h := f.hours[hour]
	switch {
	case h != nil && h.head == nil:
		return nil // nothing says whether it counts
	case h == nil || h.head.gen != gen || !h.head.buckets.Contains(bucket):
		f.stray++
		return nil
	}
	h.pages.Add(bucket)
	ords := f.used
	if again {
		ords = f.newest
	}
	err := f.decode(hourPage, body, func(slot, _ uint32) {
		h.points++
		ords.Add(bucket*bucketOrds + slot)
	})
	h.unread = h.unread || err != nil
	return err
}

// recorded returns how many hours were recorded, and the first and last of them.
func (f *familyCheck) recorded() (n int, first, last int64) {
	hours := make(map[int64]bool)
	for day, d := range f.days {
		if d.record != nil && day >= f.floor {
			for i := range uint32(24) {
				if d.record.hours>>i&1 == 1 {
					hours[int64(day)*24+int64(i)] = true
				}
			}
		}
	}
	for hour := range f.hours {
		if hour/24 >= f.floor {
			hours[int64(hour)] = true
		}
	}
	if len(hours) == 0 {
		return 0, 0, 0
	}
	all := slices.Sorted(maps.Keys(hours))
	return len(all), all[0], all[len(all)-1]
}

// finish holds records against blocks, heads against pages, and what has values
// against the dictionary.
func (f *familyCheck) finish(to *findings, series string) {
	below := 0
	for _, day := range slices.Sorted(maps.Keys(f.days)) {
		if day < f.floor {
			below++
			continue
		}
		f.finishDay(to, day, f.days[day])
	}
	for _, hour := range slices.Sorted(maps.Keys(f.hours)) {
		if hour/24 < f.floor {
			below++
			continue
		}
		f.finishHour(to, hour, f.hours[hour])
	}
	where := fmt.Sprintf("history of family %c", f.fam)
	if below > 0 {
		to.add("floor", Finding{Severity: Repairable, Where: where, What: fmt.Sprintf("%d days and hours from before %s, where retention ends", below, f.fam.dayName(f.floor)),
			Means: "the process ended as it deleted them; they do not count", Out: outNextStart})
	}
	if f.stray > 0 {
		to.add("stray", Finding{Severity: Repairable, Where: where, What: fmt.Sprintf("%d pages that no hour lists", f.stray),
			Means: "the process ended as it wrote or replaced an hour; they do not count", Out: outNextStart})
	}
	f.finishOrdinals(to, where, series)
}

func (f *familyCheck) finishOrdinals(to *findings, where, series string) {
	lost := roaring.AndNot(f.used, f.known)
	if n := lost.GetCardinality(); n > 0 {
		to.add("ordinals", Finding{Severity: Lost, Where: where, What: fmt.Sprintf("%d ordinals have values, but no %s", n, series),
			Means: fmt.Sprintf("these belong to a %s whose entry is lost, and cannot be asked for", series), Out: outBackup})
	}
	again := roaring.AndNot(f.newest, f.known)
	again.AndNot(lost)
	if n := again.GetCardinality(); n > 0 {
		to.add("ordinals again", Finding{Severity: Repairable, Where: where, What: fmt.Sprintf("%d ordinals of the newest hours have values, but no %s", n, series),
			Means: "a power cut took the entries; the hours are from after the last snapshot", Out: "go on with the run: it writes them again"})
	}
}

// pending tells whether an hour of a day waits to be rolled: then a roll may have
// been cut off, and is done again.
func (f *familyCheck) pending(day uint32) bool {
	for hour := day * 24; hour < day*24+24; hour++ {
		if f.hours[hour] != nil {
			return true
		}
	}
	return false
}

func (f *familyCheck) finishDay(to *findings, day uint32, d *dayCheck) {
	where := describeKey(dayKey(f.fam, day))
	pending := f.pending(day)
	cutOff := func(what string) {
		to.add("roll", Finding{Severity: Repairable, Where: where, What: what,
			Means: "the process ended as it packed that day; its hours are read one by one until then", Out: "go on with the run: it packs the day again"})
	}
	lost := func(what, means string) {
		to.add("day", Finding{Severity: Lost, Where: where, What: what, Means: means, Out: outBackup})
	}
	if d.record == nil {
		switch {
		case d.unread:
		case pending:
			cutOff("blocks without a record")
		default:
			lost("blocks without a record", tables[tabDay].means)
		}
		f.used.Or(d.ords)
		return
	}
	seen, points, hours, stray := roaring.New(), uint64(0), uint32(0), 0
	for _, b := range d.blocks {
		if !d.record.buckets.Contains(b.bucket) {
			d.ords.RemoveRange(uint64(b.bucket)*bucketOrds, uint64(b.bucket+1)*bucketOrds)
			stray++
			continue
		}
		seen.Add(b.bucket)
		points += uint64(b.points)
		hours |= b.hours
	}
	f.used.Or(d.ords)
	if stray > 0 {
		cutOff(fmt.Sprintf("%d blocks that its record does not list", stray))
	}
	if n := roaring.AndNot(d.record.buckets, seen).GetCardinality(); n > 0 {
		lost(fmt.Sprintf("%d of its %d blocks are missing", n, d.record.buckets.GetCardinality()), tables[tabBlock].means)
		return
	}
	var what string
	switch {
	case d.unread:
		return
	case points != d.record.points:
		what = fmt.Sprintf("its blocks hold %d points, its record says %d", points, d.record.points)
	case hours&^d.record.hours != 0:
		what = fmt.Sprintf("its blocks hold hours %06x, its record says %06x", hours, d.record.hours)
	case !d.present.Equals(d.ords):
		what = fmt.Sprintf("it lists %d series as present, its blocks hold %d, or others", d.present.GetCardinality(), d.ords.GetCardinality())
	default:
		return
	}
	if pending {
		cutOff(what)
		return
	}
	lost(what, "the day may lack series, or retention may forget some too early")
}

func (f *familyCheck) finishHour(to *findings, hour uint32, h *hourCheck) {
	if h.head == nil {
		return
	}
	what := ""
	if n := roaring.AndNot(h.head.buckets, h.pages).GetCardinality(); n > 0 {
		what = fmt.Sprintf("%d of its %d pages are missing", n, h.head.buckets.GetCardinality())
	} else if !h.unread && h.points != h.head.points {
		what = fmt.Sprintf("its pages hold %d points, its head says %d", h.points, h.head.points)
	}
	if what != "" {
		to.add("hour", Finding{Severity: Lost, Where: describeKey(hourKey(f.fam, hour)), What: what, Means: tables[tabPage].means, Out: outBackup})
	}
}
