package outbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/store"
)

// The keys in the drawer. Behind the first three stands the ID of a message to a sink, behind the last that of
// the message, which all of its sinks share.
const (
	prefixWaiting = "outbox/waiting/"
	prefixDead    = "outbox/dead/"
	prefixMark    = "outbox/mark/"
	prefixBody    = "outbox/body/"
)

const (
	recordVersion = 1
	maxID         = 100     // bytes of the ID of a message
	maxTitle      = 300     // bytes that are kept of a title
	maxThread     = 1000    // bytes that are kept of the name of a thread
	maxReason     = 500     // bytes that are kept of an error
	maxMessage    = 8 << 20 // bytes of a message as JSON
)

// record is what is kept of a message to a sink, but for what it says.
type record struct {
	Version  int          `json:"v"`
	Kind     message.Kind `json:"kind"`
	Thread   string       `json:"thread,omitzero"` // of what is told of an alert
	Title    string       `json:"title"`
	Made     time.Time    `json:"made"`
	Queued   time.Time    `json:"queued"` // when it came here, or was last asked to be tried again
	Attempts int          `json:"attempts"`
	Next     time.Time    `json:"next"`
	Sending  bool         `json:"sending,omitzero"` // an attempt has begun, and nothing is known of its end
	Dead     time.Time    `json:"dead,omitzero"`    // when it was given up
	Asked    bool         `json:"asked,omitzero"`   // somebody had it tried again
	Over     bool         `json:"over,omitzero"`    // and since then the sink was told that the thread is over
	Error    string       `json:"error,omitzero"`
}

func (r record) encode() []byte {
	r.Version = recordVersion
	data, err := json.Marshal(r)
	if err != nil { // cannot be: strings, numbers and times of this age
		return nil
	}
	return data
}

func decodeRecord(data []byte) (r record, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return r, fmt.Errorf("%w: there is something behind it", ErrDamaged)
	}
	if r.Version != recordVersion {
		return r, fmt.Errorf("%w: it has the version %d; this program knows %d", ErrDamaged, r.Version, recordVersion)
	}
	return r, nil
}

// mark says that an ID was here.
type mark struct {
	Version int       `json:"v"`
	At      time.Time `json:"at"`
}

func markItem(id string, at time.Time) store.Item {
	data, err := json.Marshal(mark{recordVersion, at})
	if err != nil {
		data = []byte{} // cannot be; an empty one is as good until the next pruning
	}
	return store.Item{Key: prefixMark + id, Value: data}
}

// idOf returns the ID of a message to a sink: neither of the two has a dot.
func idOf(sink, message string) string { return sink + "." + message }

// splitID is the other way round.
func splitID(id string) (sink, message string, ok bool) {
	sink, message, ok = strings.Cut(id, ".")
	return sink, message, ok && sink != "" && validID(message)
}

func validID(id string) bool {
	return id != "" && len(id) <= maxID && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// codec writes and reads what messages say. Any goroutine may use it.
type codec struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

func newCodec() (codec, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		return codec{}, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxMessage))
	return codec{enc, dec}, err
}

func (c codec) encode(m *message.Message) ([]byte, error) {
	data, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrInvalid, m.ID, err)
	}
	if len(data) > maxMessage {
		return nil, fmt.Errorf("%w: %s has %d bytes, at most %d are possible", ErrInvalid, m.ID, len(data), maxMessage)
	}
	body := c.enc.EncodeAll(data, []byte{recordVersion})
	if len(body) > store.MaxItemValue {
		return nil, fmt.Errorf("%w: %s has %d bytes when compressed, at most %d are possible", ErrInvalid, m.ID, len(body), store.MaxItemValue)
	}
	return body, nil
}

func (c codec) decode(body []byte) (*message.Message, error) {
	if len(body) == 0 || body[0] != recordVersion {
		return nil, fmt.Errorf("%w: what it says is missing or of another version", ErrDamaged)
	}
	data, err := c.dec.DecodeAll(body[1:], nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	m := &message.Message{}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if !validID(m.ID) {
		return nil, fmt.Errorf("%w: it is called %.40q", ErrDamaged, m.ID)
	}
	return m, nil
}

// cut bounds a text.
func cut(s string, most int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
