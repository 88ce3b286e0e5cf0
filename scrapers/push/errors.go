package push

import (
	"errors"
	"fmt"
	"io/fs"
)

// Errors that callers may want to tell apart with [errors.Is]. What is returned
// matches them and has its own message, which names the input, the values met
// and the way out.
var (
	// ErrFormat: the input is a directory, an archive format that is not read
	// here, or a zstd stream that asks for more memory than allowed.
	ErrFormat = errors.New("push: not a format that can be replayed")
	// ErrOtherFile: the input is not the one that the cursor was taken from.
	ErrOtherFile = errors.New("push: not the file the cursor belongs to")
	// ErrNoResume: the input cannot be entered in the middle, or the cursor was
	// taken from one that cannot.
	ErrNoResume = errors.New("push: a stream cannot be resumed")
	// ErrTooLarge: the decoded input exceeds [Options].MaxDecoded.
	ErrTooLarge = errors.New("push: more decoded bytes than allowed")
	// ErrCursor: bytes that are no cursor, or one of a newer version.
	ErrCursor = errors.New("push: not a valid cursor")
	// ErrDeadLetter: a file that is no dead-letter file was given as one, or
	// the dead-letter file could not be written.
	ErrDeadLetter = errors.New("push: dead-letter file unusable")
	// ErrStopped: [Options].Stop was closed while input was waited for.
	ErrStopped = errors.New("push: stopped waiting for input")
	// ErrClosed: the reader was used after Close.
	ErrClosed = errors.New("push: reader is closed")
)

// fault is an error that matches a sentinel without repeating its text.
type fault struct {
	kind error // the sentinel
	err  error // says it all
}

func (f *fault) Error() string   { return f.err.Error() }
func (f *fault) Unwrap() []error { return []error{f.kind, f.err} }

// faultf makes an error of a kind with a message of its own.
func faultf(kind error, format string, args ...any) error {
	return &fault{kind, fmt.Errorf(format, args...)}
}

// bareError drops the path that the os package repeats: the message names it already.
func bareError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
