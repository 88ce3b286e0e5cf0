package nostr

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers/stream"
	"github.com/swell-radar/swell/term"
)

const platform = "nostr"

// kindNote is the kind of short text notes.
const kindNote = 1

// event is a signed event, as far as it is read (NIP-01).
type event struct {
	ID        string     `json:"id"`
	PubKey    string     `json:"pubkey"`
	CreatedAt int64      `json:"created_at"` // seconds since 1970, by its author
	Kind      int        `json:"kind"`
	Tags      [][]string `json:"tags"`
	Content   string     `json:"content"`

	id, author digest
}

// digest is as much of an ID or a key as tells it from all others.
type digest [16]byte

var (
	errID     = errors.New("id is not 64 digits of hexadecimal in lower case")
	errKey    = errors.New("pubkey is not 64 digits of hexadecimal in lower case")
	errForged = errors.New("id is not the hash of the event: somebody has changed it")
)

// parseEvent reads an event and verifies its ID.
func parseEvent(text []byte) (*event, error) {
	var e event
	if err := json.Unmarshal(text, &e); err != nil {
		return nil, fmt.Errorf("not an event: %w", err)
	}
	id, err := hex.DecodeString(e.ID)
	if err != nil || len(id) != sha256.Size || strings.ToLower(e.ID) != e.ID {
		return nil, errID
	}
	key, err := hex.DecodeString(e.PubKey)
	if err != nil || len(key) != 32 || strings.ToLower(e.PubKey) != e.PubKey {
		return nil, errKey
	}
	e.id, e.author = digest(id[:16]), digest(key[:16])
	// The specification has control characters stand for themselves, most programs write
	// them as JSON does: \u0001. Either was signed by its author.
	for _, escape := range []bool{false, true} {
		if sha256.Sum256(e.appendCanonical(nil, escape)) == [sha256.Size]byte(id) {
			return &e, nil
		}
	}
	return nil, errForged
}

// appendCanonical appends the form of an event whose hash is its ID.
func (e *event) appendCanonical(b []byte, escapeControls bool) []byte {
	b = append(append(append(b, `[0,"`...), e.PubKey...), `",`...)
	b = append(strconv.AppendInt(b, e.CreatedAt, 10), ',')
	b = append(strconv.AppendInt(b, int64(e.Kind), 10), ",["...)
	for i, tag := range e.Tags {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		for j, s := range tag {
			if j > 0 {
				b = append(b, ',')
			}
			b = appendQuoted(b, s, escapeControls)
		}
		b = append(b, ']')
	}
	return append(appendQuoted(append(b, "],"...), e.Content, escapeControls), ']')
}

func appendQuoted(b []byte, s string, escapeControls bool) []byte {
	const hexDigits = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '\n':
			b = append(b, `\n`...)
		case '"':
			b = append(b, `\"`...)
		case '\\':
			b = append(b, `\\`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		default:
			if c < ' ' && escapeControls {
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			} else {
				b = append(b, c)
			}
		}
	}
	return append(b, '"')
}

// claimed returns the time that the author claims; zero where it can be none.
func (e *event) claimed() time.Time {
	if e.CreatedAt <= 0 || e.CreatedAt > 1<<40 {
		return time.Time{}
	}
	return time.Unix(e.CreatedAt, 0).UTC()
}

// add adds the record of a note at a time to the batch, where there is something to count in it.
func (e *event) add(b *stream.Batch, at time.Time) {
	rec := b.Next()
	rec.TS, rec.Platform, rec.ID, rec.Author = at.UnixMicro(), platform, keep(b, e.ID), keep(b, e.PubKey)
	rec.Text = keep(b, strings.TrimSpace(e.Content))
	inText := term.AppendHashtags(nil, rec.Text)
	for _, tag := range e.Tags {
		if len(tag) < 2 || tag[1] == "" {
			continue
		}
		value := tag[1]
		switch tag[0] {
		case "t":
			if len(rec.Tags) < term.MaxTerms && len(value) <= term.MaxFieldBytes && !among(rec.Text, inText, value) {
				rec.Tags = append(rec.Tags, keep(b, value))
			}
		case "r":
			if len(rec.Links) < term.MostLinks && len(value) <= term.MaxLinkBytes && (strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "http://")) {
				rec.Links = append(rec.Links, keep(b, value))
			}
		case "l":
			if len(tag) > 2 && tag[2] == "ISO-639-1" && len(value) <= mostLang && rec.Lang == "" {
				rec.Lang = keep(b, value)
			}
		}
	}
	rec.Links = term.LinksIn(rec.Links, rec.Text)
	if rec.Text == "" && len(rec.Tags) == 0 && len(rec.Links) == 0 {
		b.Drop()
	}
}

func keep(b *stream.Batch, s string) string {
	from := len(b.Buf)
	b.Buf = append(b.Buf, s...)
	return b.Since(from)
}

const mostLang = 8 // bytes

// among reports whether a tag stands in the text as well, where it is spelled as people do: tags themselves
// are in lower case (NIP-24).
func among(text string, spans []term.Span, tag string) bool {
	for _, s := range spans {
		if strings.EqualFold(s.In(text), tag) {
			return true
		}
	}
	return false
}
