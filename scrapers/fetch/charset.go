package fetch

import (
	"bytes"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

var (
	bom8    = []byte("\xef\xbb\xbf")
	bom16le = []byte("\xff\xfe")
	bom16be = []byte("\xfe\xff")
)

// toUTF8 returns a body as UTF-8 without a byte order mark, where its media type is text, HTML or XML; JSON only loses its
// mark; others are returned as they are. It never fails: bytes that mean nothing become U+FFFD. The result may
// share memory with body, which is the caller's to give up.
//
// The charset is, in this order: what a byte order mark says, the Content-Type, the declaration
// within XML or HTML; else UTF-8 where the bytes are that, windows-1252 where they are not. A label is not
// believed where the bytes contradict it.
func toUTF8(body []byte, contentType string) []byte {
	media := mediaOrGuess(map[string][]string{"Content-Type": {contentType}}, body)
	text := strings.HasPrefix(media, "text/") || isHTML(media) || isXML(media)
	if !text && !isJSON(media) {
		return body
	}
	switch {
	case bytes.HasPrefix(body, bom8):
		body = body[len(bom8):]
		if text {
			body = replaceBad(body)
		}
	case bytes.HasPrefix(body, bom16le) && len(body)%2 == 0:
		body = decode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), body)
	case bytes.HasPrefix(body, bom16be) && len(body)%2 == 0:
		body = decode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), body)
	case text:
		body = decode(encodingOf(body, media, contentType), body)
	}
	if isXML(media) {
		body = declareUTF8(body)
	}
	return body
}

// decode returns UTF-8; enc nil is UTF-8 itself.
func decode(enc encoding.Encoding, body []byte) []byte {
	if enc == nil || enc == encoding.Nop {
		return replaceBad(body)
	}
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil { // "replacement": charsets that browsers do not read for safety
		return replaceBad(body)
	}
	return out
}

func replaceBad(body []byte) []byte {
	if utf8.Valid(body) {
		return body
	}
	return bytes.ToValidUTF8(body, []byte("\uFFFD"))
}

// encodingOf returns what a body without a byte order mark is encoded in, nil for UTF-8.
func encodingOf(body []byte, media, contentType string) encoding.Encoding {
	valid := utf8.Valid(body)
	claimed := false // to be UTF-8
	for _, label := range []string{headerCharset(contentType), declaredCharset(body, media)} {
		enc, name := charset.Lookup(label)
		if enc == nil || name == "replacement" {
			continue
		}
		switch {
		case name == "utf-8" && !valid:
			claimed = true
			continue // another declaration may know better
		case name == "utf-8":
			return nil
		case strings.HasPrefix(name, "utf-16") && !wide(body):
			continue
		case name == "windows-1252" && valid:
			// What servers say of files they know nothing about. Text in it that is also
			// UTF-8 beyond ASCII does not occur by chance.
			return nil
		}
		return enc
	}
	if valid || mostlyUTF8(body, claimed) {
		return nil
	}
	return charmap.Windows1252
}

// wide reports whether a body can be UTF-16: markup and most text in it has bytes that are 0.
func wide(body []byte) bool {
	return len(body)%2 == 0 && bytes.IndexByte(body[:min(len(body), 1024)], 0) >= 0
}

// mostlyUTF8 reports whether a body is UTF-8 with single bad bytes, rather than no UTF-8: whether it has
// more characters of several bytes than bytes that belong to none, or any of them where it claims to be.
func mostlyUTF8(body []byte, claimed bool) bool {
	good, bad := 0, 0
	for i := 0; i < len(body); {
		r, n := utf8.DecodeRune(body[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		i += n
	}
	return good > bad || claimed && good > 0
}

func headerCharset(contentType string) string {
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		return params["charset"]
	}
	// Malformed beside the charset, as "text/html; charset=x; ;".
	_, rest, ok := strings.Cut(strings.ToLower(contentType), "charset=")
	if !ok {
		return ""
	}
	label := strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(`;," '`, r) })
	if len(label) == 0 {
		return ""
	}
	return label[0]
}

// xmlDeclared finds the encoding in an XML declaration (XML 1.0, 2.8).
var xmlDeclared = regexp.MustCompile(`^\s*<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']`)

// declaredCharset returns the charset that a document declares for itself, empty where it does not.
func declaredCharset(body []byte, media string) string {
	head := body[:min(len(body), 1024)]
	if m := xmlDeclared.FindSubmatch(head); m != nil {
		return string(m[1])
	}
	if isHTML(media) {
		// It falls back on windows-1252 by the first 1024 bytes, which often are ASCII
		// alone; without a meta element all of the body decides instead.
		if _, name, _ := charset.DetermineEncoding(head, "text/html"); name != "windows-1252" {
			return name
		}
	}
	return ""
}

// declareUTF8 makes an XML declaration say what the document now is in, so that parsers take it.
func declareUTF8(body []byte) []byte {
	m := xmlDeclared.FindSubmatchIndex(body[:min(len(body), 1024)])
	if m == nil || bytes.EqualFold(body[m[2]:m[3]], []byte("utf-8")) {
		return body
	}
	out := make([]byte, 0, len(body)+len("UTF-8"))
	out = append(out, body[:m[2]]...)
	out = append(out, "UTF-8"...)
	return append(out, body[m[3]:]...)
}
