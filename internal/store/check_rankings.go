package store

import "fmt"

// rankingCheck decodes rankings in the order of their times. Those that others may be
// compressed against are kept until their hour is over.
type rankingCheck struct {
	whole *Store // decodes them
	bases []*rankingBase
}

func (c *rankingCheck) ranking(at int64, body []byte) error {
	if len(c.bases) > 0 && hourOf(c.bases[0].at) != hourOf(at) {
		c.forget()
	}
	if len(body) == 0 || body[0] != rankingDelta {
		data, err := c.whole.decodeWhole(body)
		if err == nil {
			c.bases = append(c.bases, newRankingBase(at, data))
		}
		return err
	}
	d, err := parseDelta(at, body)
	if err != nil {
		return err
	}
	for _, base := range c.bases {
		if base.at != d.base {
			continue
		}
		if base.sum != d.sum {
			return fmt.Errorf("its base, the ranking of %s, is not the one that it was written against", microsName(d.base))
		}
		if base.dec == nil {
			if err := base.toRead(); err != nil {
				return err
			}
		}
		_, err := decompress(base.dec, d.frame, d.size)
		return err
	}
	return fmt.Errorf("its base, the ranking of %s, is missing or cannot be read", microsName(d.base))
}

func (c *rankingCheck) forget() {
	for _, base := range c.bases {
		_ = base.close() // has a decoder at most, which closes without an error
	}
	c.bases = nil
}
