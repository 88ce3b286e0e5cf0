package record

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/swell-radar/swell/scrapers"
)

// redactor replaces people by pseudonyms, the same person by the same one wherever they are named
// within a recording.
type redactor struct {
	rules  scrapers.Redaction
	secret []byte
	known  map[string]string // pseudonyms by name
	quoted *regexp.Regexp    // members in JSON that stands within something else; nil: none
}

func newRedactor(rules scrapers.Redaction, secret []byte) *redactor {
	r := &redactor{rules: rules, secret: secret, known: map[string]string{}}
	if len(rules.JSON) > 0 {
		var names []string
		for _, name := range rules.JSON {
			names = append(names, regexp.QuoteMeta(name))
		}
		r.quoted = regexp.MustCompile(`("(?:` + strings.Join(names, "|") + `)"\s*:\s*)("(?:[^"\\]|\\.)*")`)
	}
	return r
}

// body returns a body without people, and the ending for a file of its kind.
func (r *redactor) body(mediaType string, body []byte) (out []byte, ext string) {
	switch {
	case strings.HasSuffix(mediaType, "json") || json.Valid(body):
		ext, out = ".json", r.json(body)
	case strings.HasSuffix(mediaType, "xml") && !strings.Contains(mediaType, "html"):
		ext, out = ".xml", r.xml(body)
	case strings.Contains(mediaType, "html"):
		ext = ".html"
	case strings.HasSuffix(mediaType, "csv"):
		ext = ".csv"
	default:
		ext = ".txt"
	}
	if out == nil {
		out = r.within(body)
	}
	return r.everywhere(out), ext
}

// pseudonym returns what stands for a name.
func (r *redactor) pseudonym(name string) string {
	if p, ok := r.known[name]; ok || name == "" {
		return p
	}
	h := hmac.New(sha256.New, r.secret)
	io.WriteString(h, name)
	p := "u" + hex.EncodeToString(h.Sum(nil))[:12]
	r.known[name] = p
	return p
}

// json replaces the values of the members that name people, and mentions in all strings. What
// is no JSON, or too deep, it returns as nil.
func (r *redactor) json(body []byte) []byte {
	if tooDeep(body) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var out bytes.Buffer
	for {
		if err := r.value(d, &out, false); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// value copies one value. hide says that it names a person.
func (r *redactor) value(d *json.Decoder, out *bytes.Buffer, hide bool) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch v := t.(type) {
	case json.Delim:
		return r.nested(d, out, v, hide)
	case string:
		if hide {
			v = r.pseudonym(v)
		}
		return write(out, r.mentions(v))
	case json.Number:
		if hide {
			return write(out, r.pseudonym(v.String()))
		}
		out.WriteString(v.String())
		return nil
	default:
		return write(out, v)
	}
}

func (r *redactor) nested(d *json.Decoder, out *bytes.Buffer, open json.Delim, hide bool) error {
	out.WriteString(open.String())
	for first := true; d.More(); first = false {
		if !first {
			out.WriteByte(',')
		}
		inner := hide && open == '['
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			member, _ := name.(string)
			if err := write(out, member); err != nil {
				return err
			}
			out.WriteByte(':')
			inner = slices.Contains(r.rules.JSON, member)
		}
		if err := r.value(d, out, inner); err != nil {
			return unexpected(err)
		}
	}
	end, err := d.Token()
	if err != nil {
		return unexpected(err)
	}
	delim, _ := end.(json.Delim)
	out.WriteString(delim.String())
	return nil
}

// unexpected is an end within a value.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func write(out *bytes.Buffer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	out.Truncate(out.Len() - 1) // the line feed
	return nil
}

// xml replaces the text of the elements that name people. What is no XML it returns as nil.
func (r *redactor) xml(body []byte) []byte {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var out []byte
	var path []string
	for from := int64(0); ; from = d.InputOffset() {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			return nil
		}
		raw := body[from:d.InputOffset()]
		switch v := t.(type) {
		case xml.StartElement:
			path = append(path, v.Name.Local)
		case xml.EndElement:
			path = path[:max(0, len(path)-1)]
		case xml.CharData:
			if n := len(path); n > 0 && slices.Contains(r.rules.XML, path[n-1]) && len(bytes.TrimSpace(v)) > 0 {
				raw = []byte(r.pseudonym(string(bytes.TrimSpace(v))))
			}
		}
		out = append(out, raw...)
	}
}

// within replaces members of JSON that stands within something else, as in a page of HTML.
func (r *redactor) within(body []byte) []byte {
	if r.quoted == nil {
		return body
	}
	return r.quoted.ReplaceAllFunc(body, func(found []byte) []byte {
		parts := r.quoted.FindSubmatch(found)
		var name string
		if json.Unmarshal(parts[2], &name) != nil {
			return found
		}
		return append(bytes.Clone(parts[1]), `"`+r.pseudonym(name)+`"`...)
	})
}

var mention = regexp.MustCompile(`@[\p{L}\p{N}_][\p{L}\p{N}_.-]*`)

// mentions replaces who is spoken to.
func (r *redactor) mentions(s string) string {
	return mention.ReplaceAllStringFunc(s, func(found string) string { return "@" + r.pseudonym(found[1:]) })
}

// leastName is how long a name is that is looked for everywhere: shorter ones are words too.
const leastName = 5

// everywhere replaces names that were found once wherever else they stand: in addresses, IDs, texts.
func (r *redactor) everywhere(body []byte) []byte { return []byte(r.text(string(body))) }

// text replaces the names known so far, the longest first.
func (r *redactor) text(s string) string {
	names := make([]string, 0, len(r.known))
	for name := range r.known {
		if len(name) >= leastName {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	pairs := make([]string, 0, 2*len(names))
	for _, name := range names {
		pairs = append(pairs, name, r.known[name])
	}
	return strings.NewReplacer(pairs...).Replace(s)
}
