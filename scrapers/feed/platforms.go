package feed

import (
	"cmp"
	"slices"
)

// Platforms returns those that are seen through the feeds, in order.
func (c *Config) Platforms() []string {
	var out []string
	for _, f := range c.Feeds {
		out = append(out, cmp.Or(f.Platform, "web"))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
