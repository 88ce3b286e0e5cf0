package stream

import (
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// Backoff says how long to wait before a connection is tried again: a random time up to a
// bound that doubles with each failure from one second to a minute ("full jitter": Brooker, Exponential
// Backoff And Jitter, AWS Architecture Blog, 2015), so that those who lost the same server do not
// come back in step. The zero value has no failures behind it.
type Backoff struct{ failures int }

// The bounds of [Backoff.Next].
const (
	firstBound = time.Second
	lastBound  = time.Minute
)

// Next returns how long to wait after one more failure.
func (b *Backoff) Next(h scrapers.Host) time.Duration {
	bound := min(firstBound<<min(b.failures, 6), lastBound)
	b.failures++
	return h.Jitter(bound)
}

// Failures returns how many there were in a row.
func (b *Backoff) Failures() int { return b.failures }

// Reset forgets the failures: the connection has held.
func (b *Backoff) Reset() { b.failures = 0 }
