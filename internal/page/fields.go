package page

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/swell-radar/swell/internal/api"
)

// fields are what stands in a form: what is kept, or what somebody typed, and what is wrong with it.
type fields struct {
	values url.Values
	wrong  map[string]string // by field
	// Fault is wrong with the form as a whole; empty: nothing.
	Fault string
	first string // the first field that is wrong
}

const (
	// maxForm is the longest form, in bytes as it is sent.
	maxForm = 16 << 10
	// maxLongForm is that of a watch list or a rule, which may have thousands of lines.
	maxLongForm = 1 << 20
)

// readForm reads the form that a request brings, if it may bring one.
func readForm(r *http.Request, longest int64) *api.Problem {
	if r.Method != http.MethodPost || r.PostForm != nil {
		return nil
	}
	if r.Body != nil {
		r.Body = http.MaxBytesReader(nil, r.Body, longest)
	}
	err := r.ParseForm()
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return api.NewProblem(api.ProblemTooLarge, "the form has more than %d bytes; send less at a time", longest)
	case err != nil:
		return badForm(err)
	}
	return nil
}

// typed returns the fields of the form that a request brings.
func typed(v *viewer) (*fields, *api.Problem) {
	if problem := readForm(v.Request, maxForm); problem != nil {
		return nil, problem
	}
	return &fields{values: v.PostForm}, nil
}

// Value is what stands in a field.
func (f *fields) Value(name string) string { return f.values.Get(name) }

// Has reports whether a box is ticked, or a choice taken.
func (f *fields) Has(name, value string) bool { return slices.Contains(f.values[name], value) }

// Wrong says what is wrong with a field; empty: nothing.
func (f *fields) Wrong(name string) string { return f.wrong[name] }

// Bad reports whether anything is wrong.
func (f *fields) Bad() bool { return f.Fault != "" || len(f.wrong) > 0 }

// First is the field to look at first; empty: none.
func (f *fields) First() string { return f.first }

// trimmed is what stands in a field, without blanks around.
func (f *fields) trimmed(name string) string { return strings.TrimSpace(f.values.Get(name)) }

// refuse notes what is wrong with a field. What was found first stays.
func (f *fields) refuse(name, format string, args ...any) {
	if f.wrong == nil {
		f.wrong = map[string]string{}
	}
	if f.wrong[name] == "" {
		f.wrong[name] = fmt.Sprintf(format, args...)
	}
	if f.first == "" {
		f.first = name
	}
}

// take puts a problem of the endpoint beside the field that it is about. field tells which one that is; empty: none.
func (f *fields) take(p *api.Problem, field func(name string) string) {
	name, reason := p.Parameter, p.Detail
	if len(p.Errors) > 0 {
		name, reason = p.Errors[0].Field, p.Errors[0].Reason
	}
	if at := field(name); at != "" {
		f.refuse(at, "%s", standalone(reason))
		return
	}
	f.Fault = standalone(p.Detail)
}

// standalone makes a reason of the endpoint, which goes on behind the name of a field, one that stands alone.
func standalone(reason string) string {
	reason = text(reason)
	switch verb, _, _ := strings.Cut(reason, " "); verb {
	case "is", "has":
		reason = "It " + reason
	case "are", "have":
		reason = "They " + reason
	}
	r, size := utf8.DecodeRuneInString(reason)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + reason[size:]
}

// missing tells of a thing that is not there in words of the page, not of the endpoint.
func missing(p *api.Problem, what, name string) *Answer {
	switch p.Type {
	case api.ProblemUnknownWatch, api.ProblemUnknownAlert, api.ProblemUnknownRule, api.ProblemUnknownMute:
		p = api.NewProblem(p.Type, "%.80q is no %s that there is now", text(name), what)
	}
	return failed(p)
}

// isTyped reports whether a problem is the fault of what was typed, so that the form is shown again with it.
func isTyped(p *api.Problem) bool {
	return p.Status >= 400 && p.Status < 500 && p.Type != api.ProblemForeignOrigin && p.Type != api.ProblemToken && p.Type != api.ProblemNoAlerts
}

// isName reports whether a text may be the name of a rule or a watch list.
func isName(s string) bool {
	const most, first, others = 64, "abcdefghijklmnopqrstuvwxyz0123456789", "-_."
	return s != "" && len(s) <= most && strings.Trim(s, first+others) == "" && strings.IndexByte(others, s[0]) < 0
}

// named takes a name for something new, or notes what is wrong with it.
func (f *fields) named() string {
	name := f.trimmed("name")
	switch {
	case name == "":
		f.refuse("name", "Give it a name.")
	case !isName(name):
		f.refuse("name", "Use up to 64 of a-z, 0-9, “-”, “_” and “.”, the first a letter or a digit.")
	}
	return name
}

// namesIn cuts a line of names apart, at commas and line ends, and leaves out what is empty.
func namesIn(s string) []string {
	out := []string{}
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// withDone is an address on this server with the code of what was done.
func withDone(to, code string) string {
	u, err := url.Parse(backTo(to))
	if err != nil {
		return "/?done=" + code
	}
	q := u.Query()
	q.Set("done", code)
	u.RawQuery = q.Encode()
	return u.String()
}

// escaped is the path of one thing under that of all.
func escaped(base, name string) string { return base + "/" + url.PathEscape(name) }

// stateOf stands for all that a form was filled with, so that a change that somebody else makes meanwhile is noticed.
func stateOf(kept any) string {
	data, err := json.Marshal(kept)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

func changedSince(what string) *api.Problem {
	return api.NewProblem(api.ProblemChanged, "somebody has changed %s since you looked at it; look again, then decide", what)
}

// fieldError is what is wrong with a field, to be shown under it.
type fieldError struct{ Field, Reason string }

// Field tells what is wrong with a field.
func (f *fields) Field(name string) fieldError { return fieldError{name, f.wrong[name]} }

// tickBox is a choice of a field that may have several.
type tickBox struct {
	choice
	Field string
}

// Box makes a choice one of a field.
func (f *fields) Box(field string, c choice) tickBox { return tickBox{c, field} }
