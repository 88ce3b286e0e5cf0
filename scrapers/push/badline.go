package push

import (
	"errors"
	"fmt"

	"github.com/swell-radar/swell/term"
)

// Class is the coarse reason why a line was set aside: what counters are kept by.
type Class uint8

// The classes of bad lines.
const (
	// ClassLong: longer than [Options].MaxLine.
	ClassLong Class = iota
	// ClassSyntax: not a JSON object in valid UTF-8.
	ClassSyntax
	// ClassTime: ts missing, no time, or outside the years that are accepted.
	ClassTime
	// ClassField: another field is of the wrong type or too large.
	ClassField
	// ClassEmpty: a valid record with nothing to count in it.
	ClassEmpty
	// ClassClock: a time so far ahead of its neighbours that the clock must be wrong.
	ClassClock
	// ClassTruncated: the stream ends in the middle. At most one per input.
	ClassTruncated
	// ClassCorrupt: the stream is damaged. At most one per input.
	ClassCorrupt

	// Classes is the number of classes.
	Classes = int(ClassCorrupt) + 1
)

var classNames = [Classes]string{"too_long", "syntax", "time", "field", "empty", "clock", "truncated", "corrupt"}

// String returns the name of the class as it stands in dead-letter files.
func (c Class) String() string {
	if int(c) >= Classes {
		return fmt.Sprintf("class(%d)", uint8(c))
	}
	return classNames[c]
}

// BadLine is one line that could not be delivered as a record, or the place
// where a stream broke.
type BadLine struct {
	File   string // the input's path as given to [Open]
	Line   int64  // line number, the first is 1
	Offset int64  // byte offset of the line's start in the decoded stream
	Length int64  // bytes of the line without its line end
	Class  Class
	Reason string // for people; holds no more of the line than a short quotation

	// Raw is the line, or its first 4 KiB. It is valid only during the call of
	// OnBad that it is passed to.
	Raw []byte
	// Cut says that Raw is only the beginning.
	Cut bool
}

// maxRaw is how much of a bad line is kept, in bytes.
const maxRaw = 4 << 10

// String returns "file:line (byte offset): reason".
func (b BadLine) String() string {
	return fmt.Sprintf("%s:%d (byte %d): %s", b.File, b.Line, b.Offset, b.Reason)
}

// classify returns the class and the reason of a line the decoder refused.
func classify(err error) (Class, string) {
	var bad *term.DecodeError
	if !errors.As(err, &bad) {
		return ClassSyntax, err.Error()
	}
	class, reason := ClassField, bad.Reason
	switch {
	case errors.Is(err, term.ErrNothingToCount):
		class = ClassEmpty
	case bad.Field == "":
		class = ClassSyntax
	case bad.Field == "ts":
		class = ClassTime
	}
	if bad.Field != "" {
		reason = bad.Field + " " + reason
	}
	if bad.Offset >= 0 {
		reason = fmt.Sprintf("%s (byte %d of the line)", reason, bad.Offset)
	}
	return class, reason
}
