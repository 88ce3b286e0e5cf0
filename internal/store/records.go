package store

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"
)

// hourHead makes pages an hour.
type hourHead struct {
	gen     uint32 // generation: rises each time that the hour is written while pending
	limit   uint32 // next ordinal when it was written
	points  uint64
	buckets *roaring.Bitmap // that have a page
}

const headFormat = 1

func (h *hourHead) encode() ([]byte, error) {
	b := binary.AppendUvarint([]byte{headFormat}, uint64(h.gen))
	b = binary.AppendUvarint(b, uint64(h.limit))
	b = binary.AppendUvarint(b, h.points)
	return appendBitmap(b, h.buckets)
}

func decodeHead(body []byte) (*hourHead, error) {
	r := reader{buf: body}
	r.format(headFormat)
	h := &hourHead{gen: r.uint32(), limit: r.uint32(), points: r.uvarint()}
	if r.err != nil {
		return nil, r.err
	}
	var err error
	h.buckets, err = decodeBitmap(r.buf)
	return h, err
}

// dayRecord makes blocks a day.
type dayRecord struct {
	limit   uint32 // next ordinal when it was written
	hours   uint32 // mask of the hours that were recorded
	points  uint64
	buckets *roaring.Bitmap // that have a block
}

const dayFormat = 1

func (d *dayRecord) encode() ([]byte, error) {
	b := binary.AppendUvarint([]byte{dayFormat}, uint64(d.limit))
	b = binary.AppendUvarint(b, uint64(d.hours))
	b = binary.AppendUvarint(b, d.points)
	return appendBitmap(b, d.buckets)
}

func decodeDay(body []byte) (*dayRecord, error) {
	r := reader{buf: body}
	r.format(dayFormat)
	d := &dayRecord{limit: r.uint32(), hours: r.uint32(), points: r.uvarint()}
	if r.err == nil && d.hours > allHours {
		r.fail(fmt.Errorf("mask of hours is %#x", d.hours))
	}
	if r.err != nil {
		return nil, r.err
	}
	var err error
	d.buckets, err = decodeBitmap(r.buf)
	return d, err
}

func appendBitmap(dst []byte, b *roaring.Bitmap) ([]byte, error) {
	b.RunOptimize()
	data, err := b.ToBytes()
	return append(dst, data...), err
}

func decodeBitmap(data []byte) (*roaring.Bitmap, error) {
	b := roaring.New()
	n, err := b.ReadFrom(bytes.NewReader(data))
	if err == nil && n != int64(len(data)) {
		err = fmt.Errorf("bitmap of %d bytes in %d", n, len(data))
	}
	if err == nil {
		err = b.Validate()
	}
	return b, err
}

func encodeFloor(day uint32) []byte { return binary.AppendUvarint([]byte{floorFormat}, uint64(day)) }

const floorFormat = 1

func decodeFloor(body []byte) (uint32, error) {
	r := reader{buf: body}
	r.format(floorFormat)
	day := r.uint32()
	return day, r.end()
}
