package record

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"html"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// redactor replaces people by pseudonyms, the same person by the same one wherever they are named
// within a recording.
type redactor struct {
	rules  scrapers.Redaction
	secret []byte
	known  map[string]string // pseudonyms by name
	made   map[string]bool   // the pseudonyms
	quoted *regexp.Regexp    // members in JSON that stands within something else; nil: none
	texts  []*regexp.Regexp
}

func newRedactor(rules scrapers.Redaction, secret []byte) *redactor {
	r := &redactor{rules: rules, secret: secret, known: map[string]string{}, made: map[string]bool{}}
	if len(rules.JSON) > 0 {
		var names []string
		for _, name := range rules.JSON {
			names = append(names, regexp.QuoteMeta(name))
		}
		r.quoted = regexp.MustCompile(`("(?:` + strings.Join(names, "|") + `)"\s*:\s*)("(?:[^"\\]|\\.)*")`)
	}
	for _, expr := range rules.Text {
		r.texts = append(r.texts, regexp.MustCompile(expr))
	}
	return r
}

// body returns a body without people, and the ending for a file of its kind.
func (r *redactor) body(mediaType string, body []byte) (out []byte, ext string) {
	r.spot(body)
	switch {
	case strings.HasSuffix(mediaType, "json") || json.Valid(body):
		ext, out = ".json", r.json(body)
	case strings.HasSuffix(mediaType, "xml") && !strings.Contains(mediaType, "html"), isXML(body):
		ext, out = ".xml", r.xml(body)
	case strings.Contains(mediaType, "html"):
		ext, out = ".html", r.scripts(body)
	case strings.HasSuffix(mediaType, "csv"):
		ext = ".csv"
	default:
		ext = ".txt"
	}
	if len(out) == 0 {
		out = r.within(body)
	}
	return r.everywhere(out), ext
}

var (
	beginXML  = regexp.MustCompile(`^(?:\x{feff})?\s*<(?:\?xml|rss|feed|rdf:RDF)[\s>]`)
	beginHTML = regexp.MustCompile(`(?i)<html[\s>]`)
)

// isXML recognises a feed that is sent as something else, as many are.
func isXML(body []byte) bool {
	return beginXML.Match(body) && !beginHTML.Match(body[:min(len(body), 1024)])
}

// pseudonym returns what stands for a name. A pseudonym stands for itself.
func (r *redactor) pseudonym(name string) string {
	if r.made[name] {
		return name
	}
	if p, ok := r.known[name]; ok || name == "" {
		return p
	}
	for _, sign := range []string{"/u/", "u/", "@"} { // elsewhere the name may stand without it
		if bare, ok := strings.CutPrefix(name, sign); ok {
			r.pseudonym(bare)
		}
	}
	h := hmac.New(sha256.New, r.secret)
	io.WriteString(h, name)
	p := "u" + hex.EncodeToString(h.Sum(nil))[:12]
	r.known[name], r.made[p] = p, true
	return p
}

// number returns what stands for a number: another one, of 15 digits, so that it can be read as one.
func (r *redactor) number(n string) string {
	h := hmac.New(sha256.New, r.secret)
	io.WriteString(h, n)
	return strconv.FormatUint(1e14+binary.BigEndian.Uint64(h.Sum(nil))%9e14, 10)
}

// spot learns who is named by what is looked for in texts.
func (r *redactor) spot(body []byte) {
	for _, expr := range r.texts {
		for _, found := range expr.FindAllSubmatch(body, -1) {
			r.pseudonym(string(found[len(found)-1]))
		}
	}
}

// hiding says what is known of a value.
type hiding int

const (
	open   hiding = iota
	within        // of something that names a person
	named         // it names a person itself
)

// json replaces the values of the members that name people, and mentions in all strings. JSON that
// breaks off or is broken ends there: who is named in the rest, nobody can tell. What is no JSON
// at all, or too deep, it returns as nil.
func (r *redactor) json(body []byte) []byte {
	if tooDeep(body) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var out bytes.Buffer
	for {
		if err := r.value(d, &out, open); err != nil {
			break
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// value copies one value.
func (r *redactor) value(d *json.Decoder, out *bytes.Buffer, hide hiding) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch v := t.(type) {
	case json.Delim:
		return r.nested(d, out, v, hide)
	case string:
		if hide != open && !isTime(v) {
			v = r.pseudonym(v)
		}
		return write(out, r.mentions(v))
	case json.Number:
		n := v.String()
		switch hide {
		case named:
			r.known[n] = r.number(n)
			n = r.known[n]
		case within: // as likely a count as a person, which would be found in every other number
			n = r.number(n)
		}
		out.WriteString(n)
		return nil
	default:
		return write(out, v)
	}
}

func (r *redactor) nested(d *json.Decoder, out *bytes.Buffer, begin json.Delim, hide hiding) error {
	out.WriteString(begin.String())
	for first := true; d.More(); first = false {
		if !first {
			out.WriteByte(',')
		}
		inner := hide
		if begin == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			member, _ := name.(string)
			if err := write(out, member); err != nil {
				return err
			}
			out.WriteByte(':')
			if slices.Contains(r.rules.JSON, member) {
				inner = named
			} else if hide != open {
				inner = within
			}
		}
		if err := r.value(d, out, inner); err != nil {
			return err
		}
	}
	end, err := d.Token()
	if err != nil {
		return err
	}
	delim, _ := end.(json.Delim)
	out.WriteString(delim.String())
	return nil
}

// isTime reports whether a string is a time or a date. They name nobody, and decoders need them.
func isTime(s string) bool {
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if _, err := time.Parse(form, s); err == nil {
			return true
		}
	}
	return false
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

// xml replaces the text of the elements that name people, and mentions in all others. It ends where the
// XML breaks, as json does.
func (r *redactor) xml(body []byte) []byte {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var out []byte
	var path []string
	for from := int64(0); ; from = d.InputOffset() {
		t, err := d.RawToken()
		if err != nil {
			return out
		}
		raw := body[from:d.InputOffset()]
		switch v := t.(type) {
		case xml.StartElement:
			path = append(path, v.Name.Local)
		case xml.EndElement:
			path = path[:max(0, len(path)-1)]
		case xml.CharData:
			hide := slices.ContainsFunc(path, func(element string) bool { return slices.Contains(r.rules.XML, element) })
			if name := string(bytes.TrimSpace(v)); hide && name != "" && !isTime(name) {
				raw = []byte(r.pseudonym(name))
			} else if !hide {
				raw = []byte(r.mentions(string(raw)))
			}
		}
		out = append(out, raw...)
	}
}

var script = regexp.MustCompile(`(?is)(<script[^>]*>)(.*?)(</script)`)

// scripts replaces what JSON names that is a script of a page, and then what else of it within does.
func (r *redactor) scripts(page []byte) []byte {
	return r.within(script.ReplaceAllFunc(page, func(found []byte) []byte {
		parts := script.FindSubmatch(found)
		if !json.Valid(parts[2]) {
			return found
		}
		data := bytes.ReplaceAll(r.json(parts[2]), []byte("</"), []byte(`<\u002F`))
		return slices.Concat(parts[1], data, parts[3])
	}))
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

// text replaces what is looked for in texts, and then the names known so far, the longest first.
func (r *redactor) text(s string) string {
	for _, expr := range r.texts {
		var out strings.Builder
		at := 0
		for _, found := range expr.FindAllStringSubmatchIndex(s, -1) {
			from, to := found[len(found)-2], found[len(found)-1]
			if from < at {
				continue
			}
			out.WriteString(s[at:from] + r.pseudonym(s[from:to]))
			at = to
		}
		s = out.String() + s[at:]
	}
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
		for _, form := range forms(name) {
			pairs = append(pairs, form, r.known[name])
		}
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// forms are how a name may be written: as it is, in JSON, in HTML and in addresses.
func forms(name string) []string {
	var quoted bytes.Buffer
	if write(&quoted, name) != nil {
		return []string{name}
	}
	return []string{name, strings.Trim(quoted.String(), `"`), html.EscapeString(name), url.PathEscape(name), url.QueryEscape(name)}
}
