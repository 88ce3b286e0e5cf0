package access

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// A file of tokens is text: this line, then one for each token, in the order in which
// they were made.
//
//	ID role SHA-256 created expires name
//
// One space stands between two fields, times are RFC 3339 in UTC, and - is no time.
const fileHead = "swell tokens 1"

const (
	// MaxTokens is how many tokens a file may hold: each is compared with what is shown.
	MaxTokens = 1000

	maxFile = 256 << 10 // bytes
)

// noExpiry stands where a token never expires.
const noExpiry = "-"

// appendFile appends the file that holds the tokens. Equal tokens give equal bytes.
func appendFile(dst []byte, tokens []Token) []byte {
	dst = append(append(dst, fileHead...), '\n')
	for i := range tokens {
		t := &tokens[i]
		expires := noExpiry
		if !t.Expires.IsZero() {
			expires = t.Expires.Format(time.RFC3339)
		}
		dst = fmt.Appendf(dst, "%s %s %x %s %s %s\n", t.ID, t.Role, t.hash, t.Created.Format(time.RFC3339), expires, t.Name)
	}
	return dst
}

// parseFile reads a file whole or not at all: what [appendFile] would not write as it
// stands is an error, an [ErrFile] with line and column.
func parseFile(name string, data []byte) ([]Token, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("%w: %s is longer than %d bytes: it is probably something else", ErrFile, name, maxFile)
	}
	var tokens []Token
	seen := map[string]bool{}
	for number := 1; len(data) > 0 || number == 1; number++ {
		line, rest, whole := bytes.Cut(data, []byte{'\n'})
		data = rest
		l := lineReader{file: name, number: number, rest: string(line)}
		switch {
		case !whole:
			l.column = len(line)
			l.fail("the line is cut short; it has to end with a newline")
		case number == 1 && string(line) != fileHead:
			l.fail("this is no file of tokens, which begins with %q; make one with swell token add", fileHead)
		case number > 1:
			t := l.token()
			if l.err == nil && seen[t.ID] {
				l.column = 0
				l.fail("the ID %s is there twice", t.ID)
			}
			if len(tokens) == MaxTokens {
				l.column = 0
				l.fail("more than %d tokens; revoke some", MaxTokens)
			}
			seen[t.ID] = true
			tokens = append(tokens, t)
		}
		if l.err != nil {
			return nil, l.err
		}
	}
	return tokens, nil
}

// lineReader takes one line apart. The first fault stays.
type lineReader struct {
	file   string
	number int
	column int // of what is read, from 0
	next   int // where the rest begins
	rest   string
	err    error
}

func (l *lineReader) fail(format string, args ...any) {
	if l.err == nil {
		l.err = fmt.Errorf("%w: %s:%d:%d: %s", ErrFile, l.file, l.number, l.column+1, fmt.Sprintf(format, args...))
	}
}

// field returns what stands before the next space.
func (l *lineReader) field(what string) string {
	s, rest, more := strings.Cut(l.rest, " ")
	l.column = l.next
	if !more {
		l.fail("the line ends before or in the %s", what)
		rest = ""
	}
	l.rest, l.next = rest, l.next+len(s)+1
	return s
}

func (l *lineReader) token() (t Token) {
	t.ID = l.field("ID")
	if raw, err := idLetters.DecodeString(t.ID); err != nil || len(raw) != idBytes {
		l.fail("this is no ID of a token")
	}
	var err error
	if t.Role, err = ParseRole(l.field("role")); err != nil {
		l.fail("this is no role; use read, write or admin")
	}
	sum := l.field("hash")
	if n, err := hex.Decode(t.hash[:], cut(sum, 2*len(t.hash))); err != nil || n != len(t.hash) || len(sum) != 2*n || sum != strings.ToLower(sum) {
		l.fail("this is no SHA-256 in hexadecimal digits")
	}
	t.Created = l.time("time of its making")
	if at := l.expiry(); l.err == nil && !at.IsZero() {
		if t.Expires = at; !at.After(t.Created) {
			l.fail("the token expires before it was made")
		}
	}
	l.column = l.next
	t.Name = l.rest
	if checkName(t.Name) != nil {
		l.fail("a name has 1 to %d printable bytes", MaxName)
	}
	return t
}

func (l *lineReader) expiry() time.Time {
	if strings.HasPrefix(l.rest, noExpiry+" ") {
		l.field("time of its end")
		return time.Time{}
	}
	return l.time("time of its end")
}

func (l *lineReader) time(what string) time.Time {
	s := l.field(what)
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.Location() != time.UTC || !writable(t) || t.Format(time.RFC3339) != s {
		l.fail("this is no time in UTC as 2026-06-01T12:00:00Z")
	}
	return t
}

// cut returns at most n bytes of s.
func cut(s string, n int) []byte { return []byte(s[:min(n, len(s))]) }
