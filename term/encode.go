package term

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// AppendRecord appends rec to dst as one line of NDJSON, newline included. The
// order of the fields is fixed, empty ones are left out: equal records give
// equal bytes. ts is written as a Unix time in the coarsest of seconds,
// milliseconds and microseconds that holds it exactly.
//
// Decoding the line gives rec again if it came from a [Decoder] or keeps to the
// same rules (a platform, ts from 1990 to 2100, no empty strings in lists,
// numbers sorted by name without duplicates, a normalised term in a gauge). Of a
// heartbeat only that is written which a heartbeat has.
// Bytes that are not valid UTF-8 are written as U+FFFD; a number that is not
// finite is left out. Nothing is allocated for an occurrence while dst has room.
func AppendRecord(dst []byte, rec *Record) []byte {
	e := encoder{dst: dst}
	e.open("")
	if rec.Heartbeat != nil {
		e.str("type", "heartbeat")
		e.timestamp(rec.TS)
		e.strs("missing", rec.Heartbeat.Missing)
		e.close()
		return append(e.dst, '\n')
	}
	if rec.Gauge != nil {
		e.str("type", "gauge")
	}
	e.timestamp(rec.TS)
	e.str("platform", rec.Platform)
	e.str("id", rec.ID)
	e.str("author", rec.Author)
	e.str("group", rec.Group)
	e.str("lang", rec.Lang)
	e.str("region", rec.Region)
	e.str("text", rec.Text)
	if rec.Repost {
		e.name("repost")
		e.dst = append(e.dst, "true"...)
	}
	e.strs("tags", rec.Tags)
	e.strs("keywords", rec.Keywords)
	e.strs("mentions", rec.Mentions)
	e.strs("links", rec.Links)
	if s := rec.Sound; s != nil {
		e.open("sound")
		e.str("id", s.ID)
		e.str("isrc", s.ISRC)
		e.str("mbid", s.MBID)
		e.str("title", s.Title)
		e.str("artist", s.Artist)
		e.close()
	}
	if len(rec.Metrics) > 0 {
		e.open("metrics")
		for _, m := range rec.Metrics {
			e.number(m.Name, m.Value)
		}
		e.close()
	}
	if rec.Gauge != nil {
		e.gauge(rec.Gauge)
	}
	e.close()
	return append(e.dst, '\n')
}

// encoder writes JSON. first says that no member was written yet to the object
// that is open.
type encoder struct {
	dst   []byte
	first bool
}

func (e *encoder) gauge(g *Gauge) {
	e.str("list", g.List)
	e.str("category", g.Category)
	e.open("term")
	e.str("kind", g.Term.Kind.String())
	if g.Term.Kind == Sound || KeyOf(g.Term.Kind, g.Term.Display) != g.Term.Key {
		e.str("key", g.Term.Key)
	}
	e.str("text", g.Term.Display)
	e.close()
	e.open("values")
	for _, r := range g.Values {
		e.number(r.Name, r.Value)
	}
	e.close()
	units := false
	for _, r := range g.Values {
		if r.Unit == UnitOf(r.Name) {
			continue
		}
		if !units {
			e.open("units")
			units = true
		}
		e.name(r.Name)
		e.quoted(r.Unit.String())
	}
	if units {
		e.close()
	}
}

// open starts an object, as the value of a field where name is not empty.
func (e *encoder) open(name string) {
	if name != "" {
		e.name(name)
	}
	e.dst = append(e.dst, '{')
	e.first = true
}

func (e *encoder) close() {
	e.dst = append(e.dst, '}')
	e.first = false
}

func (e *encoder) name(name string) {
	if !e.first {
		e.dst = append(e.dst, ',')
	}
	e.first = false
	e.quoted(name)
	e.dst = append(e.dst, ':')
}

func (e *encoder) str(name, value string) {
	if value != "" {
		e.name(name)
		e.quoted(value)
	}
}

func (e *encoder) strs(name string, values []string) {
	if len(values) == 0 {
		return
	}
	e.name(name)
	e.dst = append(e.dst, '[')
	for i, v := range values {
		if i > 0 {
			e.dst = append(e.dst, ',')
		}
		e.quoted(v)
	}
	e.dst = append(e.dst, ']')
}

func (e *encoder) number(name string, value float64) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return
	}
	e.name(name)
	format := byte('f')
	if abs := math.Abs(value); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	e.dst = strconv.AppendFloat(e.dst, value, format, -1, 64)
}

func (e *encoder) timestamp(micros int64) {
	switch {
	case micros%microsPerSecond == 0:
		micros /= microsPerSecond
	case micros%1000 == 0:
		micros /= 1000
	}
	e.name("ts")
	e.dst = strconv.AppendInt(e.dst, micros, 10)
}

// quoted writes s as a JSON string. U+2028 and U+2029 are escaped because some
// readers of lines take them for line ends.
func (e *encoder) quoted(s string) {
	const hex = "0123456789abcdef"
	e.dst = append(e.dst, '"')
	plain := 0 // start of the bytes that can be copied as they are
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		invalid := r == utf8.RuneError && size == 1
		if c >= utf8.RuneSelf && !invalid && r != '\u2028' && r != '\u2029' {
			i += size
			continue
		}
		e.dst = append(e.dst, s[plain:i]...)
		switch {
		case invalid:
			e.dst = append(e.dst, "\uFFFD"...)
		case c == '"' || c == '\\':
			e.dst = append(e.dst, '\\', c)
		case c == '\n':
			e.dst = append(e.dst, `\n`...)
		case c == '\t':
			e.dst = append(e.dst, `\t`...)
		case c == '\r':
			e.dst = append(e.dst, `\r`...)
		default:
			e.dst = append(e.dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		}
		i += size
		plain = i
	}
	e.dst = append(append(e.dst, s[plain:]...), '"')
}
