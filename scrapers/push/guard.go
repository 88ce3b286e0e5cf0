package push

import (
	"bytes"
	"fmt"
	"time"

	"github.com/swell-radar/swell/term"
)

// maxJump is how far ahead of the newest record before it, in microseconds, a
// record may be without a look at the next one: the length of the window that
// is counted, because a jump of that size empties it.
const maxJump = 72 * 60 * 60 * 1_000_000

// maxLookahead is how many lines are read to judge one record.
const maxLookahead = 64

// item is a line on its way to the caller.
type item struct {
	line   line
	record *term.Record
}

func (it *item) good() bool { return !it.line.long && it.line.err == nil }

// suspect says whether a good record needs a look at what follows it.
func (r *Reader) suspect(ts int64) bool { return r.at.Newest == 0 || ts-r.at.Newest > maxJump }

// wrongClock judges the suspect record at the front by the records behind it,
// which it reads into the queue.
func (r *Reader) wrongClock() bool {
	r.hold()
	witnesses := 1
	if r.at.Newest == 0 {
		witnesses = 2
	}
	suspected := r.queue[0].record.TS
	for i := 1; i <= maxLookahead; i++ {
		if i == len(r.queue) && !r.lookahead() {
			return false
		}
		it := &r.queue[i]
		if !it.good() {
			continue
		}
		if suspected-it.record.TS <= maxJump {
			return false
		}
		if witnesses--; witnesses == 0 {
			return true
		}
	}
	return false
}

// hold moves the direct item, if any, into the queue, where it stays valid
// while more is read: its batch may be filled anew.
func (r *Reader) hold() {
	if r.direct.record == nil {
		return
	}
	it := item{line: r.direct.line, record: r.spare()}
	it.line.abridge()
	it.line.text = bytes.Clone(it.line.text)
	*it.record, *r.direct.record = *r.direct.record, *it.record
	it.record.Own()
	r.direct.record = nil
	r.queue = append(r.queue, it)
}

// lookahead reads one more item into the queue; false at the end of the input.
func (r *Reader) lookahead() bool {
	if !r.step() {
		return false
	}
	r.hold()
	return true
}

// spare returns a record for the queue, a used one if possible.
func (r *Reader) spare() *term.Record {
	if n := len(r.spares); n > 0 {
		rec := r.spares[n-1]
		r.spares = r.spares[:n-1]
		return rec
	}
	return new(term.Record)
}

// clockReason says what was seen of a record that wrongClock condemned.
func (r *Reader) clockReason(ts int64) string {
	at := func(us int64) string { return time.UnixMicro(us).UTC().Format(time.RFC3339) }
	if r.at.Newest == 0 {
		return fmt.Sprintf("ts %s is more than 72 h ahead of the records after it; the clock that wrote it must be wrong", at(ts))
	}
	return fmt.Sprintf("ts %s is more than 72 h ahead of %s before it and of the record after it; the clock that wrote it must be wrong", at(ts), at(r.at.Newest))
}
