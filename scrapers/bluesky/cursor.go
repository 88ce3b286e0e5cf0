package bluesky

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// A cursor is the time of the last event, by the servers' clock: all of them understand it, while the sequence
// numbers of newer servers are each server's own.
type kept struct {
	TimeUS int64 `json:"time_us"` // microseconds since 1970
}

func appendCursor(timeUS int64) []byte {
	return append(strconv.AppendInt([]byte(`{"time_us":`), timeUS, 10), '}')
}

// parseCursor returns the time in a cursor, 0 where there is none yet.
func parseCursor(cursor []byte) (int64, error) {
	if len(cursor) == 0 {
		return 0, nil
	}
	var k kept
	if err := json.Unmarshal(cursor, &k); err != nil || k.TimeUS < earliest || k.TimeUS > latest {
		return 0, fmt.Errorf("the cursor of bluesky cannot be read, it begins anew: %.100q", cursor)
	}
	return k.TimeUS, nil
}
