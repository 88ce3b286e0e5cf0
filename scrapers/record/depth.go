package record

import (
	"bytes"
	"encoding/json"
)

// deepest is how deep values within values are copied: what copies them calls itself for each.
const deepest = 1000

// tooDeep reports JSON with values within values beyond [deepest]. It reads as far as there is JSON.
func tooDeep(body []byte) bool {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	for depth := 0; depth <= deepest; {
		t, err := d.Token()
		if err != nil {
			return false
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return true
}
