package scrapers

import (
	"fmt"
	"time"
)

// Duration is a time.Duration that a configuration writes as "90s", "15m" or "36h".
type Duration time.Duration

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no duration: write it as 90s, 15m or 36h", text)
	}
	*d = Duration(v)
	return nil
}

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// String returns the duration as time.Duration does.
func (d Duration) String() string { return time.Duration(d).String() }
