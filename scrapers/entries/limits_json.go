package entries

import (
	"bytes"
	"context"
	"encoding/json"
)

// checkJSON is [check] for JSON.
func checkJSON(ctx context.Context, body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	c := count{ctx: ctx}
	for depth := 0; ; {
		t, err := d.Token()
		if err != nil {
			return nil // also at the end; the parser says what is wrong
		}
		parts := 1
		switch v := t.(type) {
		case json.Delim:
			switch v {
			case '{', '[':
				if depth++; depth > deepest {
					return beyond(deepest, "levels")
				}
				if v == '{' && depth == 3 { // feed, list, item
					err = c.item()
				}
			default:
				depth--
				parts = 0
			}
		case string:
			if len(v) > mostOfOne {
				return beyond(mostOfOne, "bytes in one text")
			}
		}
		if err == nil {
			err = c.token(parts)
		}
		if err != nil {
			return err
		}
	}
}
