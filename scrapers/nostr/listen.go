package nostr

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/stream"
)

const (
	// mostMessage is the largest message that is read, in bytes. Relays take less.
	mostMessage = 512 << 10

	// overlap is how far before the end of the last connection another begins: notes
	// take their time from relay to relay.
	overlap = 2 * time.Minute

	// page is how many past notes are asked for at once: no more than any relay gives.
	page = 200

	// mostPages bounds how many of them a stretch may have.
	mostPages = 500

	// The shortest stretch and the longest.
	shortest = time.Minute
	longest  = 2 * time.Hour

	// drifted is how many messages in a row that are not understood say that they have another form.
	drifted = 100
)

var errMessage = errors.New("a message that is no array of its kind and what belongs to it")

// The names of what is asked for: what comes from now on, and one page of what was.
const (
	liveID = "live"
	pastID = "past"
)

// listener listens to one relay. In a session it is the reader's, between them its own goroutine's.
//
// A relay gives stored notes newest first, and not more than so many at once. What was while nobody
// listened is asked for in stretches of time, the oldest first, so that the cursor can follow; within a stretch, page
// by page back to its beginning. The last stretch has no end: what is new comes in it.
type listener struct {
	*Source
	relay relay
	host  scrapers.Host
	guard *guard
	pump  stream.Pump
	say   func(message []byte) error

	// position is up to when all notes have been taken, in seconds since 1970, by their own
	// word but never later than now; 0: it is not known.
	position int64

	since, until int64         // the stretch; until is 0 in the last one
	span         time.Duration // how long the next one is
	asking       string        // which page is coming, by the name of what was asked for
	before       int64         // where that page ends; 0: it is the first
	pages        int           // of the stretch
	stored       int           // notes of the page
	oldest       int64         // time of the oldest of them

	live    bool   // all past notes have come
	newest  int64  // time of the newest note of the last stretch, as for position
	lost    string // what is not asked for, and why
	notice  string // what the relay said last to people
	strange int    // messages in a row that were not understood
}

func (l *listener) restore() {
	at, err := parseCursor(l.host.Cursor(l.relay.name))
	if err != nil {
		l.host.Report(l.relay.name, err)
	}
	l.position = at
}

// begin prepares a session and returns what is asked for first.
func (l *listener) begin() []byte {
	now := l.host.Now()
	l.live, l.lost, l.notice, l.strange, l.span = false, "", "", 0, shortest
	if l.position == 0 {
		l.since = now.Add(-time.Duration(l.config.Fill)).Unix()
		return l.stretch()
	}
	l.position = min(l.position, now.Unix()) // a clock may have run ahead
	l.since = l.position - int64(overlap/time.Second)
	l.span += overlap // so that the first stretch goes beyond the position
	if oldest := now.Add(-time.Duration(l.config.MaxAge)).Unix(); l.since < oldest {
		if l.position < oldest {
			l.lost = fmt.Sprintf("no notes from %s to %s: the stop was longer than max_age", format(l.position), format(oldest))
		}
		l.since = oldest
	}
	return l.stretch()
}

// stretch returns what asks for the stretch that begins at since.
func (l *listener) stretch() []byte {
	l.before, l.pages, l.newest = 0, 0, l.since
	l.until = l.since + int64(l.span/time.Second)
	if l.until >= l.host.Now().Unix() {
		l.until = 0
		return l.page(liveID, 0)
	}
	return l.page(pastID, l.until)
}

// page returns what asks for notes of the stretch: those up to a time, or all where it is 0.
func (l *listener) page(id string, until int64) []byte {
	l.asking, l.stored, l.oldest = id, 0, 1<<62
	end := ""
	if until != 0 {
		end = fmt.Sprintf(`,"until":%d`, until)
	}
	return fmt.Appendf(nil, `["REQ",%q,{"kinds":[%d],"since":%d%s,"limit":%d}]`, id, kindNote, l.since, end, page)
}

// take implements [stream.Pump.Take].
func (l *listener) take(b *stream.Batch, message []byte, _ bool) error {
	var parts []json.RawMessage
	kind, id := "", ""
	if json.Unmarshal(message, &parts) != nil || len(parts) == 0 || json.Unmarshal(parts[0], &kind) != nil {
		return l.reject(b, errMessage)
	}
	if len(parts) > 1 {
		_ = json.Unmarshal(parts[1], &id) // else it is none of ours
	}
	switch kind {
	case "EVENT":
		if len(parts) < 3 {
			return l.reject(b, errMessage)
		}
		if err := l.event(b, id, parts[2]); err != nil {
			return err
		}
	case "EOSE":
		if err := l.end(b, id); err != nil {
			return err
		}
	case "CLOSED":
		if err := l.closed(id, text(parts)); err != nil {
			return err
		}
	case "NOTICE":
		l.notice = id
	}
	if l.live {
		l.position = max(l.position, l.newest)
	}
	b.Mark = l.position
	// A part of a stretch would be asked for again.
	b.Hold = !l.live && (l.stored > 0 || l.before != 0)
	return nil
}

// text returns the third part of a message, which says something to people.
func text(parts []json.RawMessage) (s string) {
	if len(parts) > 2 {
		_ = json.Unmarshal(parts[2], &s) // else there is nothing to say
	}
	return s
}

// reject notes what cannot be understood, and has the relay given up that sends nothing else.
func (l *listener) reject(b *stream.Batch, why error) error {
	b.Items++
	b.Reject(l.relay.name, why)
	if l.strange++; l.strange < drifted {
		return nil
	}
	return &scrapers.Trouble{State: scrapers.SchemaChanged, Err: why,
		Why: fmt.Sprintf("%d messages in a row of the relay %s are not understood; the last", drifted, l.relay.name)}
}

// event takes a note.
func (l *listener) event(b *stream.Batch, id string, raw []byte) error {
	e, err := parseEvent(raw)
	if err != nil {
		return l.reject(b, err)
	}
	l.strange = 0
	if !l.live && id == l.asking {
		l.stored++
		l.oldest = min(l.oldest, e.CreatedAt)
	}
	if e.Kind != kindNote {
		return nil
	}
	b.Items++
	now := l.host.Now()
	fresh := time.Duration(l.config.Late)
	if !l.live {
		fresh = max(fresh, now.Sub(time.Unix(l.since, 0)))
	}
	at, ok := scrapers.Arrival(e.claimed(), time.Time{}, now, fresh)
	if !ok {
		return nil
	}
	if !e.claimed().After(now) {
		l.newest = max(l.newest, at.Unix())
	}
	if l.guard.admit(e, at) {
		e.add(b, at)
	}
	return nil
}

// end goes on when a page has come.
func (l *listener) end(b *stream.Batch, id string) error {
	if l.live || id != l.asking {
		return nil
	}
	// A relay that gives fewer notes than it was asked for may have a limit of its own: only
	// nothing new is the end.
	next := l.oldest
	if next == l.before {
		next-- // a second with more notes than a page has
	}
	if l.stored == 0 || l.oldest <= l.since || next < l.since {
		return l.reached(b)
	}
	if l.pages++; l.pages > mostPages {
		l.lost = fmt.Sprintf("no notes from %s to %s: the relay has more than are asked for after a stop", format(l.since), format(l.oldest))
		return l.reached(b)
	}
	l.before = next
	return l.say(l.page(pastID, next))
}

// reached goes on when a stretch has come.
func (l *listener) reached(b *stream.Batch) error {
	if l.lost != "" {
		b.Items++
		b.Reject("gap", errors.New(l.lost))
		l.lost = ""
	}
	if l.until != 0 {
		l.position = max(l.position, l.until)
		l.since = l.until
		if l.pages > 2 {
			l.span = max(l.span/2, shortest)
		} else {
			l.span = min(2*l.span, longest)
		}
		return l.say(l.stretch())
	}
	l.live = true
	l.host.Report(l.relay.name, nil)
	if l.asking != pastID {
		return nil
	}
	return l.say(fmt.Appendf(nil, `["CLOSE",%q]`, pastID))
}

// closed says what it means that the relay does not go on with what was asked for (NIP-01,
// the prefixes of CLOSED).
func (l *listener) closed(id, why string) error {
	prefix, _, _ := strings.Cut(why, ":")
	state := scrapers.Unreachable
	switch prefix {
	case "rate-limited":
		state = scrapers.Throttled
	case "auth-required":
		state = scrapers.LoginWall
	case "restricted", "blocked":
		state = scrapers.Blocked
	case "unsupported", "invalid":
		state = scrapers.SchemaChanged
	}
	if id != liveID && (id != pastID || l.live) {
		return nil
	}
	if id == pastID && (state == scrapers.Blocked || state == scrapers.LoginWall || state == scrapers.SchemaChanged) {
		l.lost = fmt.Sprintf("no notes from %s on: the relay %s gives none of what was: %.200s", format(l.since), l.relay.name, why)
		l.since = l.host.Now().Unix()
		return l.say(l.stretch())
	}
	if l.notice != "" {
		why += "; it also says: " + l.notice
	}
	return scrapers.NewTrouble(state, "the relay %s gives no notes: %.400s", l.relay.name, why)
}

func format(seconds int64) string { return time.Unix(seconds, 0).UTC().Format("2006-01-02 15:04:05") }
