package serve

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// readList reads a watch list from a body: an object with the fields of [api.Watch], each
// once at most and no others. name is that of the path; empty: the body has to say it.
func readList(body []byte, name string, changed time.Time) (*watch.List, *api.Problem) {
	if at := invalidUTF8(body); at >= 0 {
		return nil, atByte(body, at, "", "is not UTF-8")
	}
	b := &listBody{body: body, in: json.NewDecoder(bytes.NewReader(body)), places: map[string][]int{}}
	b.read()
	if b.fault == nil {
		at := b.at()
		if _, err := b.in.Token(); !errors.Is(err, io.EOF) {
			b.refuse(at, "", "goes on behind the object; send one object alone")
		}
	}
	switch {
	case b.fault != nil:
		return nil, b.fault
	case name == "":
		name = b.name
	case b.name != "" && b.name != name:
		return nil, atByte(body, b.nameAt, "name", fmt.Sprintf("is %.80q, but the path says %q; leave it out", b.name, name))
	}
	b.draft.Name, b.draft.Changed, b.draft.Since = name, changed, changed
	l, err := watch.Make(b.draft)
	var wrong *watch.FieldError
	switch {
	case errors.As(err, &wrong):
		at := 0
		if wrong.Term >= 0 {
			at = b.places[wrong.In][wrong.Term]
		}
		return nil, atByte(body, at, wrong.Path(), wrong.Reason)
	case err != nil:
		return nil, api.NewProblem(api.ProblemInvalidBody, "%v", err)
	}
	return l, nil
}

func invalidUTF8(body []byte) int {
	for i := 0; i < len(body); {
		r, size := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// atByte returns the problem with what stands at a byte of a body.
func atByte(body []byte, at int, field, reason string) *api.Problem {
	line := 1 + bytes.Count(body[:at], []byte{'\n'})
	in := at - 1 - bytes.LastIndexByte(body[:at], '\n')
	p := api.NewProblem(api.ProblemInvalidBody, "%s", strings.TrimSpace(fmt.Sprintf("line %d, byte %d: %s %s", line, in, field, reason)))
	p.Errors = []api.LineError{{Line: line, Byte: &in, Field: field, Reason: reason}}
	return p
}

// listBody reads the fields of a list. The first fault is kept, and what is read after it
// does not matter.
type listBody struct {
	body  []byte
	in    *json.Decoder
	fault *api.Problem
	want  string // what was to be sent, for bodies that end too early; empty: a watch list

	name   string
	nameAt int
	draft  watch.Draft
	places map[string][]int // bytes at which terms and phrases begin
}

// at returns where the next token begins, or the body ends.
func (b *listBody) at() int {
	at := int(b.in.InputOffset())
	for at < len(b.body) && strings.IndexByte(" \t\r\n,:", b.body[at]) >= 0 {
		at++
	}
	return at
}

func (b *listBody) refuse(at int, field, reason string) {
	if b.fault == nil {
		b.fault = atByte(b.body, min(at, len(b.body)), field, reason)
	}
}

// token returns the next token; nil behind a fault, and for null.
func (b *listBody) token() json.Token {
	if b.fault != nil {
		return nil
	}
	at := b.at()
	t, err := b.in.Token()
	var syntax *json.SyntaxError
	var large *json.UnmarshalTypeError
	switch {
	case err == nil:
		return t
	case errors.As(err, &syntax):
		b.refuse(max(0, int(syntax.Offset)-1), "", "is no JSON: "+syntax.Error())
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		b.refuse(len(b.body), "", "ends too early; send "+cmp.Or(b.want, "an object with title and terms"))
	case errors.As(err, &large):
		b.refuse(at, "", "has a number of more than 1.8e308, which is too large; use a smaller one")
	default:
		b.refuse(at, "", "is no JSON: "+err.Error())
	}
	return nil
}

// begins reads the beginning of an object or an array.
func (b *listBody) begins(with json.Delim, field, what string) bool {
	at := b.at()
	if t := b.token(); b.fault == nil && t != with {
		b.refuse(at, field, "is not "+what)
	}
	return b.fault == nil
}

// object reads an object, each of whose fields has a reader that is told where it stands.
func (b *listBody) object(field, what string, fields map[string]func(field string, at int)) {
	if !b.begins('{', field, what) {
		return
	}
	seen := map[string]bool{}
	for b.fault == nil && b.in.More() {
		at := b.at()
		name, ok := b.token().(string)
		full := name
		if field != "" {
			full = field + "." + name
		}
		read := fields[name]
		switch {
		case b.fault != nil:
		case !ok:
			b.refuse(at, field, "has something else than a name")
		case read == nil:
			b.refuse(at, cut(full), "is not a field; use "+enumerate(sortedKeys(fields)))
		case seen[name]:
			b.refuse(at, full, "is given twice; give it once")
		default:
			seen[name] = true
			read(full, b.at())
		}
	}
	b.token()
}

func sortedKeys(fields map[string]func(string, int)) []string {
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// text reads a string; null is as good as empty.
func (b *listBody) text(field string, at int) string {
	t := b.token()
	s, ok := t.(string)
	if !ok && t != nil {
		b.refuse(at, field, "is not a string")
	}
	return s
}

func (b *listBody) read() {
	skip := func(field string, at int) { b.skip(field, at) }
	b.object("", "an object", map[string]func(string, int){
		"name":      func(field string, at int) { b.name, b.nameAt = b.text(field, at), at },
		"title":     func(field string, at int) { b.draft.Title = b.text(field, at) },
		"purpose":   func(field string, at int) { b.draft.Purpose = b.text(field, at) },
		"terms":     func(field string, _ int) { b.readTerms(field) },
		"phrases":   func(field string, _ int) { b.readPhrases(field) },
		"exclude":   func(field string, at int) { b.draft.Exclude = b.texts(field, at, watch.MaxExclusions) },
		"languages": func(field string, at int) { b.draft.Languages = b.texts(field, at, watch.MaxLanguages) },
		"demo":      skip, "changed": skip, "since": skip,
	})
}

// skip passes over what the server fills in: a list may be sent back as it came.
func (b *listBody) skip(field string, at int) {
	if t := b.token(); b.fault == nil {
		if _, nested := t.(json.Delim); nested {
			b.refuse(at, field, "is not what the server gives there; leave it out")
		}
	}
}

func (b *listBody) readTerms(field string) {
	b.array(field, "a list of terms", watch.MaxTerms, func(field string) { b.draft.Terms = append(b.draft.Terms, b.readTerm(field)) })
}

func (b *listBody) readPhrases(field string) {
	b.array(field, "a list of phrases", watch.MaxPhrases, func(field string) { b.draft.Phrases = append(b.draft.Phrases, b.readPhrase(field)) })
}

// array reads a list of objects and notes where they begin; null is as good as empty.
func (b *listBody) array(field, what string, most int, read func(field string)) {
	at := b.at()
	switch t := b.token(); {
	case t == nil: // or a fault
		return
	case t != json.Delim('['):
		b.refuse(at, field, "is not "+what)
		return
	}
	for n := 0; b.fault == nil && b.in.More(); n++ {
		if n >= most {
			b.refuse(b.at(), field, fmt.Sprintf("are more than %d, which all lists together may have", most))
			return
		}
		b.places[field] = append(b.places[field], b.at())
		read(fmt.Sprintf("%s[%d]", field, n))
	}
	b.token()
}

func (b *listBody) readPhrase(field string) (p watch.Phrase) {
	b.object(field, "an object", map[string]func(string, int){
		"phrase":    func(field string, at int) { p.Spelling = b.text(field, at) },
		"exclude":   func(field string, at int) { p.Exclude = b.texts(field, at, watch.MaxExclusions) },
		"languages": func(field string, at int) { p.Languages = b.texts(field, at, watch.MaxLanguages) },
		"platforms": func(field string, at int) { p.Platforms = b.texts(field, at, watch.MaxPlatforms) },
		"key":       func(field string, at int) { b.skip(field, at) },
	})
	return p
}

func (b *listBody) readTerm(field string) (t watch.Term) {
	b.object(field, "an object", map[string]func(string, int){
		"kind": func(field string, at int) {
			name := b.text(field, at)
			kind, err := term.ParseKind(name)
			if err != nil {
				b.refuse(at, field, fmt.Sprintf("is %.80q; use one of %s", name, listed(postKindNames())))
			}
			t.Kind = kind
		},
		"term":      func(field string, at int) { t.Spelling = b.text(field, at) },
		"platforms": func(field string, at int) { t.Platforms = b.texts(field, at, watch.MaxPlatforms) },
		"key":       func(field string, at int) { b.skip(field, at) },
	})
	return t
}

// texts reads a list of at most so many strings; null is as good as empty.
func (b *listBody) texts(field string, at, most int) (out []string) {
	t := b.token()
	if t == nil {
		return nil
	}
	if t != json.Delim('[') {
		b.refuse(at, field, "is not a list of strings")
		return nil
	}
	for b.fault == nil && b.in.More() {
		if len(out) > most {
			b.refuse(b.at(), field, fmt.Sprintf("are more than %d", most))
			return nil
		}
		out = append(out, b.text(fmt.Sprintf("%s[%d]", field, len(out)), b.at()))
	}
	b.token()
	return out
}
