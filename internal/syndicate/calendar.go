package syndicate

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
)

const (
	// CalendarType is the media type of a calendar (RFC 5545, section 8.1).
	CalendarType = "text/calendar; charset=utf-8"

	// MaxEvents is how many events a calendar has at most.
	MaxEvents = 1000

	// refresh is how often a calendar is worth asking for again: an hour.
	refresh = "PT1H"
)

// Calendar writes rises as events, in their order, of which there are at most [MaxEvents]. An event is the time
// to act: from when the trend was raised until it ends, probably. It has a name that stays and a number that
// rises with every change of phase, and is cancelled when the trend is over. notes are what else is told of the
// trends of a platform, in lines; there may be none.
//
// There is no METHOD: then the DTSTAMP of an event is when what it tells was found (section 3.8.7.2), and the
// same rises give the same bytes.
func Calendar(s *Site, rises []Rise, notes map[string]string) []byte {
	l := &lines{}
	l.raw("BEGIN", "VCALENDAR")
	l.raw("VERSION", "2.0")
	l.raw("PRODID", "-//Swell//Trends//EN")
	l.raw("CALSCALE", "GREGORIAN")
	l.text("NAME", s.title()) // RFC 7986
	l.text("X-WR-CALNAME", s.title())
	l.raw("REFRESH-INTERVAL;VALUE=DURATION", refresh) // RFC 7986
	l.raw("X-PUBLISHED-TTL", refresh)
	for i := range rises[:min(len(rises), MaxEvents)] {
		s.event(l, &rises[i], notes[rises[i].Last.Platform])
	}
	if len(rises) == 0 {
		nothing(l)
	}
	l.raw("END", "VCALENDAR")
	return []byte(l.b.String())
}

// event writes one rise.
func (s *Site) event(l *lines, r *Rise, note string) {
	status := "CONFIRMED"
	if r.Over() {
		status, note = "CANCELLED", ""
	}
	told := r.sentences()
	if note != "" {
		told = append(told, note)
	}
	told = append(told, s.link(r))
	l.raw("BEGIN", "VEVENT")
	l.raw("UID", s.uid(r))
	l.raw("SEQUENCE", strconv.Itoa(r.Changes))
	l.time("DTSTAMP", r.Last.TS)
	l.time("CREATED", r.Raised)
	l.time("LAST-MODIFIED", r.Last.TS)
	l.time("DTSTART", r.Raised)
	l.time("DTEND", r.Ends())
	l.text("SUMMARY", s.titleOf(r))
	l.text("DESCRIPTION", s.marked(strings.Join(told, "\n")))
	l.text("CATEGORIES", clean(r.Last.Kind), clean(r.Last.Platform), clean(r.Last.Phase))
	l.raw("URL", s.link(r))
	l.raw("STATUS", status)
	l.raw("TRANSP", "TRANSPARENT")
	l.raw("END", "VEVENT")
}

// uid names an event as its entry in a feed is named, in a form that calendars take.
func (s *Site) uid(r *Rise) string {
	sum := sha256.Sum256([]byte(s.id(r)))
	return fmt.Sprintf("%x@%s", sum[:16], s.authority())
}

// nothing writes what a calendar without events has in their place: there has to be something in it
// (section 3.6).
func nothing(l *lines) {
	l.raw("BEGIN", "VTIMEZONE")
	l.raw("TZID", "Etc/UTC")
	l.raw("BEGIN", "STANDARD")
	l.raw("DTSTART", "19700101T000000")
	l.raw("TZOFFSETFROM", "+0000")
	l.raw("TZOFFSETTO", "+0000")
	l.raw("TZNAME", "UTC")
	l.raw("END", "STANDARD")
	l.raw("END", "VTIMEZONE")
}
