package term

import "unicode/utf8"

// Decoder turns NDJSON lines into records. The zero value is ready to use. It
// keeps buffers as large as the longest line so far needed, so callers bound the
// length of lines. One goroutine at a time.
type Decoder struct {
	r     jsonReader
	gauge gaugeDraft
	beat  []string // what a heartbeat would name
	own   []byte   // what Decode rewrote of its last line

	// What records held before, for reuse.
	sounds spares[SoundRef]
	gauges spares[Gauge]
	beats  spares[Heartbeat]
}

// Decode reads one line into rec, replacing all that was there. A trailing
// newline may be present.
//
// Nothing is copied that need not be: the strings of rec are parts of the line,
// or of a buffer of the Decoder. They are valid until the line is changed or
// Decode is called again; [Record.Own] makes them last. The slices, Sound, Gauge and
// Heartbeat of rec are reused when the same rec is passed again. Nothing is
// allocated once the Decoder and rec have met lines of the same shape.
//
// Required are ts and, but of a heartbeat, something to count. Unknown fields are ignored, null is
// the same as absent, a field given twice is an error. Tags and keywords are
// kept as delivered; the platform is lower-cased and "unknown" when absent.
//
// The error is always a [*DecodeError], which keeps nothing of the line; rec is
// then empty.
func (d *Decoder) Decode(line []byte, rec *Record) error {
	own, err := d.DecodeAppend(d.own[:0], line, rec)
	d.own = own
	return err
}

// DecodeAppend is [Decoder.Decode] for callers who hold many records at a time:
// what cannot stand as it stands in the line (text with escapes, the key of a
// gauge) is appended to buf. The strings of rec are parts of the line and of the
// extended buffer, which is returned, and stay valid until one of the two is
// overwritten.
func (d *Decoder) DecodeAppend(buf, line []byte, rec *Record) ([]byte, error) {
	d.sounds.put(rec.Sound)
	d.gauges.put(rec.Gauge)
	d.beats.put(rec.Heartbeat)
	clearRecord(rec)
	d.r.reset(line, buf)
	d.gauge.reset()
	clear(d.beat)
	d.beat = d.beat[:0]
	err := d.decode(rec)
	if err != nil && !utf8.Valid(line) {
		err = &DecodeError{Offset: firstInvalid(line), Reason: "the line is not valid UTF-8"}
	}
	own := d.r.scratch
	d.r.reset(nil, nil)
	if err != nil {
		d.sounds.put(rec.Sound)
		clearRecord(rec)
		return own[:len(buf)], err
	}
	return own, nil
}

// spares keeps what the records of some lines had and those of others need.
type spares[T any] []*T

func (s *spares[T]) put(v *T) {
	if v != nil && len(*s) < maxRoom {
		*s = append(*s, v)
	}
}

func (s *spares[T]) take() *T {
	n := len(*s)
	if n == 0 {
		return new(T)
	}
	v := (*s)[n-1]
	*s = (*s)[:n-1]
	return v
}

// maxRoom is how many elements of a list a record keeps room for: more than any
// but hostile lines hold.
const maxRoom = 4 * MaxTerms

// clearRecord empties rec and keeps the room of its slices.
func clearRecord(rec *Record) {
	tags, keywords, mentions, links, metrics := rec.Tags, rec.Keywords, rec.Mentions, rec.Links, rec.Metrics
	*rec = Record{}
	rec.Tags, rec.Keywords, rec.Mentions, rec.Links = room(tags), room(keywords), room(mentions), room(links)
	rec.Metrics = metrics[:0]
}

func room(list []string) []string {
	if cap(list) > maxRoom {
		return nil
	}
	return list[:0]
}

// draft is what is known of a record that is not whole yet.
type draft struct {
	rec   *Record
	seen  fieldSet
	ts    timestamp
	shape shape
}

// shape is which of the kinds of records a line is.
type shape uint8

const (
	shapeOccurrence shape = iota
	shapeGauge
	shapeHeartbeat
)

func (d *Decoder) decode(rec *Record) *DecodeError {
	t, err := d.r.peek()
	if err != nil {
		return err
	}
	if t != jsonObject {
		return d.r.fault("the line must be an object, not %s", t)
	}
	in := draft{rec: rec}
	for more := d.r.open('}'); more; {
		name, err := d.r.name()
		if err != nil {
			return err
		}
		f := recordField(name)
		if f != fieldUnknown && !in.seen.add(f) {
			return wrong(name, d.r.pos, "is given twice")
		}
		if err := d.field(f, &in); err != nil {
			return err
		}
		if more, err = d.r.more('}'); err != nil {
			return err
		}
	}
	if err := d.r.end(); err != nil {
		return err
	}
	if rec.TS, err = in.ts.micros(); err != nil {
		return err
	}
	if in.shape == shapeHeartbeat {
		d.finishHeartbeat(rec)
		return nil
	}
	if rec.Platform == "" {
		rec.Platform = unknownPlatform
	}
	if in.shape == shapeGauge {
		return d.finishGauge(rec)
	}
	if rec.Text == "" && len(rec.Tags)+len(rec.Keywords)+len(rec.Mentions)+len(rec.Links) == 0 && rec.Sound == nil {
		return &DecodeError{
			Offset: -1,
			Reason: "nothing to count: give text, tags, keywords, mentions, links or sound",
			err:    ErrNothingToCount,
		}
	}
	return nil
}

// unknownPlatform stands for a platform that the record does not name.
const unknownPlatform = "unknown"

// field reads the value of one top-level field.
func (d *Decoder) field(f field, in *draft) (err *DecodeError) {
	rec := in.rec
	switch f {
	case fieldTS:
		in.ts, err = d.timestamp()
	case fieldPlatform:
		rec.Platform, err = d.platform("platform")
	case fieldID:
		rec.ID, err = d.str("id", MaxFieldBytes)
	case fieldAuthor:
		rec.Author, err = d.str("author", MaxFieldBytes)
	case fieldGroup:
		rec.Group, err = d.str("group", MaxFieldBytes)
	case fieldLang:
		rec.Lang, err = d.str("lang", MaxFieldBytes)
	case fieldRegion:
		rec.Region, err = d.str("region", MaxFieldBytes)
	case fieldText:
		rec.Text, err = d.str("text", MaxTextBytes)
	case fieldRepost:
		rec.Repost, err = d.boolean("repost")
	case fieldTags:
		rec.Tags, err = d.strs("tags", rec.Tags, MaxFieldBytes)
	case fieldKeywords:
		rec.Keywords, err = d.strs("keywords", rec.Keywords, MaxFieldBytes)
	case fieldMentions:
		rec.Mentions, err = d.strs("mentions", rec.Mentions, MaxFieldBytes)
	case fieldLinks:
		rec.Links, err = d.strs("links", rec.Links, MaxLinkBytes)
	case fieldSound:
		rec.Sound, err = d.sound()
	case fieldMetrics:
		rec.Metrics, err = d.metrics("metrics", rec.Metrics)
	case fieldType:
		in.shape, err = d.recordType()
	case fieldMissing:
		err = d.missing()
	case fieldUnknown:
		err = d.r.skip(1)
	default:
		err = d.gaugeField(f)
	}
	return err
}

func (d *Decoder) recordType() (shape, *DecodeError) {
	at := d.r.pos
	s, err := d.str("type", MaxFieldBytes)
	if err != nil {
		return 0, err
	}
	switch s {
	case "gauge":
		return shapeGauge, nil
	case "heartbeat":
		return shapeHeartbeat, nil
	case "", "occurrence":
		return shapeOccurrence, nil
	}
	return 0, wrong("type", at, "%s is not known; it is \"occurrence\", \"gauge\" or \"heartbeat\"", quote(s))
}

// platform reads the name of a platform.
func (d *Decoder) platform(field string) (string, *DecodeError) {
	at := d.r.pos
	s, err := d.str(field, MaxPlatformBytes)
	if err != nil || s == "" {
		return "", err
	}
	upper := false
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		case 'A' <= c && c <= 'Z':
			upper = true
		default:
			return "", wrong(field, at, "%s may hold only letters a-z, digits, '.', '_' and '-'", quote(s))
		}
	}
	if upper {
		s = d.lower(s)
	}
	return s, nil
}

// lower returns ASCII text in lower case, in the reader's scratch.
func (d *Decoder) lower(s string) string {
	from := len(d.r.scratch)
	d.r.scratch = append(d.r.scratch, s...)
	b := d.r.scratch[from:]
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return alias(b)
}
