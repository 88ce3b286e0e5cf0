package serve

import (
	"bytes"
	"fmt"
	"net/http"
	"path"
	"reflect"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/rows"
)

// Headers of an answer that is a table, which has no place for them.
const (
	headerAsOf     = "Swell-As-Of"    // RFC 3339
	headerWindow   = "Swell-Window"   // or range: FROM/TO
	headerCoverage = "Swell-Coverage" // share, 0 to 1
)

// about is what an answer tells beside its list.
type about struct {
	asOf     string
	window   string
	coverage string
	next     string // cursor
}

// aboutOf takes from an answer what all name alike: AsOf, Window or Range, Coverage, Next.
func aboutOf(answer any) (a about) {
	v := reflect.Indirect(reflect.ValueOf(answer))
	member := func(name string) any {
		if v.Kind() != reflect.Struct {
			return nil
		}
		if f := v.FieldByName(name); f.IsValid() {
			return f.Interface()
		}
		return nil
	}
	switch t := member("AsOf").(type) {
	case *time.Time:
		if t != nil {
			a.asOf = t.Format(time.RFC3339)
		}
	case time.Time:
		if !t.IsZero() {
			a.asOf = t.Format(time.RFC3339)
		}
	}
	if span, ok := member("Window").(*api.Span); ok && span != nil {
		a.window = interval(*span)
	}
	if span, ok := member("Range").(api.Span); ok {
		a.window = interval(span)
	}
	if c, ok := member("Coverage").(*api.Coverage); ok && c != nil {
		share, err := c.Share.MarshalJSON()
		if err == nil && string(share) != "null" {
			a.coverage = string(share)
		}
	}
	if next, ok := member("Next").(*string); ok && next != nil {
		a.next = *next
	}
	return a
}

// head sets the headers that tell it, and adds the same to the notes of a table, if there are any.
func (a *about) head(h http.Header, notes map[string]string) {
	for _, x := range [...]struct{ header, note, value string }{
		{headerAsOf, "swell.as_of", a.asOf}, {headerWindow, "swell.window", a.window}, {headerCoverage, "swell.coverage", a.coverage},
	} {
		if x.value == "" {
			continue
		}
		h.Set(x.header, x.value)
		if notes != nil {
			notes[x.note] = x.value
		}
	}
}

// interval is a span as ISO 8601 writes it.
func interval(s api.Span) string {
	return s.From.UTC().Format(time.RFC3339) + "/" + s.To.UTC().Format(time.RFC3339)
}

// table returns the list of an answer as a table, and sets the headers that tell the rest.
func (s *Server) table(h http.Header, r *http.Request, out *reply) (*encoded, error) {
	if out.rows == nil {
		return nil, fmt.Errorf("the handler of %.80q gave no rows", r.URL.Path)
	}
	a := aboutOf(out.value)
	notes := map[string]string{}
	a.head(h, notes)
	if a.next != "" {
		next, query := *r.URL, r.URL.Query()
		query.Set("cursor", a.next)
		next.RawQuery = query.Encode()
		h.Add("Link", "<"+next.RequestURI()+`>; rel="next"`)
	}
	var b bytes.Buffer
	w, err := rows.NewWriter(&b, reflect.TypeOf(out.rows).Elem(), rows.Options{Format: out.form.format, Raw: out.form.raw, Notes: notes})
	if err != nil {
		return nil, err
	}
	if err := w.Write(out.rows); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	h.Set("Content-Disposition", disposition("inline", fileName(r.URL.Path)+"."+out.form.format.String()))
	body := newEncoded(b.Bytes())
	if out.form.format == rows.Parquet {
		body.gzipped, body.zstded = nil, nil // it is compressed
	}
	return body, nil
}

// withRows returns an answer with the rows of its table, which are made only where that is
// asked for.
func withRows[T any](r *http.Request, answer any, rows func() []T) *reply {
	out := &reply{value: answer}
	if formOf(r).tabular() {
		out.rows = rows()
	}
	return out
}

// maxFileName is the longest name that a table is given, in bytes.
const maxFileName = 100

// fileName returns a name for what a path gives, of letters that every system takes.
func fileName(target string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, strings.TrimPrefix(path.Clean(target), api.Base+"/"))
	return "swell-" + name[:min(len(name), maxFileName)]
}

// disposition is for a name of letters that need no quoting.
func disposition(how, name string) string { return how + `; filename="` + name + `"` }
