package push

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"unicode/utf8"
)

// DefaultDeadLetterBytes is the largest dead-letter file by default.
const DefaultDeadLetterBytes = 64 << 20

// deadLetterStart is how every line of a dead-letter file begins: what tells it
// from a file that was named by mistake.
var deadLetterStart = []byte(`{"file":`)

// DeadLetter is a file that keeps bad lines, one JSON object a line:
//
//	{"file":"a.ndjson","line":7,"offset":912,"length":31,"class":"time","reason":"ts …","raw":"{…}"}
//
// offset and length are bytes of the decoded stream; raw is the line with bytes
// that are not UTF-8 replaced by U+FFFD, or its first 4 KiB with
// "truncated":true after it. When the file is full it ends with a line that
// says so (of class "full"), and further lines are only counted.
//
// The methods may be called from any goroutine, and on a nil *DeadLetter, which
// keeps nothing.
type DeadLetter struct {
	path string
	max  int64

	mu      sync.Mutex // guards the rest
	file    *os.File
	size    int64
	full    bool
	dropped int64
}

// deadLine is the encoded form of a [BadLine].
type deadLine struct {
	File      string `json:"file"`
	Line      int64  `json:"line"`
	Offset    int64  `json:"offset"`
	Length    int64  `json:"length"`
	Class     string `json:"class"`
	Reason    string `json:"reason"`
	Raw       string `json:"raw"`
	Truncated bool   `json:"truncated,omitempty"`
}

// OpenDeadLetter opens or creates the dead-letter file at path; lines are added
// behind those it holds. It does not grow beyond maxBytes, of which there must be
// at least 1024; 0 is [DefaultDeadLetterBytes]. The error wraps [ErrDeadLetter].
func OpenDeadLetter(path string, maxBytes int64) (*DeadLetter, error) {
	if maxBytes <= 0 {
		maxBytes = DefaultDeadLetterBytes
	}
	if maxBytes < 1024 {
		return nil, faultf(ErrDeadLetter, "cannot limit dead-letter file %s to %d bytes: give at least 1024", path, maxBytes)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, faultf(ErrDeadLetter, "cannot open dead-letter file %s: %w", path, bareError(err))
	}
	d := &DeadLetter{path: path, max: maxBytes, file: f}
	if err := d.load(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return d, nil
}

// load takes over a file that may have content.
func (d *DeadLetter) load() error {
	info, err := d.file.Stat()
	if err != nil {
		return d.fail("read", err)
	}
	if d.size = info.Size(); d.size == 0 {
		return nil
	}
	head := make([]byte, min(d.size, int64(len(deadLetterStart))))
	if _, err := d.file.ReadAt(head, 0); err != nil {
		return d.fail("read", err)
	}
	if !bytes.HasPrefix(deadLetterStart, head) {
		return faultf(ErrDeadLetter, "cannot use %s as dead-letter file: it holds something else; name another file", d.path)
	}
	end := make([]byte, 1)
	if _, err := d.file.ReadAt(end, d.size-1); err != nil {
		return d.fail("read", err)
	}
	if end[0] != '\n' { // a line torn by a crash: close it, so that the next starts afresh
		return d.write([]byte("\n"))
	}
	return d.findFull()
}

// Size returns the size of the file in bytes. It is what a cursor remembers.
func (d *DeadLetter) Size() int64 {
	if d == nil {
		return 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.size
}

// Dropped returns how many lines were not kept because the file was full, since
// it was opened.
func (d *DeadLetter) Dropped() int64 {
	if d == nil {
		return 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dropped
}

// Add appends a bad line. The line is handed to the operating system before Add
// returns; [DeadLetter.Sync] makes it survive a power cut. The error wraps
// [ErrDeadLetter].
func (d *DeadLetter) Add(b BadLine) error {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full {
		d.dropped++
		return nil
	}
	encoded, err := encodeDeadLine(b)
	if err != nil {
		return d.fail("write to", err)
	}
	if notice := d.fullNotice(); d.size+int64(len(encoded)+len(notice)) > d.max {
		d.full = true
		d.dropped++
		if d.size+int64(len(notice)) > d.max { // the limit was higher when the file was filled
			return nil
		}
		encoded = notice
	}
	return d.write(encoded)
}

// Truncate cuts the file back to size bytes, a value that [DeadLetter.Size]
// once returned. A file that is not longer stays as it is: somebody may have
// moved the old one away.
func (d *DeadLetter) Truncate(size int64) error {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if size >= d.size {
		return nil
	}
	if size > 0 {
		end := make([]byte, 1)
		if _, err := d.file.ReadAt(end, size-1); err != nil {
			return d.fail("read", err)
		}
		if end[0] != '\n' {
			return faultf(ErrDeadLetter, "cannot continue dead-letter file %s at byte %d: no line ends there; move the file away and a new one is begun", d.path, size)
		}
	}
	if err := d.file.Truncate(size); err != nil {
		return d.fail("truncate", err)
	}
	d.size = size
	return d.findFull()
}

// Sync makes what was added durable. Call it before a cursor that counts on it
// is stored.
func (d *DeadLetter) Sync() error {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.file.Sync(); err != nil {
		return d.fail("sync", err)
	}
	return nil
}

// Close closes the file. Nothing may be added afterwards.
func (d *DeadLetter) Close() error {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.file.Close(); err != nil {
		return d.fail("close", err)
	}
	return nil
}

func (d *DeadLetter) write(p []byte) error {
	if _, err := d.file.WriteAt(p, d.size); err != nil {
		return d.fail("write to", err)
	}
	d.size += int64(len(p))
	return nil
}

// findFull looks for the notice at the end of the file.
func (d *DeadLetter) findFull() error {
	notice := d.fullNotice()
	d.full = false
	if d.size < int64(len(notice)) {
		return nil
	}
	end := make([]byte, len(notice))
	if _, err := d.file.ReadAt(end, d.size-int64(len(end))); err != nil {
		return d.fail("read", err)
	}
	d.full = bytes.Equal(end, notice)
	return nil
}

// fullNotice is the last line of a full file.
func (d *DeadLetter) fullNotice() []byte {
	return fmt.Appendf(nil, `{"file":"","line":0,"offset":0,"length":0,"class":"full","reason":"this file is full at %d bytes; further bad lines are only counted","raw":""}`+"\n", d.max)
}

func (d *DeadLetter) fail(verb string, err error) error {
	return faultf(ErrDeadLetter, "cannot %s dead-letter file %s: %w", verb, d.path, bareError(err))
}

func encodeDeadLine(b BadLine) ([]byte, error) {
	raw := b.Raw
	if b.Cut {
		raw = wholeRunes(raw)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false) // people read it
	err := enc.Encode(deadLine{b.File, b.Line, b.Offset, b.Length, b.Class.String(), b.Reason, string(raw), b.Cut})
	return buf.Bytes(), err
}

// wholeRunes drops a rune that the cut went through from the end of p.
func wholeRunes(p []byte) []byte {
	for i := len(p) - 1; i >= 0 && i >= len(p)-utf8.UTFMax; i-- {
		if utf8.RuneStart(p[i]) {
			if !utf8.FullRune(p[i:]) {
				return p[:i]
			}
			break
		}
	}
	return p
}
