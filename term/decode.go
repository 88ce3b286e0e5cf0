package term

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Decoder turns NDJSON lines into records. The zero value is ready to use. It
// keeps buffers as large as the longest line so far needed, so callers bound the
// length of lines. One goroutine at a time.
type Decoder struct {
	r     jsonReader
	owner owner
	gauge gaugeDraft

	// What the record in hand held before, for reuse.
	spareSound *SoundRef
	spareGauge *Gauge
}

// Decode reads one line into rec, replacing all that was there. A trailing
// newline may be present. The line is not kept.
//
// The strings of rec belong to it for good; its slices, Sound and Gauge are
// reused when the same rec is passed again. One allocation holds all strings of
// a record; there are no others once rec has met records of the same shape.
//
// Required are ts and something to count. Unknown fields are ignored, null is
// the same as absent, a field given twice is an error. Tags and keywords are
// kept as delivered; the platform is lower-cased and "unknown" when absent.
//
// The error is always a [*DecodeError]; rec is then empty.
func (d *Decoder) Decode(line []byte, rec *Record) error {
	d.spareSound, d.spareGauge = rec.Sound, rec.Gauge
	clearRecord(rec)
	err := d.decode(line, rec)
	d.spareSound, d.spareGauge, d.r.text = nil, nil, ""
	if err != nil {
		clearRecord(rec)
		return err
	}
	d.owner.take(rec)
	return nil
}

// clearRecord empties rec and keeps the room of its slices.
func clearRecord(rec *Record) {
	for _, list := range [...][]string{rec.Tags, rec.Keywords, rec.Mentions, rec.Links} {
		clear(list)
	}
	clear(rec.Metrics)
	*rec = Record{
		Tags:     rec.Tags[:0],
		Keywords: rec.Keywords[:0],
		Mentions: rec.Mentions[:0],
		Links:    rec.Links[:0],
		Metrics:  rec.Metrics[:0],
	}
}

// decode fills rec with strings that alias the line and the reader's scratch.
func (d *Decoder) decode(line []byte, rec *Record) *DecodeError {
	if !utf8.Valid(line) {
		return &DecodeError{Offset: firstInvalid(line), Reason: "the line is not valid UTF-8"}
	}
	d.r.reset(line)
	d.gauge.reset()
	t, err := d.r.peek()
	if err != nil {
		return err
	}
	if t != jsonObject {
		return d.r.fault("the line must be an object, not %s", t)
	}
	var (
		seen  fieldSet
		ts    timestamp
		gauge bool
	)
	if err := d.r.object(func(name string) *DecodeError {
		if err := seen.add(&d.r, recordFields, name); err != nil {
			return err
		}
		return d.field(name, rec, &ts, &gauge)
	}); err != nil {
		return err
	}
	if err := d.r.end(); err != nil {
		return err
	}
	if rec.TS, err = ts.micros(); err != nil {
		return err
	}
	if rec.Platform == "" {
		rec.Platform = unknownPlatform
	}
	if gauge {
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

// recordFields are the fields of a line that mean something, in either shape.
var recordFields = []string{
	"type", "ts", "platform", "id", "author", "group", "lang", "region", "text", "repost",
	"tags", "keywords", "mentions", "links", "sound", "metrics",
	"list", "category", "term", "metric", "unit", "value", "values", "units",
}

// field reads the value of one top-level field.
func (d *Decoder) field(name string, rec *Record, ts *timestamp, gauge *bool) (err *DecodeError) {
	switch name {
	case "type":
		*gauge, err = d.recordType()
	case "ts":
		*ts, err = d.timestamp()
	case "platform":
		rec.Platform, err = d.platform()
	case "id":
		rec.ID, err = d.str(name, MaxFieldBytes)
	case "author":
		rec.Author, err = d.str(name, MaxFieldBytes)
	case "group":
		rec.Group, err = d.str(name, MaxFieldBytes)
	case "lang":
		rec.Lang, err = d.str(name, MaxFieldBytes)
	case "region":
		rec.Region, err = d.str(name, MaxFieldBytes)
	case "text":
		rec.Text, err = d.str(name, MaxTextBytes)
	case "repost":
		rec.Repost, err = d.boolean(name)
	case "tags":
		rec.Tags, err = d.strs(name, rec.Tags, MaxFieldBytes)
	case "keywords":
		rec.Keywords, err = d.strs(name, rec.Keywords, MaxFieldBytes)
	case "mentions":
		rec.Mentions, err = d.strs(name, rec.Mentions, MaxFieldBytes)
	case "links":
		rec.Links, err = d.strs(name, rec.Links, MaxLinkBytes)
	case "sound":
		rec.Sound, err = d.sound()
	case "metrics":
		rec.Metrics, err = d.metrics(name, rec.Metrics)
	default:
		return d.gaugeField(name)
	}
	return err
}

func (d *Decoder) recordType() (gauge bool, err *DecodeError) {
	at := d.r.pos
	s, err := d.str("type", MaxFieldBytes)
	if err != nil {
		return false, err
	}
	switch s {
	case "gauge":
		return true, nil
	case "", "occurrence":
		return false, nil
	}
	return false, wrong("type", at, "%s is not known; it is \"occurrence\" or \"gauge\"", quote(s))
}

func (d *Decoder) platform() (string, *DecodeError) {
	at := d.r.pos
	s, err := d.str("platform", MaxPlatformBytes)
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
			return "", wrong("platform", at, "%s may hold only letters a-z, digits, '.', '_' and '-'", quote(s))
		}
	}
	if upper {
		s = strings.ToLower(s)
	}
	return s, nil
}

func (d *Decoder) sound() (*SoundRef, *DecodeError) {
	if null, err := d.open("sound", jsonObject); null || err != nil {
		return nil, err
	}
	into := d.spareSound
	if into == nil {
		into = new(SoundRef)
	}
	*into = SoundRef{}
	var seen fieldSet
	err := d.r.object(func(name string) *DecodeError {
		if err := seen.add(&d.r, soundFields, name); err != nil {
			return err
		}
		return d.soundField("sound", name, into)
	})
	if *into == (SoundRef{}) {
		return nil, err
	}
	return into, err
}

var soundFields = []string{"id", "isrc", "mbid", "title", "artist"}

// soundField reads a field that names a sound, in "sound" or in a gauge's "term".
func (d *Decoder) soundField(parent, name string, into *SoundRef) *DecodeError {
	var dst *string
	switch name {
	case "id":
		dst = &into.ID
	case "isrc":
		dst = &into.ISRC
	case "mbid":
		dst = &into.MBID
	case "title":
		dst = &into.Title
	case "artist":
		dst = &into.Artist
	default:
		return d.r.skip(1)
	}
	s, err := d.str(name, MaxFieldBytes)
	if err != nil {
		return err.within(parent)
	}
	*dst = s
	return nil
}

// metrics reads an object of numbers, sorted by name.
func (d *Decoder) metrics(field string, into []Metric) ([]Metric, *DecodeError) {
	if null, err := d.open(field, jsonObject); null || err != nil {
		return into, err
	}
	err := d.r.object(func(name string) *DecodeError {
		at := d.r.pos
		if len(name) > MaxFieldBytes {
			return wrong(field, at, "has a name of %d bytes; the limit is %d", len(name), MaxFieldBytes)
		}
		value, null, err := d.number(name)
		if err != nil {
			return err.within(field)
		}
		if null {
			return nil
		}
		if len(into) == MaxReadings {
			return wrong(field, at, "has more than %d numbers", MaxReadings)
		}
		into = append(into, Metric{Name: name, Value: value})
		return nil
	})
	if err != nil {
		return into, err
	}
	slices.SortFunc(into, func(a, b Metric) int { return strings.Compare(a.Name, b.Name) })
	for i := 1; i < len(into); i++ {
		if into[i].Name == into[i-1].Name {
			return into, wrong(field, -1, "names %s twice", quote(into[i].Name))
		}
	}
	return into, nil
}
