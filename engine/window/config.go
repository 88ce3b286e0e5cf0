package window

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/swell-radar/swell/sketch"
)

// What the core keeps for a tracked term, behind the newest closed pane.
const (
	// Panes is the number of closed panes a series holds at full resolution.
	Panes = 60
	// Hours is the length of the window in hours, the running hour included.
	Hours = 72
)

// Config sizes a core. The zero value of a field means its default.
type Config struct {
	// Pane is the pane length: 1 minute to 1 hour, a divisor of an hour.
	// Default 10 minutes.
	Pane time.Duration
	// Lateness is how far behind the newest record another may come and still
	// be counted in its own pane: 0 to 24 hours. Default 10 minutes; negative
	// means none.
	Lateness time.Duration
	// Shards is the number of shards, a power of two up to 64. Default 4.
	Shards int
	// Memory is what tables, doorkeeper and filter may take together, in bytes,
	// 4 MiB to 64 GiB. Default 256 MiB. It is reserved at once and becomes
	// resident as it fills.
	Memory int64
	// AuthorPrecision is p of the HyperLogLog of a term with more than 64
	// authors: relative standard error 1.04/√2^p. 4 to 16, default 10.
	AuthorPrecision uint8
}

// WithDefaults returns the configuration with its zero fields filled in.
func (c Config) WithDefaults() Config {
	if c.Pane == 0 {
		c.Pane = 10 * time.Minute
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
	case c.Lateness > 24*time.Hour:
		return fmt.Errorf("window: lateness %v is out of range; use 0 to 24h", c.Lateness)
	case c.Shards < 1 || c.Shards > 64 || bits.OnesCount(uint(c.Shards)) != 1:
		return fmt.Errorf("window: %d shards; use a power of two up to 64", c.Shards)
	case c.Memory < 4<<20 || c.Memory > 64<<30:
		return fmt.Errorf("window: memory of %d bytes is out of range; use 4 MiB to 64 GiB", c.Memory)
	case c.AuthorPrecision < 4 || c.AuthorPrecision > 16:
		return fmt.Errorf("window: author precision %d is out of range; use 4 to 16", c.AuthorPrecision)
	}
	return nil
}

// Allowed returns the lateness that is allowed: Lateness, or 0 if that says none.
func (c Config) Allowed() time.Duration { return max(c.Lateness, 0) }

// PanesPerHour returns how many panes make an hour.
func (c Config) PanesPerHour() int64 { return int64(time.Hour / c.Pane) }

// PaneOf returns the pane that holds an event time in Unix microseconds.
func (c Config) PaneOf(ts int64) int64 { return floorDiv(ts, c.Pane.Microseconds()) }

// HourOf returns the Unix hour that holds a pane.
func (c Config) HourOf(pane int64) int64 { return floorDiv(pane, c.PanesPerHour()) }

// EndOf returns the end of a pane in Unix seconds: the first second after it.
func (c Config) EndOf(pane int64) int64 { return (pane + 1) * int64(c.Pane/time.Second) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// slots returns the lengths of a term's rings: what a series shows, plus the
// panes and hours that may still be open beyond it.
func (c Config) slots() (fine, hours int64) {
	open := int64((c.Allowed()+c.Pane-1)/c.Pane) + 2
	return Panes + open, Hours + floorDiv(open, c.PanesPerHour()) + 2
}

// doorHours is the length of a generation of the doorkeeper: generations follow
// the newest record, so to cover the window they are longer by what that may be
// ahead.
func (c Config) doorHours() int64 {
	return Hours + int64((c.Allowed()+time.Hour-1)/time.Hour) + 1
}

// budget splits the memory between the parts of one shard.
type budget struct {
	terms      int // capacity of the term table
	registers  int // terms that may have author registers of full precision
	doorkeeper int // bytes
	filter     int // bytes
}

// overhead is what a tracked term takes beyond its rings, in bytes: the record,
// two index cells, key and display with their headers, up to 64 author hashes,
// and the detector's memory of it.
const overhead = 900

func (c Config) budget() budget {
	perShard := c.Memory / int64(c.Shards)
	fine, hours := c.slots()
	return budget{
		terms:      int(max(perShard*5/10/(8*(fine+hours)+overhead), 64)),
		registers:  int(perShard * 2 / 10 / sketch.DenseBytes(c.AuthorPrecision)),
		doorkeeper: int(perShard * 15 / 100),
		filter:     int(perShard * 15 / 100),
	}
}
