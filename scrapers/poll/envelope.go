package poll

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// MaxCursor is the most bytes of a target's own cursor.
const MaxCursor = scrapers.MaxCursor - maxHead

// A cursor is kept with the time of the poll that it is from before it: microseconds since 1970,
// UTC, 0 for none, and a line feed.
const maxHead = 32

var errCursor = errors.New("it does not begin with the time of a poll")

// seal returns the cursor as it is kept.
func seal(at time.Time, cursor []byte) ([]byte, error) {
	if len(cursor) > MaxCursor {
		return nil, fmt.Errorf("it has %d bytes; the limit is %d", len(cursor), MaxCursor)
	}
	micros := int64(0)
	if !at.IsZero() {
		micros = at.UnixMicro()
	}
	kept := make([]byte, 0, maxHead+len(cursor))
	kept = strconv.AppendInt(kept, micros, 10)
	return append(append(kept, '\n'), cursor...), nil
}

// open returns what was sealed. The cursor is nil where there is none.
func open(kept []byte) (at time.Time, cursor []byte, err error) {
	head, rest, ok := bytes.Cut(kept, []byte("\n"))
	if !ok || len(head) > maxHead {
		return at, nil, errCursor
	}
	micros, err := strconv.ParseInt(string(head), 10, 64)
	if err != nil || micros < 0 {
		return at, nil, errCursor
	}
	if micros > 0 {
		at = time.UnixMicro(micros).UTC()
	}
	if len(rest) > 0 {
		cursor = bytes.Clone(rest)
	}
	return at, cursor, nil
}
