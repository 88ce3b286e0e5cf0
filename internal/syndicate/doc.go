// Package syndicate writes trends for the programs that people have anyway: as a feed for feed readers (Atom,
// RFC 4287) and as events for calendars (iCalendar, RFC 5545).
//
// It owns the two formats, the names by which a reader knows an entry or an event that comes again, and what
// makes hostile terms harmless in them. It does not find trends, knows nothing of requests, and reads neither
// format.
//
// All that is told of a trend is as of its last change of phase. So an entry and an event stay the same, byte
// by byte, until there is something new to say. All functions depend on their arguments alone; any goroutine
// may call them.
package syndicate
