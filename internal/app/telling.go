package app

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/feed"
)

// tell gives those who follow what was found with a view, when all of it has been kept.
// A tick that has to be kept again, for want of room, is told once.
func (d *drain) tell(v *engine.View) {
	if d.feed == nil || v.Seq <= d.feed.Now().Last().Seq {
		return
	}
	d.feed.Push(v, d.found, d.lines)
	if d.meter != nil {
		for i := range d.found {
			d.meter.Detected(d.found[i].Phase)
		}
	}
	d.found, d.lines = nil, nil
}

// follow has posts of the trends of a view noted.
func (d *drain) follow(v *engine.View) {
	if d.examples != nil {
		d.engine.Follow(d.examples.Follow(v))
	}
}

// measured notes how long it took to keep a tick.
func (d *drain) measured(begin time.Time) {
	if d.meter != nil {
		d.meter.Tick(d.now().Sub(begin))
	}
}

// settleAfter says that with n ticks kept all is told again that an earlier run had told.
// Any goroutine may call it, once.
func (d *drain) settleAfter(n uint64) {
	d.settles.Store(n + 1)
	d.settle()
}

func (d *drain) settle() {
	if n := d.settles.Load(); d.feed != nil && n > 0 && d.kept.Load() >= n-1 {
		d.feed.Settle()
	}
}

// newFeed returns the events that go on from the restored state. The name tells them from
// those of other directories, and of one that was begun anew.
func newFeed(r restored, name string) (*feed.Feed, error) {
	sum := sha256.Sum256([]byte(name))
	f, err := feed.New(hex.EncodeToString(sum[:5]), r.engine.View(), r.detections)
	if err != nil {
		return nil, fmt.Errorf("cannot begin the events: %w", err)
	}
	return f, nil
}
