package feed

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrID is wrapped by the error about a text that names no place.
var ErrID = errors.New("feed: no place in the events")

// ID names a place between two events: all before it is known to who holds it.
type ID struct {
	// Life tells the sequence from others. Places of two lives cannot be compared.
	Life string
	// Seq is of the newest view whose event is before the place.
	Seq uint64
	// Pos is how many detections are: the position in the log of the next one.
	Pos uint64
}

// maxLife is the longest name of a life, in bytes.
const maxLife = 32

// String writes the place as [ParseID] reads it.
func (id ID) String() string {
	return id.Life + "-" + strconv.FormatUint(id.Seq, 10) + "-" + strconv.FormatUint(id.Pos, 10)
}

// ParseID reads what String wrote, and nothing else. Errors wrap [ErrID].
func ParseID(s string) (ID, error) {
	parts := strings.Split(s, "-")
	if len(parts) != 3 || !validLife(parts[0]) {
		return ID{}, fmt.Errorf("%w: %.80q; give the id of an event as it was sent", ErrID, s)
	}
	id := ID{Life: parts[0]}
	for i, n := range []*uint64{&id.Seq, &id.Pos} {
		var err error
		if *n, err = strconv.ParseUint(parts[1+i], 10, 64); err != nil || strconv.FormatUint(*n, 10) != parts[1+i] {
			return ID{}, fmt.Errorf("%w: %.80q; give the id of an event as it was sent", ErrID, s)
		}
	}
	return id, nil
}

func validLife(s string) bool {
	return s != "" && len(s) <= maxLife && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// Within reports whether all that is before the place is before another one, too. Of a
// place that was met on the way to the other it is.
func (id ID) Within(other ID) bool { return id.Seq <= other.Seq && id.Pos <= other.Pos }

// Join returns the place before which all is that is before one of the two.
func (id ID) Join(other ID) ID {
	return ID{Life: id.Life, Seq: max(id.Seq, other.Seq), Pos: max(id.Pos, other.Pos)}
}
