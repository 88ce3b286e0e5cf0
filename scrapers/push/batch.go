package push

import (
	"bytes"
	"io"
	"slices"

	"github.com/swell-radar/swell/scrapers/zeeschuimer"
	"github.com/swell-radar/swell/term"
)

// line is one line of the decoded stream, or a run of blank ones.
type line struct {
	text   []byte // without byte order mark and line end
	offset int64  // of its first byte in the decoded stream
	next   int64  // of the first byte after it and its line feed
	number int64  // the first line is 1; of the last line of a run
	length int64  // bytes without the line feed
	blanks int64  // if not 0, this is a run of so many blank lines
	long   bool   // exceeds the limit
	cut    bool   // text is only the beginning
	tail   bool   // ended by the end of the stream, not by a line feed
	err    error  // why it could not be decoded
}

// batch carries lines from the splitter by way of a decoder to the caller. It
// belongs to whoever received it last.
type batch struct {
	buf       []byte
	lines     []line
	records   []term.Record // records[i] is decoded from lines[i] and shares its memory
	rewritten []byte        // what the records hold that does not stand so in buf
	end       error         // set on the last batch: io.EOF, or why there is no more
	decoded   chan struct{} // gets one value when the records are ready
}

func newBatch() *batch { return &batch{decoded: make(chan struct{}, 1)} }

// abridge keeps no more of the text than a report needs.
func (l *line) abridge() {
	if len(l.text) > maxRaw {
		l.text, l.cut = l.text[:maxRaw], true
	}
}

// decode fills the records and lets the caller have them. The records of the
// batch's earlier journeys give up their slices to the new ones.
func (b *batch) decode(d *term.Decoder) {
	if n := len(b.lines) - len(b.records); n > 0 {
		b.records = append(b.records, make([]term.Record, n)...)
	}
	b.rewritten = b.rewritten[:0]
	for i := range b.lines {
		if l := &b.lines[i]; l.blanks == 0 && !l.long {
			b.rewritten, l.err = d.DecodeAppend(b.rewritten, l.text, &b.records[i])
			if l.err != nil && zeeschuimer.Is(l.text) {
				l.err = zeeschuimer.Decode(l.text, &b.records[i])
			}
		}
	}
	b.decoded <- struct{}{}
}

// defaultReadSize is the room offered to one Read, in bytes. A batch is what one Read
// gives, so that lines from a slow pipe are not kept waiting for more.
const defaultReadSize = 64 << 10

// maxEmptyReads is how often in a row a source may give nothing and no error.
const maxEmptyReads = 100

// byteOrderMark is skipped at the beginning of any line: archives that begin
// with one get concatenated.
var byteOrderMark = []byte("\xef\xbb\xbf")

// splitter cuts a decoded stream into lines. Its memory is bounded by the
// longest line allowed plus one read, whatever the input.
type splitter struct {
	src      io.Reader
	maxLine  int
	readSize int
	offset   int64 // of the first byte after the last line emitted
	number   int64 // of the last line emitted

	carry  []byte // the beginning of a line whose end has not been read
	long   bool   // that line is too long: carry holds what is kept of it
	passed int64  // and so many bytes of it have been read
}

// fill reads until the batch holds at least one line or the stream ends; the
// latter sets b.end.
func (s *splitter) fill(b *batch) {
	b.buf, b.lines, b.end = b.buf[:0], b.lines[:0], nil
	if !s.long {
		b.buf = append(b.buf, s.carry...)
		s.carry = s.carry[:0]
	}
	for empty := 0; len(b.lines) == 0 && b.end == nil; {
		known := len(b.buf)
		b.buf = slices.Grow(b.buf, s.readSize)[:known+s.readSize]
		n, err := s.src.Read(b.buf[known:])
		b.buf = b.buf[:known+n]
		if empty++; n > 0 {
			empty = 0
		} else if err == nil && empty == maxEmptyReads {
			err = io.ErrNoProgress
		}
		b.end = err

		start := s.split(b, known)
		if rest := b.buf[start:]; err != nil && (s.long || len(rest) > 0) {
			s.emit(b, rest, true)
		} else {
			s.park(b, start)
		}
	}
}

// split emits the lines that end in b.buf[known:] and returns where the
// unfinished one starts.
func (s *splitter) split(b *batch, known int) (start int) {
	for {
		i := bytes.IndexByte(b.buf[known:], '\n')
		if i < 0 {
			return start
		}
		s.emit(b, b.buf[start:known+i], false)
		known += i + 1
		start = known
	}
}

// park sets aside the unfinished line at b.buf[start:]. It stays in the batch
// only while there is no whole line in it and the limit is not exceeded.
func (s *splitter) park(b *batch, start int) {
	rest := b.buf[start:]
	switch {
	case s.long:
		s.passed += int64(len(rest))
	case len(rest) > s.maxLine:
		s.long, s.passed = true, int64(len(rest))
		s.carry = append(s.carry[:0], rest[:s.kept()]...)
	case len(b.lines) > 0:
		s.carry = append(s.carry[:0], rest...)
	default:
		return
	}
	b.buf = b.buf[:start]
}

// kept returns how many bytes of a line that is too long are kept for the report.
func (s *splitter) kept() int { return min(maxRaw, s.maxLine) }

func (s *splitter) emit(b *batch, text []byte, tail bool) {
	l := line{text: text, offset: s.offset, number: s.number + 1, length: int64(len(text)), tail: tail}
	switch {
	case s.long:
		l.long, l.cut, l.length = true, true, s.passed+l.length
		l.text = bytes.Clone(s.carry)
		s.long = false
	case len(text) > s.maxLine:
		l.long, l.cut, l.text = true, true, text[:s.kept()]
	default:
		l.text = bytes.TrimSuffix(bytes.TrimPrefix(text, byteOrderMark), []byte("\r"))
	}
	l.next = l.offset + l.length
	if !tail {
		l.next++
	}
	s.offset, s.number = l.next, l.number

	if !l.long && len(bytes.TrimSpace(l.text)) == 0 {
		l.blanks = 1
		if n := len(b.lines); n > 0 && b.lines[n-1].blanks > 0 {
			l.blanks += b.lines[n-1].blanks
			b.lines[n-1] = l
			return
		}
	}
	b.lines = append(b.lines, l)
}
