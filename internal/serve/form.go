package serve

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/rows"
)

// form is how the answer of a tabular path is written out. The methods take a nil
// one, that of all other paths, for JSON.
type form struct {
	format rows.Format // 0: JSON, with all that the answer holds
	raw    bool        // without the guard of CSV
}

func formParameters() []string { return []string{"csv_guard", "format"} }

// tabular reports whether the list of an answer is sent as a table, and not the answer
// as JSON.
func (f *form) tabular() bool { return f != nil && f.format != 0 }

// tag returns the entity tag of an answer in this form.
func (f *form) tag(etag string) string {
	if etag == "" || !f.tabular() {
		return etag
	}
	if etag += "-" + f.format.String(); f.raw {
		etag += "-raw"
	}
	return etag
}

type formKey struct{}

// formOf returns the form that was asked for on a tabular path; nil on others.
func formOf(r *http.Request) *form {
	f, _ := r.Context().Value(formKey{}).(*form)
	return f
}

// tabular lets a handler of a list answer in every form that is asked for: it has to set
// the rows of its reply.
func tabular(h handler) handler {
	return func(r *http.Request) (*reply, *api.Problem) {
		f, fault := negotiate(r)
		if fault != nil {
			return nil, fault
		}
		out, fault := h(r.WithContext(context.WithValue(r.Context(), formKey{}, f)))
		if fault != nil {
			return nil, fault
		}
		out.form = f
		return out, nil
	}
}

const formatJSON = "json"

// negotiate returns the form that the parameter format names, or else the one that the
// Accept headers like best.
func negotiate(r *http.Request) (*form, *api.Problem) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &form{}, nil // the handler says what is the matter
	}
	p := params{values: values}
	name := p.choice("format", append([]string{formatJSON}, rows.Names()...)...)
	raw := p.choice("csv_guard", "1", "0") == "0"
	if p.fault != nil {
		return nil, p.fault
	}
	f := &form{}
	if values.Get("format") == "" {
		accept := r.Header.Values("Accept")
		var ok bool
		if f.format, ok = accepted(accept); !ok {
			return nil, api.NewProblem(api.ProblemNotAcceptable, "Accept is %.80q; there are %s, which the parameter format chooses as well",
				strings.Join(accept, ", "), strings.Join(mediaTypes(), ", "))
		}
	} else if name != formatJSON {
		if f.format, err = rows.ParseFormat(name); err != nil { // cannot be: it is one of the names
			return nil, internal()
		}
	}
	f.raw = raw && f.format == rows.CSV
	return f, nil
}

// mediaTypes lists what a tabular path may answer with, the first one where nothing else
// is asked for.
func mediaTypes() []string {
	types := []string{api.TypeJSON}
	for _, f := range rows.Formats() {
		types = append(types, f.MediaType())
	}
	return types
}

// accepted returns the format that Accept headers (RFC 9110, 12.5.1) like best, the first
// one of several: 0 is JSON. It reports false if they take none.
func accepted(headers []string) (best rows.Format, ok bool) {
	if strings.TrimSpace(strings.Join(headers, "")) == "" {
		return 0, true
	}
	switch i := preferred(headers, mediaTypes()); {
	case i < 0:
		return 0, false
	case i > 0:
		best = rows.Formats()[i-1]
	}
	return best, true
}

// preferred returns which of the media types Accept headers (RFC 9110, 12.5.1) like best, the first one of several; -1 if
// they take none.
func preferred(headers, kinds []string) int {
	w := weights(headers)
	best, most := -1, 0.0
	for i, kind := range kinds {
		family, _, _ := strings.Cut(kind, "/")
		// The narrowest range that takes a type decides about it.
		for _, name := range []string{kind, family + "/*", "*/*"} {
			if q, named := w[name]; named {
				if q > most {
					best, most = i, q
				}
				break
			}
		}
	}
	return best
}
