package window

import (
	"fmt"
	"math/bits"
	"time"
)

// What the core keeps for a tracked term, behind the newest closed pane.
const (
	// Panes is the number of closed panes a series holds at full resolution.
	Panes = 60
	// Hours is the length of the window in hours, the running hour included.
	Hours = 72
)

// The memory that a core may be given, in bytes.
const (
	MinMemory = 4 << 20
	MaxMemory = 64 << 30
)

// MaxPlatforms is how many platforms there can be: they are numbered from 0.
const MaxPlatforms = 256

// Config sizes a core. The zero value of a field means its default.
type Config struct {
	// Pane is the pane length: 1 minute to 1 hour, a divisor of an hour.
	// Default 10 minutes.
	Pane time.Duration
	// Coarse is the length of the coarse panes that hold what is older than
	// [Panes] panes: a whole number of panes and a divisor of a day. Default 1
	// hour.
	Coarse time.Duration
	// Lateness is how far behind the newest record another may come and still
	// be counted in its own pane: 0 to 24 hours. Default 10 minutes; negative
	// means none.
	Lateness time.Duration
	// Shards is the number of shards, a power of two up to 64. Default 4.
	Shards int
	// Memory is what everything takes together, in bytes, 4 MiB to 64 GiB.
	// Default 256 MiB. It is reserved at once, outside the Go heap, and becomes
	// resident as it fills.
	Memory int64
	// PerTerm is what the shards' owners keep for every term beside the core, in
	// bytes; it is set aside from Memory. Default none.
	PerTerm int64
	// AuthorPrecision is p of the HyperLogLog of a term with more than 32
	// authors: relative standard error 1.04/√2^p. 6 to 14, default 10.
	AuthorPrecision uint8
}

// WithDefaults returns the configuration with its zero fields filled in.
func (c Config) WithDefaults() Config {
	if c.Pane == 0 {
		c.Pane = 10 * time.Minute
	}
	if c.Coarse == 0 {
		c.Coarse = max(time.Hour, c.Pane)
	}
	if c.Lateness == 0 {
		c.Lateness = 10 * time.Minute
	}
	if c.Shards == 0 {
		c.Shards = 4
	}
	if c.Memory == 0 {
		c.Memory = 256 << 20
	}
	if c.AuthorPrecision == 0 {
		c.AuthorPrecision = 10
	}
	return c
}

// Validate says which setting cannot be used, and what can. It expects
// [Config.WithDefaults] to have been applied.
func (c Config) Validate() error {
	switch {
	case c.Pane < time.Minute || c.Pane > time.Hour || time.Hour%c.Pane != 0:
		return fmt.Errorf("window: pane length %v does not divide an hour; use 1m to 1h, for example 10m", c.Pane)
	case c.Coarse < c.Pane || c.Coarse > 24*time.Hour || c.Coarse%c.Pane != 0 || 24*time.Hour%c.Coarse != 0:
		return fmt.Errorf("window: coarse pane length %v; use whole panes of %v that divide a day, for example 1h", c.Coarse, c.Pane)
	case c.Lateness > 24*time.Hour:
		return fmt.Errorf("window: lateness %v is out of range; use 0 to 24h", c.Lateness)
	case c.Shards < 1 || c.Shards > 64 || bits.OnesCount(uint(c.Shards)) != 1:
		return fmt.Errorf("window: %d shards; use a power of two up to 64", c.Shards)
	case c.Memory < MinMemory || c.Memory > MaxMemory:
		return fmt.Errorf("window: memory of %d bytes is out of range; use 4 MiB to 64 GiB", c.Memory)
	case c.Memory < c.least(1):
		return fmt.Errorf("window: memory of %d bytes is too little for %d shards; give at least %d, or use fewer shards", c.Memory, c.Shards, c.least(1))
	case c.PerTerm < 0 || c.PerTerm > 1<<12:
		return fmt.Errorf("window: %d bytes a term beside the core are out of range; use 0 to 4096", c.PerTerm)
	case c.AuthorPrecision < scarcePrecision || c.AuthorPrecision > 14:
		return fmt.Errorf("window: author precision %d is out of range; use %d to 14", c.AuthorPrecision, scarcePrecision)
	}
	return nil
}

// Allowed returns the lateness that is allowed: Lateness, or 0 if that says none.
func (c Config) Allowed() time.Duration { return max(c.Lateness, 0) }

// PanesPerHour returns how many panes make an hour.
func (c Config) PanesPerHour() int64 { return int64(time.Hour / c.Pane) }

// PanesPerCoarse returns how many panes make a coarse pane.
func (c Config) PanesPerCoarse() int64 { return int64(c.Coarse / c.Pane) }

// CoarsePanes returns how many coarse panes the window has, the running one
// included.
func (c Config) CoarsePanes() int { return int(Hours * time.Hour / c.Coarse) }

// PaneOf returns the pane that holds an event time in Unix microseconds.
func (c Config) PaneOf(ts int64) int64 { return floorDiv(ts, c.Pane.Microseconds()) }

// HourOf returns the Unix hour that holds a pane.
func (c Config) HourOf(pane int64) int64 { return floorDiv(pane, c.PanesPerHour()) }

// CoarseOf returns the coarse pane that holds a pane.
func (c Config) CoarseOf(pane int64) int64 { return floorDiv(pane, c.PanesPerCoarse()) }

// EndOf returns the end of a pane in Unix seconds: the first second after it.
func (c Config) EndOf(pane int64) int64 { return (pane + 1) * int64(c.Pane/time.Second) }

// NewSeries returns a series with room for what [Shard.Read] fills in.
func (c Config) NewSeries() *Series {
	n := c.CoarsePanes()
	return &Series{
		Posts: make([]uint32, Panes), Fresh: make([]uint32, Panes),
		CoarsePosts: make([]uint32, n), CoarseFresh: make([]uint32, n),
	}
}

// doorHours is the length of a generation of the doorkeeper: generations follow
// the newest record, so to cover the window they are longer by what that may be
// ahead.
func (c Config) doorHours() int64 {
	return Hours + int64((c.Allowed()+time.Hour-1)/time.Hour) + 1
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func mod(a, b int64) int64 {
	if m := a % b; m >= 0 {
		return m
	}
	return a%b + b
}
