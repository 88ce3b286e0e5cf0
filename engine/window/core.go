package window

import (
	"fmt"

	"github.com/swell-radar/swell/internal/offheap"
	"github.com/swell-radar/swell/term"
)

// Core is a set of shards and the producers that feed them.
type Core struct {
	cfg       Config
	shards    []*Shard
	producers []*Producer
	memory    *offheap.Region
}

// New returns an empty core with the given number of producers (at least 1). It
// reserves the configured memory; [Core.Close] gives it back.
func New(cfg Config, producers int) (*Core, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	producers = max(producers, 1)
	if least := cfg.least(producers); cfg.Memory < least {
		return nil, fmt.Errorf("window: memory of %d bytes is too little for %d shards and %d producers; give at least %d", cfg.Memory, cfg.Shards, producers, least)
	}
	b := cfg.budget(producers)
	memory, err := offheap.Reserve(int64(cfg.Shards) * b.reserve(cfg))
	if err != nil {
		return nil, fmt.Errorf("window: cannot reserve %d bytes: %w; use less memory", cfg.Memory, err)
	}
	c := &Core{cfg: cfg, memory: memory}
	for i := range cfg.Shards {
		c.shards = append(c.shards, newShard(cfg, b, i, memory))
	}
	for range producers {
		c.producers = append(c.producers, newProducer(c.shards))
	}
	return c, nil
}

// Config returns the configuration, defaults filled in.
func (c *Core) Config() Config { return c.cfg }

// Shards returns the shards. Each belongs to whichever goroutine the caller
// makes its owner.
func (c *Core) Shards() []*Shard { return c.shards }

// ShardOf returns the shard that counts the term.
func (c *Core) ShardOf(id term.ID) *Shard { return c.shards[uint64(id)>>c.producers[0].shift] }

// Producers returns the producers. Each belongs to one goroutine of the caller.
func (c *Core) Producers() []*Producer { return c.producers }

// Close gives the memory back. Nothing of the core may be in use, and of what it
// returned nothing may be used afterwards. Closing again does nothing.
func (c *Core) Close() error {
	if c.memory == nil {
		return nil
	}
	for _, s := range c.shards {
		*s = Shard{}
	}
	memory := c.memory
	c.memory = nil
	return memory.Close()
}
