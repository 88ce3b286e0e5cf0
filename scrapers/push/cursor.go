package push

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"
)

// cursorVersion is the number in the "v" field of an encoded cursor. It grows
// when an older reader could no longer make sense of a newer cursor.
const cursorVersion = 1

// Cursor is a place in an input between two lines: enough for a new process to
// go on exactly there. The zero value is the beginning.
//
// It encodes as one flat JSON object with a version in it; decoding refuses
// newer versions and values that no reader writes with [ErrCursor].
type Cursor struct {
	Path   string // the input as it was given; for messages, the file may move
	Offset int64  // bytes of the decoded stream before this place
	Line   int64  // lines before this place
	Newest int64  // newest event time delivered, microseconds since 1970; 0 if none
	// DeadLetter is the size in bytes of the dead-letter file at this place:
	// a resumed run cuts it there, because it will meet the later lines again.
	DeadLetter int64
	// Ended says that the end of the input was reached and that any damage
	// there has been reported.
	Ended bool
	// Fingerprint tells whether a file is still the one this place is in. It is
	// zero for standard input.
	Fingerprint Fingerprint
}

// cursorJSON is the encoded form of a [Cursor].
type cursorJSON struct {
	Version     int         `json:"v"`
	Path        string      `json:"path"`
	Offset      int64       `json:"offset"`
	Line        int64       `json:"line"`
	Newest      int64       `json:"newest_us"`
	DeadLetter  int64       `json:"dead_letter"`
	Ended       bool        `json:"ended,omitempty"`
	Fingerprint Fingerprint `json:"fingerprint"`
}

// MarshalJSON implements [json.Marshaler].
func (c Cursor) MarshalJSON() ([]byte, error) {
	return json.Marshal(cursorJSON{cursorVersion, c.Path, c.Offset, c.Line, c.Newest, c.DeadLetter, c.Ended, c.Fingerprint})
}

// UnmarshalJSON implements [json.Unmarshaler]. Its errors wrap [ErrCursor].
func (c *Cursor) UnmarshalJSON(data []byte) error {
	var e cursorJSON
	if err := json.Unmarshal(data, &e); err != nil {
		return faultf(ErrCursor, "cannot read cursor: %w", err)
	}
	switch {
	case e.Version > cursorVersion:
		return faultf(ErrCursor, "cannot read cursor: it has version %d and this program knows up to %d; use the newer swell that wrote it", e.Version, cursorVersion)
	case e.Version < 1:
		return faultf(ErrCursor, "cannot read cursor: version %d does not exist", e.Version)
	case e.Offset < 0 || e.Line < 0 || e.Newest < 0 || e.DeadLetter < 0:
		return faultf(ErrCursor, "cannot read cursor: offset %d, line %d, newest_us %d and dead_letter %d may not be negative", e.Offset, e.Line, e.Newest, e.DeadLetter)
	case e.Line > e.Offset:
		return faultf(ErrCursor, "cannot read cursor: %d lines do not fit in %d bytes", e.Line, e.Offset)
	}
	*c = Cursor{e.Path, e.Offset, e.Line, e.Newest, e.DeadLetter, e.Ended, e.Fingerprint}
	return nil
}

// fingerprintBytes is how much of a file's beginning is hashed.
const fingerprintBytes = 64 << 10

// Fingerprint identifies a file by the beginning of its raw bytes. A file that
// only grew keeps its fingerprint, because the number of bytes hashed is part of it.
type Fingerprint struct {
	Bytes int    // how many bytes were hashed, at most 64 KiB
	Sum   uint64 // xxh3 of them
}

func fingerprintOf(head []byte) Fingerprint {
	return Fingerprint{Bytes: len(head), Sum: xxh3.Hash(head)}
}

// ReadHead returns as much of the beginning of a file as fingerprints are taken of.
func ReadHead(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, cannotReplay(path, err)
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, fingerprintBytes))
	if err != nil {
		return nil, cannotReplay(path, err)
	}
	return head, nil
}

// Matches says whether head, the beginning of a file, bears the fingerprint.
func (f Fingerprint) Matches(head []byte) bool {
	return len(head) >= f.Bytes && fingerprintOf(head[:f.Bytes]) == f
}

// MarshalText implements [encoding.TextMarshaler]: "<bytes>-<hex sum>".
func (f Fingerprint) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%d-%016x", f.Bytes, f.Sum), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler] for what MarshalText writes.
func (f *Fingerprint) UnmarshalText(text []byte) error {
	size, sum, found := strings.Cut(string(text), "-")
	n, err := strconv.ParseUint(size, 10, 32)
	if !found || err != nil || n > fingerprintBytes {
		return faultf(ErrCursor, "%.80q is no fingerprint", text)
	}
	s, err := strconv.ParseUint(sum, 16, 64)
	if err != nil || len(sum) != 16 {
		return faultf(ErrCursor, "%.80q is no fingerprint", text)
	}
	*f = Fingerprint{Bytes: int(n), Sum: s}
	return nil
}
