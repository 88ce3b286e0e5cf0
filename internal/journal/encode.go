package journal

import (
	"encoding/binary"
	"math"

	"github.com/klauspost/compress/s2"

	"github.com/swell-radar/swell/term"
)

// What a record has, in the order in which it is encoded. The numbers are part of
// the stored format.
const (
	hasRepost = 1 << iota
	samePlatform
	hasID
	hasAuthor
	hasGroup
	hasLang
	hasRegion
	hasText
	hasTags
	hasKeywords
	hasMentions
	hasLinks
	hasSound
	hasMetrics
	hasGauge
	hasAuthorHash
	hasHeartbeat
	hasWatches

	knownFields = 1<<iota - 1
)

// fieldsOf returns the fields that records of a format may have.
func fieldsOf(format byte) uint64 {
	switch format {
	case 1:
		return hasHeartbeat - 1
	case 2, 3:
		return hasWatches - 1
	}
	return knownFields
}

// encoder turns batches into frames. One goroutine at a time; it keeps its buffers.
type encoder struct {
	raw    []byte
	counts counts
}

// counts are the sizes of the lists that a frame's records need together.
type counts struct {
	records, strings, sounds, metrics, gauges, readings, heartbeats int
}

// each lists the sizes in the order in which they are stored; those of format 1 are
// without the last.
func (c *counts) each() [7]*int {
	return [7]*int{&c.records, &c.strings, &c.sounds, &c.metrics, &c.gauges, &c.readings, &c.heartbeats}
}

// appendFrame appends the batch as one frame: its length, what is said of it, and
// its records, compressed.
func (e *encoder) appendFrame(dst []byte, b *Batch) ([]byte, error) {
	if err := b.check(); err != nil {
		return dst, err
	}
	e.raw, e.counts = e.raw[:0], counts{records: len(b.Records)}
	var ts int64
	platform := ""
	for i := range b.Records {
		rec := &b.Records[i]
		e.record(rec, ts, platform)
		ts, platform = rec.TS, rec.Platform
		if len(e.raw) > MaxRecordBytes {
			return dst, tooLarge("the records take more than %d MiB; send them in parts", MaxRecordBytes>>20)
		}
	}
	if c := e.counts; max(c.strings, c.metrics, c.readings) > maxItems {
		return dst, tooLarge("%d terms, %d metrics and %d readings, at most %d of each are taken at once; send them in parts",
			c.strings, c.metrics, c.readings, maxItems)
	}

	// The length is patched in once it is known.
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	dst = appendString(dst, b.Producer)
	dst = binary.AppendUvarint(dst, b.Epoch)
	dst = binary.AppendUvarint(dst, b.Seq)
	dst = appendString(dst, b.Source)
	dst = append(binary.AppendUvarint(dst, uint64(len(b.Cursor))), b.Cursor...)
	dst = b.Once.appendTo(dst)
	for _, n := range e.counts.each() {
		dst = binary.AppendUvarint(dst, uint64(*n))
	}
	dst = appendCompressed(dst, e.raw)
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
	return dst, nil
}

// appendTo appends the name of a batch, or that it has none.
func (o *Once) appendTo(dst []byte) []byte {
	if !o.Named() {
		return append(dst, 0)
	}
	dst = append(append(append(dst, 1), o.Key[:]...), o.Body[:]...)
	return binary.AppendVarint(dst, o.Clock)
}

// appendCompressed appends src as one s2 block.
func appendCompressed(dst, src []byte) []byte {
	most := s2.MaxEncodedLen(len(src))
	if room := len(dst) + most; cap(dst) < room {
		grown := make([]byte, len(dst), room)
		copy(grown, dst)
		dst = grown
	}
	block := s2.Encode(dst[len(dst):len(dst)+most], src)
	return dst[:len(dst)+len(block)]
}

func (e *encoder) record(rec *term.Record, ts int64, platform string) {
	fields := uint64(0)
	set := func(has bool, bit uint64) {
		if has {
			fields |= bit
		}
	}
	set(rec.Repost, hasRepost)
	set(rec.Platform == platform, samePlatform)
	set(rec.ID != "", hasID)
	set(rec.Author != "", hasAuthor)
	set(rec.Group != "", hasGroup)
	set(rec.Lang != "", hasLang)
	set(rec.Region != "", hasRegion)
	set(rec.Text != "", hasText)
	set(len(rec.Tags) > 0, hasTags)
	set(len(rec.Keywords) > 0, hasKeywords)
	set(len(rec.Mentions) > 0, hasMentions)
	set(len(rec.Links) > 0, hasLinks)
	set(rec.Sound != nil, hasSound)
	set(len(rec.Metrics) > 0, hasMetrics)
	set(rec.Gauge != nil, hasGauge)
	set(rec.AuthorHash != 0, hasAuthorHash)
	set(rec.Heartbeat != nil, hasHeartbeat)
	set(len(rec.Watches) > 0, hasWatches)

	raw := binary.AppendUvarint(e.raw, fields)
	raw = binary.AppendVarint(raw, rec.TS-ts) // wraps around, and back when it is decoded
	if fields&samePlatform == 0 {
		raw = appendString(raw, rec.Platform)
	}
	for _, f := range [...]struct {
		bit uint64
		s   string
	}{
		{hasID, rec.ID}, {hasAuthor, rec.Author}, {hasGroup, rec.Group},
		{hasLang, rec.Lang}, {hasRegion, rec.Region}, {hasText, rec.Text},
	} {
		if fields&f.bit != 0 {
			raw = appendString(raw, f.s)
		}
	}
	for _, f := range [...]struct {
		bit  uint64
		list []string
	}{
		{hasTags, rec.Tags}, {hasKeywords, rec.Keywords}, {hasMentions, rec.Mentions}, {hasLinks, rec.Links},
	} {
		if fields&f.bit == 0 {
			continue
		}
		raw = e.list(raw, f.list)
	}
	if s := rec.Sound; s != nil {
		raw = appendString(raw, s.ID)
		raw = appendString(raw, s.ISRC)
		raw = appendString(raw, s.MBID)
		raw = appendString(raw, s.Title)
		raw = appendString(raw, s.Artist)
		e.counts.sounds++
	}
	if fields&hasMetrics != 0 {
		raw = binary.AppendUvarint(raw, uint64(len(rec.Metrics)))
		for i := range rec.Metrics {
			raw = appendString(raw, rec.Metrics[i].Name)
			raw = appendFloat(raw, rec.Metrics[i].Value)
		}
		e.counts.metrics += len(rec.Metrics)
	}
	if g := rec.Gauge; g != nil {
		raw = appendString(raw, g.List)
		raw = appendString(raw, g.Category)
		raw = append(raw, byte(g.Term.Kind))
		raw = appendString(raw, g.Term.Key)
		raw = appendString(raw, g.Term.Display)
		raw = binary.AppendUvarint(raw, uint64(len(g.Values)))
		for i := range g.Values {
			raw = appendString(raw, g.Values[i].Name)
			raw = append(raw, byte(g.Values[i].Unit))
			raw = appendFloat(raw, g.Values[i].Value)
		}
		e.counts.gauges++
		e.counts.readings += len(g.Values)
	}
	if rec.AuthorHash != 0 {
		raw = binary.LittleEndian.AppendUint64(raw, rec.AuthorHash)
	}
	if b := rec.Heartbeat; b != nil {
		raw = e.list(raw, b.Missing)
		e.counts.heartbeats++
	}
	if fields&hasWatches != 0 {
		raw = e.list(raw, rec.Watches)
	}
	e.raw = raw
}

func (e *encoder) list(raw []byte, list []string) []byte {
	raw = binary.AppendUvarint(raw, uint64(len(list)))
	for _, s := range list {
		raw = appendString(raw, s)
	}
	e.counts.strings += len(list)
	return raw
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendFloat(dst []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}
