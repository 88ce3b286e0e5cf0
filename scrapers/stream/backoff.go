package stream

import (
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// Backoff says how long to wait before a connection is tried again: a random time up to a
// bound that doubles with each failure, from one second on ("full jitter": Brooker, Exponential
// Backoff And Jitter, AWS Architecture Blog, 2015), so that those who lost the same server do not
// come back in step. The zero value has no failures behind it.
type Backoff struct {
	Most time.Duration // the largest bound; 0: a minute

	failures int
}

// Next returns how long to wait after one more failure.
func (b *Backoff) Next(h scrapers.Host) time.Duration {
	most := b.Most
	if most <= 0 {
		most = time.Minute
	}
	bound := min(time.Second<<min(b.failures, 30), most)
	b.failures++
	return h.Jitter(bound)
}

// Reset forgets the failures: the connection has held.
func (b *Backoff) Reset() { b.failures = 0 }
