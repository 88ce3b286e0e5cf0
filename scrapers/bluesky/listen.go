package bluesky

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/stream"
)

// mostMessage is the largest message that is asked for, in bytes. Were a larger one sent, the
// connection would break at the same place again and again.
const mostMessage = 1 << 20

const (
	// rewind is how far before the last event a connection begins: servers see
	// events at slightly different times. What comes twice has the same ID.
	rewind = 5 * time.Second

	// forward is by how much events must have gone forward for a connection to have come further.
	forward = time.Second

	// held is for how long a connection must have held to have been a good one, or how much nearer to the
	// present it must have come: a server that tells what was before may well break off.
	held = time.Minute

	// hole is how far behind what was asked for the first event must be for something to be missing.
	// Between two events of all of Bluesky there are milliseconds.
	hole = 15 * time.Minute

	// skew is how far a server's clock may be ahead of ours.
	skew = time.Minute

	// drifted is how many items in a row that are not understood say that they have another form.
	drifted = 200
)

var errBinary = errors.New("a binary message, which was not asked for")

// listener knows how far the events have come. In a session it is the reader's; between them the run's.
type listener struct {
	*Source
	host scrapers.Host
	dec  decoder
	open []byte // a message, decompressed

	position int64         // time of the newest event, in microseconds by the servers' clock; 0: none yet
	filling  bool          // there was no event yet: position is where the first run begins
	floor    int64         // where a first run begins: it has nothing to repeat from before; 0: not the first
	behind   time.Duration // how old position was when the last session ended
	stuck    int           // how often rewind is halved: sessions that had events and did not come further

	name    string // of the session's server
	asked   int64  // the event time that the session was to begin with; 0: now
	ahead   bool   // asked was in the future, by our clock
	gap     string // what is known to be missing before the session's first event
	came    int64  // position at the session's begin
	begun   time.Time
	began   bool  // the session has had an event
	events  int64 // of the session
	strange int   // items in a row that were not understood
}

func newListener(s *Source, h scrapers.Host) *listener {
	l := &listener{Source: s, host: h}
	at, err := parseCursor(h.Cursor(""))
	if err != nil {
		h.Report("", err)
	}
	if l.position = at; at == 0 && s.config.Fill > 0 {
		l.position, l.filling = h.Now().Add(-time.Duration(s.config.Fill)).UnixMicro(), true
		l.floor = l.position
	}
	l.behind = l.age()
	return l
}

// age returns how old position is.
func (l *listener) age() time.Duration {
	if l.position == 0 {
		return 0
	}
	return l.host.Now().Sub(time.UnixMicro(l.position))
}

// begin prepares a session.
func (l *listener) begin(name string) {
	l.begun = l.host.Now()
	now := l.begun.UnixMicro()
	l.name, l.asked, l.gap, l.came = name, 0, "", l.position
	l.began, l.events, l.strange = false, 0, 0
	if l.position == 0 {
		return
	}
	// A server that always closes before the events that were there already are over must
	// not be able to hold the source there.
	l.asked = max(l.floor, l.position-(rewind>>min(l.stuck, 20)).Microseconds())
	l.ahead = l.asked > now
	if oldest := now - time.Duration(l.config.MaxAge).Microseconds(); l.asked < oldest && !l.filling {
		l.gap = gapText(l.position, oldest, "the stop was longer than max_age")
		l.asked = oldest
	}
}

// query returns the query of the session's address.
func (l *listener) query() string {
	q := url.Values{"wantedCollections": {collection}, "maxMessageSizeBytes": {strconv.Itoa(mostMessage)}}
	if l.asked != 0 {
		q.Set("cursor", strconv.FormatInt(l.asked, 10))
	}
	if l.zstd != nil {
		q.Set("compress", "true")
	}
	return "?" + q.Encode()
}

// take implements [stream.Pump.Take].
func (l *listener) take(b *stream.Batch, message []byte, binary bool) error {
	now := l.host.Now().UnixMicro()
	at, err, items := int64(0), errBinary, b.Items
	if binary && l.zstd != nil {
		l.open, err = l.zstd.DecodeAll(message, l.open[:0])
		message, binary = l.open, err != nil
	}
	if !binary {
		at, err = l.dec.decode(message, now, b)
	} else {
		b.Items++
	}
	l.events++
	if err != nil {
		b.Reject(fmt.Sprintf("%s, message %d, time_us %d", l.name, l.events, at), err)
		if l.strange++; l.strange >= drifted {
			return &scrapers.Trouble{State: scrapers.SchemaChanged, Err: err,
				Why: fmt.Sprintf("%d posts in a row are not understood; Swell may be too old for this server; the last", drifted)}
		}
	} else if b.Items > items { // what is passed over says nothing of the form of posts
		l.strange = 0
	}
	if at != 0 {
		l.move(b, at, now)
	}
	b.Mark = l.position
	return nil
}

// move notes that an event of a time has come. One that is far ahead of our clock does not take the
// cursor there: what comes after it might be passed over. If it is our clock that is wrong, some more
// comes twice.
func (l *listener) move(b *stream.Batch, at, now int64) {
	if !l.began {
		l.began = true
		l.first(b, at)
	}
	l.position = max(l.position, min(at, now+skew.Microseconds()))
}

// first looks at the time of a session's first event.
func (l *listener) first(b *stream.Batch, at int64) {
	l.host.Report(l.name, nil)
	switch {
	case l.asked == 0 || l.filling: // what was there before is nothing to be missed
	case l.ahead && at < l.asked:
		// The cursor is from a server whose clock ran ahead. This one gives
		// what is new; to wait for its clock to come so far would be to count nothing.
		l.gap = gapText(at, l.position, "the cursor was of a clock that ran ahead")
		l.position, l.came = 0, at
	case at-l.asked > hole.Microseconds() && l.gap == "":
		l.gap = gapText(l.position, at, "the server keeps no more")
	}
	l.filling = false
	if l.gap != "" {
		b.Items++
		b.Reject("gap", errors.New(l.gap))
	}
}

// settle ends a session and reports whether it was a good one.
func (l *listener) settle() bool {
	further := time.Duration(l.position-l.came)*time.Microsecond >= forward
	switch {
	case l.began && further: // what was found to be short enough is not given up at once
		l.stuck = max(0, l.stuck-1)
	case l.began:
		l.stuck++
	}
	was := l.behind
	l.behind = l.age()
	return l.began && (l.host.Now().Sub(l.begun) >= held || was-l.behind >= held)
}

func gapText(from, to int64, why string) string {
	between := time.Duration(to-from) * time.Microsecond
	return fmt.Sprintf("no posts from %s to %s, %v: %s", format(from), format(to), between.Round(time.Second), why)
}

func format(micros int64) string { return time.UnixMicro(micros).UTC().Format("2006-01-02 15:04:05") }
