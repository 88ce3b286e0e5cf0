package push

import (
	"errors"
	"fmt"
	"io"

	"github.com/swell-radar/swell/term"
)

// Reader delivers the records of one input in the order they stand there. Make
// one with [Open] or [NewReader]; [Reader.Close] it.
type Reader struct {
	name     string
	opts     Options
	pipe     *pipeline
	release  func() error // closes the file; nil if it is the caller's
	stream   bool         // a read may block for ever
	total    int64        // size of the file; 0 for a stream
	counters counters

	at      Cursor // after the last line that was delivered or reported
	resumed bool   // at is still the cursor the reader was resumed from
	err     error  // sticky; io.EOF at the end

	batch *batch // being consumed; nil before the first and after the last
	next  int    // index of its next line
	seen  line   // the last whole line read, of any sort
	torn  line   // the line in which the stream broke
	end   error  // why there are no more batches

	direct item           // the next item, still in its batch; record is nil if there is none
	queue  []item         // or the next ones, read ahead to judge the first
	spares []*term.Record // for the queue
	ready  bool           // the front item has been accepted
}

// Next delivers the next record into rec and returns the cursor just after it.
// The error is [io.EOF] at the end of the input, with a cursor that says so;
// any other error is final too, and what came before it has been delivered.
//
// What rec held is overwritten. All that rec refers to belongs to the reader and
// is valid until the next call of Next; [term.Record.Own] makes its strings last.
func (r *Reader) Next(rec *term.Record) (Cursor, error) {
	if _, err := r.peek(); err != nil {
		return r.Cursor(), err
	}
	r.take(rec)
	return r.Cursor(), nil
}

// Cursor returns the place after the last record delivered and any bad line
// reported since, without reading.
func (r *Reader) Cursor() Cursor {
	r.at.DeadLetter = r.opts.DeadLetter.Size()
	return r.at
}

// Name returns the input's path as it was given.
func (r *Reader) Name() string { return r.name }

// Stats returns what has been seen so far. Any goroutine may call it.
func (r *Reader) Stats() Stats { return r.counters.snapshot(r.total) }

// Progress returns how many raw bytes have been read and how many there are in
// all; total is 0 when the input is a stream. Any goroutine may call it.
func (r *Reader) Progress() (read, total int64) { return r.counters.rawRead.Load(), r.total }

// Truncated says whether the stream was found to be cut or damaged, which is
// known once [Reader.Next] has returned [io.EOF]. Any goroutine may call it.
func (r *Reader) Truncated() bool { return r.counters.damage.Load() != nil }

// Close stops the reader's goroutines and closes its file. It waits for them,
// except that a read from a stream that is under way is left to return in its
// own time. Close may be called again; Next then returns [ErrClosed].
func (r *Reader) Close() error {
	if errors.Is(r.err, ErrClosed) {
		return nil
	}
	r.err = faultf(ErrClosed, "cannot read %s: the reader is closed", r.name)
	r.pipe.close(!r.stream)
	if r.release == nil {
		return nil
	}
	if err := r.release(); err != nil {
		return fmt.Errorf("cannot close %s: %w", r.name, bareError(err))
	}
	return nil
}

// peek makes the front item one that can be taken and returns its time. Bad
// lines before it are reported on the way.
func (r *Reader) peek() (ts int64, err error) {
	for r.err == nil && !r.ready {
		it := r.front()
		switch {
		case it == nil:
			r.finish()
		case !it.good():
			class, reason := r.diagnose(&it.line)
			r.reject(it, class, reason)
		case r.suspect(it.record.TS) && r.wrongClock():
			it = r.front() // it moved into the queue
			r.reject(it, ClassClock, r.clockReason(it.record.TS))
		default:
			r.ready = true
		}
	}
	if r.err != nil {
		return 0, r.err
	}
	return r.front().record.TS, nil
}

// take hands over the front item, which peek has made ready. What the record
// refers to stays where it is: nothing there is used again before the next peek.
func (r *Reader) take(rec *term.Record) {
	it := r.front()
	*rec = *it.record
	r.at.Newest = max(r.at.Newest, rec.TS)
	r.counters.records.Add(1)
	r.ready = false
	r.pop()
}

// front returns the next item, or nil at the end of the input. The pointer is
// valid until the next call that reads.
func (r *Reader) front() *item {
	if len(r.queue) > 0 {
		return &r.queue[0]
	}
	if r.direct.record == nil && !r.step() {
		return nil
	}
	return &r.direct
}

// pop removes the front item; the cursor moves behind it.
func (r *Reader) pop() {
	it := &r.direct
	if len(r.queue) > 0 {
		it = &r.queue[0]
		r.spares = append(r.spares, it.record)
	}
	r.at.Offset, r.at.Line, r.resumed = it.line.next, it.line.number, false
	if len(r.queue) > 0 {
		r.queue = append(r.queue[:0], r.queue[1:]...)
	} else {
		r.direct.record = nil
	}
}

// step makes the next line that is not blank the direct item; false at the end
// of the input. The item before it must have been popped or held.
func (r *Reader) step() bool {
	for r.end == nil {
		if r.batch == nil {
			if r.batch, r.next = r.pipe.receive(r.opts.Stop), 0; r.batch == nil {
				r.end = ErrStopped
				return false
			}
		}
		b := r.batch
		for r.next < len(b.lines) {
			i := r.next
			r.next++
			l := &b.lines[i]
			if l.tail && !l.long && l.err != nil && b.end != io.EOF {
				r.torn = *l
				continue
			}
			r.seen = *l
			if l.blanks == 0 {
				r.direct = item{line: *l, record: &b.records[i]}
				return true
			}
			r.counters.blank.Add(l.blanks)
		}
		if r.end = b.end; r.end == nil {
			r.batch = nil
			r.pipe.free <- b
		}
	}
	return false
}

// finish turns the end of the stream into the reader's final state.
func (r *Reader) finish() {
	if r.seen.number > 0 { // blank lines at the end have not moved the cursor
		r.at.Offset, r.at.Line = r.seen.next, r.seen.number
	}
	var broken *damageError
	if !errors.As(r.end, &broken) {
		r.err = r.end
		r.at.Ended = r.at.Ended || r.end == io.EOF
		return
	}
	reason := fmt.Sprintf("%s after line %d, byte %d", broken.reason, r.at.Line, r.counters.decoded.Load())
	r.counters.damage.Store(&reason)
	if !(r.resumed && r.at.Ended) {
		r.torn.number, r.torn.offset = r.at.Line+1, r.at.Offset
		r.report(&r.torn, broken.class, reason)
	}
	if r.err == nil {
		r.at.Ended, r.err = true, io.EOF
	}
}

// diagnose says what is wrong with a line that never was a record.
func (r *Reader) diagnose(l *line) (Class, string) {
	if l.long {
		return ClassLong, fmt.Sprintf("the line has %d bytes; the limit is %d", l.length, r.opts.MaxLine)
	}
	return classify(l.err)
}

// reject reports the front item and passes it. Where it could not be kept the
// cursor stays before it.
func (r *Reader) reject(it *item, class Class, reason string) {
	if r.report(&it.line, class, reason); r.err == nil {
		r.pop()
	}
}

// report counts a bad line, keeps it and tells the caller. If it cannot be kept
// the reader fails: a line must not vanish without a trace.
func (r *Reader) report(l *line, class Class, reason string) {
	r.counters.bad[class].Add(1)
	l.abridge()
	bad := BadLine{
		File:   r.name,
		Line:   l.number,
		Offset: l.offset,
		Length: l.length,
		Class:  class,
		Reason: reason,
		Raw:    l.text,
		Cut:    l.cut,
	}
	if err := r.opts.DeadLetter.Add(bad); err != nil {
		r.err = err
	}
	if r.opts.OnBad != nil {
		r.opts.OnBad(bad)
	}
}
