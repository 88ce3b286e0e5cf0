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

func (d *Decoder) gaugeField(name string) (err *DecodeError) {
	g := &d.gauge
	switch name {
	case "list":
		g.list, err = d.str(name, MaxFieldBytes)
	case "category":
		g.category, err = d.str(name, MaxFieldBytes)
	case "term":
		err = d.gaugeTerm()
	case "metric":
		g.metric, err = d.str(name, MaxFieldBytes)
	case "unit":
		g.unit, err = d.unit(name)
	case "value":
		var null bool
		g.value, null, err = d.number(name)
		g.hasValue = !null
	case "values":
		err = d.readings(name, &g.values, func(field string) (Reading, bool, *DecodeError) {
			value, null, err := d.number(field)
			return Reading{Value: value}, null, err
		})
	case "units":
		err = d.readings(name, &g.units, func(field string) (Reading, bool, *DecodeError) {
			unit, err := d.unit(field)
			return Reading{Unit: unit}, unit == 0, err
		})
	default:
		err = d.r.skip(1)
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
func (d *Decoder) readings(field string, into *[]Reading, member func(string) (Reading, bool, *DecodeError)) *DecodeError {
	if null, err := d.open(field, jsonObject); null || err != nil {
		return err
	}
	return d.r.object(func(name string) *DecodeError {
		if len(name) > MaxFieldBytes {
			return wrong(field, d.r.pos, "has a name of %d bytes; the limit is %d", len(name), MaxFieldBytes)
		}
		reading, null, err := member(name)
		if err != nil {
			return err.within(field)
		}
		if null {
			return nil
		}
		if len(*into) == MaxReadings {
			return wrong(field, d.r.pos, "has more than %d members", MaxReadings)
		}
		if indexReading(*into, name) >= 0 {
			return wrong(field, d.r.pos, "names %s twice", quote(name))
		}
		reading.Name = name
		*into = append(*into, reading)
		return nil
	})
}

func indexReading(in []Reading, name string) int {
	return slices.IndexFunc(in, func(r Reading) bool { return r.Name == name })
}

var termFields = []string{"kind", "key", "text", "id", "isrc", "mbid", "title", "artist"}

func (d *Decoder) gaugeTerm() *DecodeError {
	if null, err := d.open("term", jsonObject); null || err != nil {
		return err
	}
	g := &d.gauge
	g.termAt = d.r.pos
	var seen fieldSet
	return d.r.object(func(name string) (err *DecodeError) {
		if err := seen.add(&d.r, termFields, name); err != nil {
			return err.within("term")
		}
		switch name {
		case "kind":
			g.kind, err = d.kind()
		case "key":
			g.key, err = d.str(name, MaxFieldBytes)
		case "text":
			g.text, err = d.str(name, MaxLinkBytes)
		default:
			return d.soundField("term", name, &g.sound)
		}
		if err != nil {
			return err.within("term")
		}
		return nil
	})
}

func (d *Decoder) kind() (Kind, *DecodeError) {
	at := d.r.pos
	s, err := d.str("kind", MaxFieldBytes)
	if err != nil || s == "" {
		return 0, err
	}
	k, bad := ParseKind(s)
	if bad != nil {
		return 0, wrong("kind", at, "%s is not known; the kinds are %v", quote(s), Kinds())
	}
	return k, nil
}

// finishGauge turns the draft into the record's gauge.
func (d *Decoder) finishGauge(rec *Record) *DecodeError {
	g := &d.gauge
	t, err := g.term(rec.Platform)
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
	rec.Gauge = d.spareGauge
	if rec.Gauge == nil {
		rec.Gauge = new(Gauge)
	}
	rec.Gauge.List, rec.Gauge.Category, rec.Gauge.Term = g.list, g.category, t
	rec.Gauge.Values = append(rec.Gauge.Values[:0], g.values...)
	return nil
}

// term names what the gauge measures.
func (g *gaugeDraft) term(platform string) (Term, *DecodeError) {
	switch {
	case g.termAt < 0:
		return Term{}, &DecodeError{Field: "term", Offset: -1, Reason: "is missing", err: ErrNothingToCount}
	case g.kind == 0:
		return Term{}, wrong("term.kind", g.termAt, "is missing; the kinds are %v", Kinds())
	}
	if g.kind == Sound && g.key == "" {
		if g.sound.Title == "" {
			g.sound.Title = g.text
		}
		if t, ok := SoundTerm(platform, g.sound); ok {
			return t, nil
		}
		return Term{}, wrong("term", g.termAt, "names no sound: give id, isrc, mbid or a title that is its own")
	}
	shown := display(g.kind, g.text)
	from := g.key
	if from == "" {
		from = g.text
	}
	key := KeyOf(g.kind, from)
	if key == "" {
		return Term{}, wrong("term.text", g.termAt, "%s holds nothing to count", quote(from))
	}
	if shown == "" {
		shown = key
	}
	return Term{Kind: g.kind, Key: key, Display: shown}, nil
}
