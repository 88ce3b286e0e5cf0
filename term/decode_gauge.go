package term

import (
	"slices"
	"strings"
)

// gaugeDraft collects the fields of a gauge until the whole line was read: only
// then is it known whether the line is one. Its slices are reused.
type gaugeDraft struct {
	list, category string

	termAt int // -1 when there is no term
	kind   Kind
	key    string // given as a key, beside or instead of text
	text   string
	sound  SoundRef

	metric   string
	unit     Unit
	value    float64
	hasValue bool
	values   []Reading
	units    []Reading // Name and Unit only
}

func (g *gaugeDraft) reset() {
	clear(g.values)
	clear(g.units)
	*g = gaugeDraft{termAt: -1, values: g.values[:0], units: g.units[:0]}
}

func (d *Decoder) gaugeField(f field) (err *DecodeError) {
	g := &d.gauge
	switch f {
	case fieldList:
		g.list, err = d.str("list", MaxFieldBytes)
	case fieldCategory:
		g.category, err = d.str("category", MaxFieldBytes)
	case fieldTerm:
		err = d.gaugeTerm()
	case fieldMetric:
		g.metric, err = d.str("metric", MaxFieldBytes)
	case fieldUnit:
		g.unit, err = d.unit("unit")
	case fieldValue:
		var null bool
		g.value, null, err = d.number("value")
		g.hasValue = !null
	case fieldValues:
		g.values, err = d.readings("values", g.values, d.reading)
	case fieldUnits:
		g.units, err = d.readings("units", g.units, d.readingUnit)
	}
	return err
}

func (d *Decoder) unit(field string) (Unit, *DecodeError) {
	at := d.r.pos
	s, err := d.str(field, MaxFieldBytes)
	if err != nil || s == "" {
		return 0, err
	}
	u, bad := ParseUnit(s)
	if bad != nil {
		return 0, wrong(field, at, "%s is not known; the units are %v", quote(s), Units())
	}
	return u, nil
}

// readings reads an object whose members are numbers or units.
func (d *Decoder) readings(field string, into []Reading, member func(name string) (Reading, bool, *DecodeError)) ([]Reading, *DecodeError) {
	if null, err := d.open(field, jsonObject); null || err != nil {
		return into, err
	}
	for more := d.r.open('}'); more; {
		name, err := d.r.name()
		if err != nil {
			return into, err
		}
		if len(name) > MaxFieldBytes {
			return into, wrong(field, d.r.pos, "has a name of %d bytes; the limit is %d", len(name), MaxFieldBytes)
		}
		reading, null, err := member(name)
		if err != nil {
			return into, err.within(field)
		}
		if !null {
			if len(into) == MaxReadings {
				return into, wrong(field, d.r.pos, "has more than %d members", MaxReadings)
			}
			if indexReading(into, name) >= 0 {
				return into, wrong(field, d.r.pos, "names %s twice", quote(name))
			}
			into = append(into, reading)
		}
		if more, err = d.r.more('}'); err != nil {
			return into, err
		}
	}
	return into, nil
}

func (d *Decoder) reading(name string) (r Reading, null bool, err *DecodeError) {
	r.Name = name
	r.Value, null, err = d.number(name)
	return r, null, err
}

// readingUnit reads the unit of the reading with a name.
func (d *Decoder) readingUnit(name string) (r Reading, null bool, err *DecodeError) {
	r.Name = name
	r.Unit, err = d.unit(name)
	return r, r.Unit == 0, err
}

func indexReading(in []Reading, name string) int {
	return slices.IndexFunc(in, func(r Reading) bool { return r.Name == name })
}

func (d *Decoder) gaugeTerm() *DecodeError {
	if null, err := d.open("term", jsonObject); null || err != nil {
		return err
	}
	d.gauge.termAt = d.r.pos
	var seen fieldSet
	for more := d.r.open('}'); more; {
		name, err := d.r.name()
		if err != nil {
			return err
		}
		f := termName(name)
		if f != nameUnknown && !seen.add(f) {
			return wrong(name, d.r.pos, "is given twice").within("term")
		}
		if err := d.gaugeTermField(f); err != nil {
			return err
		}
		if more, err = d.r.more('}'); err != nil {
			return err
		}
	}
	return nil
}

func (d *Decoder) gaugeTermField(f field) (err *DecodeError) {
	g := &d.gauge
	switch f {
	case nameKind:
		g.kind, err = d.kind()
	case nameKey:
		g.key, err = d.str("key", MaxFieldBytes)
	case nameText:
		g.text, err = d.str("text", MaxLinkBytes)
	default:
		return d.soundField("term", f, &g.sound)
	}
	if err != nil {
		return err.within("term")
	}
	return nil
}

func (d *Decoder) kind() (Kind, *DecodeError) {
	at := d.r.pos
	s, err := d.str("kind", MaxFieldBytes)
	if err != nil || s == "" {
		return 0, err
	}
	k, bad := ParseKind(s)
	if bad != nil || k == Watch {
		return 0, wrong("kind", at, "%s is not known; the kinds are %v", quote(s), PostKinds())
	}
	return k, nil
}

// finishGauge turns the draft into the record's gauge.
func (d *Decoder) finishGauge(rec *Record) *DecodeError {
	g := &d.gauge
	t, err := d.term(rec.Platform)
	if err != nil {
		return err
	}
	if g.hasValue {
		if g.metric == "" {
			return &DecodeError{Field: "metric", Offset: -1, Reason: "is missing: what does value measure?"}
		}
		if indexReading(g.values, g.metric) >= 0 {
			return wrong("metric", -1, "%s stands in values too", quote(g.metric))
		}
		g.values = append(g.values, Reading{Name: g.metric, Unit: g.unit, Value: g.value})
	}
	if len(g.values) == 0 {
		return &DecodeError{Offset: -1, Reason: "nothing to count: a gauge needs metric and value, or values", err: ErrNothingToCount}
	}
	for i := range g.values {
		r := &g.values[i]
		if at := indexReading(g.units, r.Name); at >= 0 {
			r.Unit = g.units[at].Unit
		}
		if r.Unit == 0 {
			r.Unit = UnitOf(r.Name)
		}
	}
	slices.SortFunc(g.values, func(a, b Reading) int { return strings.Compare(a.Name, b.Name) })
	rec.Gauge = d.gauges.take()
	rec.Gauge.List, rec.Gauge.Category, rec.Gauge.Term = g.list, g.category, t
	rec.Gauge.Values = append(rec.Gauge.Values[:0], g.values...)
	return nil
}

// term names what the gauge measures. What it makes stands in the reader's scratch.
func (d *Decoder) term(platform string) (Term, *DecodeError) {
	g := &d.gauge
	switch {
	case g.termAt < 0:
		return Term{}, &DecodeError{Field: "term", Offset: -1, Reason: "is missing", err: ErrNothingToCount}
	case g.kind == 0:
		return Term{}, wrong("term.kind", g.termAt, "is missing; the kinds are %v", PostKinds())
	}
	start := len(d.r.scratch)
	if g.kind == Sound && g.key == "" {
		if g.sound.Title == "" {
			g.sound.Title = g.text
		}
		key, ok := appendSoundTerm(d.r.scratch, platform, &g.sound)
		if !ok {
			return Term{}, wrong("term", g.termAt, "names no sound: give id, isrc, mbid or a title that is its own")
		}
		end := len(key)
		d.r.scratch = appendSoundDisplay(key, &g.sound, alias(key[start:]))
		return Term{Kind: Sound, Key: alias(d.r.scratch[start:end]), Display: alias(d.r.scratch[end:])}, nil
	}
	shown := display(g.kind, g.text)
	from := g.key
	if from == "" {
		from = g.text
	}
	d.r.scratch = AppendKeyOf(d.r.scratch, g.kind, from)
	key := alias(d.r.scratch[start:])
	if key == "" {
		return Term{}, wrong("term.text", g.termAt, "%s holds nothing to count", quote(from))
	}
	if shown == "" {
		shown = key
	}
	return Term{Kind: g.kind, Key: key, Display: shown}, nil
}
