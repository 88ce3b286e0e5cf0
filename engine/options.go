package engine

import (
	"fmt"
	"math/bits"
	"time"
	"unsafe"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/pairs"
	"github.com/swell-radar/swell/engine/window"
)

// Options are the settings of an engine.
type Options struct {
	// Window sizes the counting core. Its panes must be of 10 minutes and its
	// coarse panes of an hour: the detector's scales are made of such. Its memory
	// is that of the engine as a whole: what the engine remembers of terms and
	// posts beside the core is taken from it.
	Window window.Config
	// Detect are the detector's settings.
	Detect detect.Options
	// AuthorKey keys the hash that stands for an author. The same key gives the
	// same results; who does not have it cannot turn hashes back into names. It
	// is a secret: it is in no snapshot.
	AuthorKey [16]byte `json:"-"`

	// apart: the pairs have memory beside that which is given, since the state is of a
	// snapshot of a format without them, whose core has all of it.
	apart bool
}

// DefaultOptions returns the settings that are used when nobody asks for others.
func DefaultOptions() Options {
	return Options{Window: window.Config{}.WithDefaults(), Detect: detect.DefaultOptions()}
}

// What the feeder and the owners remember beside the core, as parts of the memory in
// percent.
const (
	recentShare  = 8 // posts that came before
	accountShare = 4 // accounts that posted before
	echoShare    = 2 // texts that were said before
	pairShare    = 3 // terms that came together
)

// mostPairs bounds what the pairs of one shard take: each period costs a pass over them.
const mostPairs = 64 << 20

// pairBytes returns what the pairs of one shard may take.
func (o *Options) pairBytes() int {
	return int(min(o.Window.Memory/100*pairShare/int64(o.Window.Shards), mostPairs))
}

// tableBytes returns what a table with that share takes: tables are a power of two
// long, and what that leaves of a share goes to the core.
func (o *Options) tableBytes(share int64) int {
	return 1 << (bits.Len64(uint64(o.Window.Memory/100*share)) - 1)
}

// beside returns what the feeder and the owners take beside the core.
func (o *Options) beside(core *window.Core) int64 {
	n := int64(o.tableBytes(recentShare)+o.tableBytes(accountShare)+o.tableBytes(echoShare)) + feederUnits*cacheLine
	for _, s := range core.Shards() {
		n += int64(s.Cap())*int64(unsafe.Sizeof(memory{})) + cacheLine
		n += int64(pairs.Bytes(o.pairBytes())) + 3*cacheLine
	}
	return n
}

const cacheLine = 64

// core returns what is left of the memory to the counting core, and what the
// owners keep beside it.
func (o *Options) core() window.Config {
	c := o.Window
	tables := o.tableBytes(recentShare) + o.tableBytes(accountShare) + o.tableBytes(echoShare)
	if !o.apart {
		tables += o.Window.Shards * pairs.Bytes(o.pairBytes())
	}
	c.Memory = max(c.Memory-int64(tables), window.MinMemory)
	c.PerTerm = int64(unsafe.Sizeof(memory{}))
	return c
}

const paneLength = detect.PaneSeconds * time.Second

func (o *Options) validate() error {
	o.Window = o.Window.WithDefaults()
	if err := o.Window.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	if o.Window.Pane != paneLength || o.Window.Coarse != time.Hour {
		return fmt.Errorf("%w: pane lengths %v and %v; the detector needs %v and 1h", ErrOptions, o.Window.Pane, o.Window.Coarse, paneLength)
	}
	if err := o.Detect.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return nil
}
