package syndicate

import (
	"strings"
	"time"
	"unicode/utf8"
)

// maxOctets is the longest line of a calendar, without its end (RFC 5545, section 3.1).
const maxOctets = 75

// lines writes the content lines of a calendar.
type lines struct{ b strings.Builder }

// raw writes a line as it is: name and value have to be ASCII without control characters.
func (l *lines) raw(name, value string) { l.fold(name + ":" + value) }

// text writes a property whose values are texts.
func (l *lines) text(name string, values ...string) {
	for i, v := range values {
		values[i] = escape(v)
	}
	l.fold(name + ":" + strings.Join(values, ","))
}

// time writes a moment, to the second, in UTC.
func (l *lines) time(name string, t time.Time) { l.raw(name, t.UTC().Format("20060102T150405Z")) }

var escaper = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// escape writes a TEXT (section 3.3.11). Its lines may end in \n; what else is not to be shown is left out of
// each.
func escape(s string) string {
	parts := strings.Split(s, "\n")
	for i, part := range parts {
		parts[i] = clean(part)
	}
	return escaper.Replace(strings.Join(parts, "\n"))
}

// fold writes a line in pieces of at most 75 octets, each behind the first with a space before it that does
// not belong to it. No character is divided.
func (l *lines) fold(line string) {
	room := maxOctets
	for len(line) > room {
		at := room
		for at > 0 && !utf8.RuneStart(line[at]) {
			at--
		}
		if at == 0 { // cannot be: no character is that long
			at = room
		}
		l.b.WriteString(line[:at])
		l.b.WriteString("\r\n ")
		line, room = line[at:], maxOctets-1
	}
	l.b.WriteString(line)
	l.b.WriteString("\r\n")
}
