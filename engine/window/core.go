package window

import "github.com/swell-radar/swell/term"

// Core is a set of shards and the producers that feed them.
type Core struct {
	shards    []*Shard
	producers []*Producer
}

// New returns an empty core with the given number of producers (at least 1). It
// reserves the configured memory.
func New(cfg Config, producers int) (*Core, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	c := &Core{shards: make([]*Shard, cfg.Shards)}
	for i := range c.shards {
		c.shards[i] = newShard(cfg, i)
	}
	for range max(producers, 1) {
		c.producers = append(c.producers, newProducer(c.shards))
	}
	return c, nil
}

// Shards returns the shards. Each belongs to whichever goroutine the caller
// makes its owner.
func (c *Core) Shards() []*Shard { return c.shards }

// ShardOf returns the shard that counts the term.
func (c *Core) ShardOf(id term.ID) *Shard { return c.shards[uint64(id)>>c.producers[0].shift] }

// Producers returns the producers. Each belongs to one goroutine of the caller.
func (c *Core) Producers() []*Producer { return c.producers }
