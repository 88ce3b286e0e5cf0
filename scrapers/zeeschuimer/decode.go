package zeeschuimer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/swell-radar/swell/term"
)

// Is reports whether a line looks like a post that Zeeschuimer or 4CAT exported. It does not read
// the line as JSON: of what is none, or something else after all, [Decode] says what is wrong.
func Is(line []byte) bool {
	line = bytes.TrimLeft(line, " \t\r\n")
	return len(line) > 0 && line[0] == '{' && bytes.Contains(line, keyPlatform) &&
		(bytes.Contains(line, keyItem) || bytes.Contains(line, keyMeta))
}

var (
	keyPlatform = []byte(`"source_platform"`)
	keyItem     = []byte(`"item_id"`)
	keyMeta     = []byte(`"__import_meta"`)
)

// envelope is what Zeeschuimer says of a post.
type envelope struct {
	Platform  text            `json:"source_platform"`
	Item      text            `json:"item_id"`
	Collected instant         `json:"timestamp_collected"` // milliseconds since 1970
	Data      json.RawMessage `json:"data"`                // the post; 4CAT has it around the envelope
	Meta      *envelope       `json:"__import_meta"`
}

// platforms are the readers of posts, by what stands in source_platform without "www." and the
// top-level domain.
var platforms = map[string]struct {
	name string
	read func(data []byte, e *envelope, rec *term.Record) error
}{
	"tiktok":    {"tiktok", readTikTok},
	"instagram": {"instagram", readInstagram},
	"threads":   {"threads", readThreads},
	"twitter":   {"x", readX},
	"x":         {"x", readX},
	"pinterest": {"pinterest", readPinterest},
}

// Decode reads one exported post into rec, replacing all that was there. The time is the post's own, by its
// platform's clock; where a pin has none it is when it was collected.
//
// The error is a [*term.DecodeError], or holds one, and names the field within the post; rec is then empty. What a
// post does not say is left out: a number that is missing is not zero.
func Decode(line []byte, rec *term.Record) error {
	*rec = term.Record{}
	err := decode(line, rec)
	if err == nil {
		err = fit(rec)
	}
	if err != nil {
		*rec = term.Record{}
	}
	return err
}

func decode(line []byte, rec *term.Record) error {
	var e envelope
	if err := json.Unmarshal(line, &e); err != nil {
		return wrong("", "the line is no exported post: %v", err)
	}
	data := []byte(e.Data)
	if e.Meta != nil {
		e, data = *e.Meta, line
	}
	name := strings.TrimPrefix(strings.ToLower(string(e.Platform)), "www.")
	name, _, _ = strings.Cut(name, ".")
	p, ok := platforms[name]
	switch {
	case e.Platform == "":
		return wrong("source_platform", "is missing")
	case !ok:
		return wrong("source_platform", "is %.40q, which is not read; the platforms are tiktok.com, instagram.com, threads.net, twitter.com and pinterest.com", string(e.Platform))
	case len(data) == 0 || string(data) == "null":
		return wrong("data", "is missing")
	}
	rec.Platform = p.name
	return p.read(data, &e, rec)
}

// object reads a post. The error says what is of another type.
func object(data []byte, into any) error {
	err := json.Unmarshal(data, into)
	var mistyped *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &mistyped) && mistyped.Field != "":
		return wrong("data."+mistyped.Field, "is of another type: %s", mistyped.Value)
	case errors.As(err, &mistyped):
		return wrong("data", "is no object: %s", mistyped.Value)
	}
	return wrong("data", "%v", err)
}

func wrong(field, format string, args ...any) error {
	return &term.DecodeError{Field: field, Offset: -1, Reason: fmt.Sprintf(format, args...)}
}

// untimely is the error of a post without a time that can be used.
func untimely(field string) error {
	return wrong("ts", "cannot be had: data.%s is missing, or no time", field)
}

// emptyError is a post with nothing to count in it.
type emptyError struct{ *term.DecodeError }

// Unwrap lets the error be taken for what it is, and for its sentinel.
func (e *emptyError) Unwrap() []error { return []error{e.DecodeError, term.ErrNothingToCount} }

// fit gives the record the form that a [term.Decoder] would give it, its strings its own.
func fit(rec *term.Record) error {
	if rec.ID == "" {
		return wrong("data", "has no ID: the post could not be told from its repeats")
	}
	rec.Author, rec.Text = clip(rec.Author, term.MaxFieldBytes), clip(rec.Text, term.MaxTextBytes)
	rec.Lang, rec.Region = clip(rec.Lang, 64), clip(rec.Region, 64)
	if s := rec.Sound; s != nil {
		s.ID, s.Title, s.Artist = clip(s.ID, term.MaxFieldBytes), clip(s.Title, term.MaxFieldBytes), clip(s.Artist, term.MaxFieldBytes)
	}
	for _, list := range []*[]string{&rec.Tags, &rec.Mentions, &rec.Links} {
		kept := (*list)[:0]
		for _, s := range *list {
			if s != "" && len(s) <= term.MaxFieldBytes {
				kept = append(kept, s)
			}
		}
		*list = kept
	}
	var d term.Decoder
	var fitting term.Record
	err := d.Decode(term.AppendRecord(nil, rec), &fitting)
	var fault *term.DecodeError
	switch {
	case errors.Is(err, term.ErrNothingToCount):
		return &emptyError{&term.DecodeError{Offset: -1, Reason: "nothing to count: the post has no text, hashtag, link or sound"}}
	case errors.As(err, &fault):
		return wrong(fault.Field, "%s", fault.Reason) // its place is in a line that nobody has seen
	case err != nil:
		return err
	}
	fitting.Own()
	*rec = fitting
	return nil
}

// clip cuts s at the border of a rune.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
