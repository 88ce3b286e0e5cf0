package journal

import (
	"errors"
	"fmt"

	"github.com/klauspost/compress/s2"

	"github.com/swell-radar/swell/term"
)

// decoder turns frames into batches. It owns the memory of the batch that it
// returned last and uses it again for the next one; nothing is allocated once it
// has met frames as large.
type decoder struct {
	batch    Batch
	raw      []byte
	strings  []string
	sounds   []term.SoundRef
	metrics  []term.Metric
	gauges   []term.Gauge
	readings []term.Reading
	beats    []term.Heartbeat
}

var errName = errors.New("the name of the batch is none")

var errCounts = errors.New("the records do not have what the head of the batch says")

// frame decodes the body of a frame of an entry of that format. The batch is valid
// until the next call.
func (d *decoder) frame(format byte, body []byte) (*Batch, error) {
	r := reader{buf: body}
	records := d.batch.Records
	d.batch = Batch{
		Producer: r.string(),
		Epoch:    r.uvarint(),
		Seq:      r.uvarint(),
		Source:   r.string(),
		Cursor:   r.take(r.uvarint()),
	}
	if format >= 3 {
		d.batch.Once = readOnce(&r)
	}
	var sizes counts
	for i, n := range sizes.each() {
		if n == &sizes.heartbeats && format == 1 {
			continue
		}
		*n = r.count([...]int{MaxRecords, maxItems, MaxRecords, maxItems, MaxRecords, maxItems, MaxRecords}[i])
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := d.decompress(r.buf); err != nil {
		return nil, err
	}
	// Each takes at least this many bytes: what is claimed cannot be more than what is there.
	for i, n := range sizes.each() {
		if least := [...]int{2, 1, 5, 9, 6, 10, 1}[i]; *n > len(d.raw)/least {
			return nil, errCounts
		}
	}
	d.batch.Records = sized(records, sizes.records)
	d.strings = sized(d.strings, sizes.strings)
	d.sounds = sized(d.sounds, sizes.sounds)
	d.metrics = sized(d.metrics, sizes.metrics)
	d.gauges = sized(d.gauges, sizes.gauges)
	d.readings = sized(d.readings, sizes.readings)
	d.beats = sized(d.beats, sizes.heartbeats)

	in := recordReader{reader: reader{buf: d.raw}, strings: d.strings, sounds: d.sounds,
		metrics: d.metrics, gauges: d.gauges, readings: d.readings, beats: d.beats, known: fieldsOf(format)}
	for i := range d.batch.Records {
		in.record(&d.batch.Records[i])
	}
	if err := in.end(); err != nil {
		return nil, err
	}
	if len(in.strings)+len(in.sounds)+len(in.metrics)+len(in.gauges)+len(in.readings)+len(in.beats) > 0 {
		return nil, errCounts
	}
	return &d.batch, nil
}

// readOnce reads what [Once.appendTo] appends.
func readOnce(r *reader) (o Once) {
	switch r.byte() {
	case 0:
		return o
	case 1:
	default:
		r.fail(errName)
		return o
	}
	copy(o.Key[:], r.take(uint64(len(o.Key))))
	copy(o.Body[:], r.take(uint64(len(o.Body))))
	o.Clock = r.varint()
	if r.err == nil && !o.Named() {
		r.fail(errName)
	}
	return o
}

func (d *decoder) decompress(block []byte) error {
	size, err := s2.DecodedLen(block)
	if err != nil {
		return err
	}
	if size > MaxRecordBytes {
		return fmt.Errorf("%d bytes of records, at most %d are possible", size, MaxRecordBytes)
	}
	d.raw = sized(d.raw, size)
	d.raw, err = s2.Decode(d.raw, block)
	return err
}

// sized returns s with n elements, whatever they hold. Much more room than that
// is given back: one large batch shall not hold its memory for good.
func sized[T any](s []T, n int) []T {
	if cap(s) < n || cap(s) > roomLeast && cap(s)/roomTimes > n {
		return make([]T, n)
	}
	return s[:n]
}

const (
	roomLeast = 1 << 16
	roomTimes = 64
)

// recordReader takes the records of one batch apart. The lists of records are cut
// from those of the batch.
type recordReader struct {
	reader
	ts       int64
	platform string
	strings  []string
	sounds   []term.SoundRef
	metrics  []term.Metric
	gauges   []term.Gauge
	readings []term.Reading
	beats    []term.Heartbeat
	known    uint64 // the fields that there may be
}

func (r *recordReader) record(rec *term.Record) {
	fields := r.uvarint()
	if fields > r.known {
		r.fail(fmt.Errorf("fields %#x, of which %#x are known", fields, r.known))
	}
	r.ts += r.varint()
	if fields&samePlatform == 0 {
		r.platform = r.string()
	}
	*rec = term.Record{TS: r.ts, Platform: r.platform, Repost: fields&hasRepost != 0}
	if fields&hasID != 0 {
		rec.ID = r.string()
	}
	if fields&hasAuthor != 0 {
		rec.Author = r.string()
	}
	if fields&hasGroup != 0 {
		rec.Group = r.string()
	}
	if fields&hasLang != 0 {
		rec.Lang = r.string()
	}
	if fields&hasRegion != 0 {
		rec.Region = r.string()
	}
	if fields&hasText != 0 {
		rec.Text = r.string()
	}
	if fields&hasTags != 0 {
		rec.Tags = r.list()
	}
	if fields&hasKeywords != 0 {
		rec.Keywords = r.list()
	}
	if fields&hasMentions != 0 {
		rec.Mentions = r.list()
	}
	if fields&hasLinks != 0 {
		rec.Links = r.list()
	}
	if fields&hasSound != 0 {
		rec.Sound = r.sound()
	}
	if fields&hasMetrics != 0 {
		rec.Metrics = cut(r, &r.metrics)
		for i := range rec.Metrics {
			rec.Metrics[i] = term.Metric{Name: r.string(), Value: r.float()}
		}
	}
	if fields&hasGauge != 0 {
		rec.Gauge = r.gauge()
	}
	if fields&hasAuthorHash != 0 {
		rec.AuthorHash = r.uint64()
	}
	if fields&hasHeartbeat != 0 {
		rec.Heartbeat = r.heartbeat()
	}
	if fields&hasWatches != 0 {
		rec.Watches = r.list()
	}
}

func (r *recordReader) heartbeat() *term.Heartbeat {
	if len(r.beats) == 0 {
		r.fail(errCounts)
		return nil
	}
	b := &r.beats[0]
	r.beats = r.beats[1:]
	*b = term.Heartbeat{Missing: r.list()}
	return b
}

func (r *recordReader) list() []string {
	list := cut(r, &r.strings)
	for i := range list {
		list[i] = r.string()
	}
	return list
}

func (r *recordReader) sound() *term.SoundRef {
	if len(r.sounds) == 0 {
		r.fail(errCounts)
		return nil
	}
	s := &r.sounds[0]
	r.sounds = r.sounds[1:]
	*s = term.SoundRef{ID: r.string(), ISRC: r.string(), MBID: r.string(), Title: r.string(), Artist: r.string()}
	return s
}

func (r *recordReader) gauge() *term.Gauge {
	if len(r.gauges) == 0 {
		r.fail(errCounts)
		return nil
	}
	g := &r.gauges[0]
	r.gauges = r.gauges[1:]
	*g = term.Gauge{List: r.string(), Category: r.string(),
		Term: term.Term{Kind: term.Kind(r.byte()), Key: r.string(), Display: r.string()}}
	g.Values = cut(r, &r.readings)
	for i := range g.Values {
		g.Values[i] = term.Reading{Name: r.string(), Unit: term.Unit(r.byte()), Value: r.float()}
	}
	return g
}

// cut reads a count and cuts as many elements from the front of list.
func cut[T any](r *recordReader, list *[]T) []T {
	n := r.uvarint()
	if n > uint64(len(*list)) {
		r.fail(errCounts)
		return nil
	}
	part := (*list)[:n:n]
	*list = (*list)[n:]
	return part
}
