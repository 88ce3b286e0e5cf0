package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// objectBody reads the fields of an object in a body, as [listBody] does, and remembers where they stand.
type objectBody struct {
	listBody
	where map[string]int // bytes at which values begin, by field
}

// readObject reads a body that is one object, whose fields have the readers that fields returns. Each field may be there
// once, and no other.
func readObject(body []byte, what string, fields func(b *objectBody) map[string]func(field string, at int)) *api.Problem {
	b := &objectBody{listBody: listBody{body: body, in: json.NewDecoder(bytes.NewReader(body))}, where: map[string]int{}}
	return b.readWhole(what, fields(b))
}

func (b *objectBody) readWhole(what string, fields map[string]func(field string, at int)) *api.Problem {
	b.want = what
	if at := invalidUTF8(b.body); at >= 0 {
		return atByte(b.body, at, "", "is not UTF-8")
	}
	noting := make(map[string]func(string, int), len(fields))
	for name, read := range fields {
		noting[name] = func(field string, at int) {
			b.where[field] = min(at, len(b.body))
			read(field, at)
		}
	}
	b.object("", what, noting)
	if b.fault == nil {
		at := b.at()
		if _, err := b.in.Token(); !errors.Is(err, io.EOF) {
			b.refuse(at, "", "goes on behind the object; send one object alone")
		}
	}
	return b.fault
}

// number reads a number; null is one that is not known.
func (b *objectBody) number(field string, at int) api.Number {
	switch t := b.token().(type) {
	case float64:
		return api.Number(t)
	case nil:
	default:
		b.refuse(at, field, "is not a number")
	}
	return api.Unknown
}

// boolean reads true or false; null is false.
func (b *objectBody) boolean(field string, at int) bool {
	switch t := b.token().(type) {
	case bool:
		return t
	case nil:
	default:
		b.refuse(at, field, "is neither true nor false")
	}
	return false
}

// time reads a moment as RFC 3339; null is none.
func (b *objectBody) time(field string, at int) *time.Time {
	text := b.text(field, at)
	if text == "" {
		return nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Unix() < 0 || t.Unix() >= endOfTime {
		b.refuse(at, field, "is no time; write it as in 2026-11-21T14:00:00Z, from 1970 to 9999")
		return nil
	}
	t = t.UTC()
	return &t
}
