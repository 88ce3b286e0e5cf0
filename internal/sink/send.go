package sink

import (
	"bytes"
	"encoding/json"

	"github.com/swell-radar/swell/internal/message"
)

// encode writes JSON without what only HTML needs: bodies have limits in bytes. It returns nil for what cannot be
// written, as no message should be.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// unfollowed refuses messages that only sinks take which keep one thing up to date.
func unfollowed(m *message.Message) error {
	if m.Kind == message.Change || m.Kind == message.Over {
		return Permanentf("a message of the kind %s is not for this sink: it only takes what is new", m.Kind)
	}
	return nil
}

// orNil returns an error that is nil if e is.
func orNil(e *Error) error {
	if e == nil {
		return nil
	}
	return e
}
