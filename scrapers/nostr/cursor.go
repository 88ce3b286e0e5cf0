package nostr

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// A cursor says up to when all notes of a relay have been taken.
type kept struct {
	Since int64 `json:"since"` // seconds since 1970
}

func appendCursor(since int64) []byte {
	return append(strconv.AppendInt([]byte(`{"since":`), since, 10), '}')
}

// parseCursor returns the time in a cursor, 0 where there is none yet.
func parseCursor(cursor []byte) (int64, error) {
	if len(cursor) == 0 {
		return 0, nil
	}
	var k kept
	if err := json.Unmarshal(cursor, &k); err != nil || k.Since <= 0 || k.Since > 1<<40 {
		return 0, fmt.Errorf("the cursor of nostr cannot be read, the relay begins anew: %.100q", cursor)
	}
	return k.Since, nil
}
