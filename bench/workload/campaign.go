package workload

// campaign adds posts to one community: a trend, a regular, a bot, …
type campaign struct {
	row         *row
	home        *community
	tag, song   int32 // what it is about; the other is none
	first, last int   // its slices, half open; last may lie past the archive
	over        int   // the slice at which the truth calls it over; at most last
	volume      float64
	curve       curve
	crowd       crowd
	accounts    []author // of a crowd of a few
	fresh       int      // accounts of a flood so far
	due         float64  // fraction of a post owed in lockstep
	look        uint64   // of all posts of a flood
}

// crowd says who posts for a campaign.
type crowd uint8

const (
	people  crowd = iota // anybody, mostly people who seldom post
	few                  // the same accounts again and again
	newborn              // accounts that were never seen before, two posts each
)

const none int32 = -1

// expected returns the mean number of posts in a slice.
func (c *campaign) expected(slice int, start int64) float64 {
	unix := start + int64(slice)*sliceSeconds + sliceSeconds/2
	age := (float64(slice-c.first) + 0.5) / slicesPerHour
	weekday, hour := local(unix, c.home.loc.utc)
	mean := c.volume * c.curve.at(age, weekday, hour)
	if c.crowd == people && c.curve.shape != Daily {
		mean *= c.home.activity(unix)
	}
	return mean
}

// posts draws how many posts a slice gets; seen is the share that the source delivers.
func (c *campaign) posts(s *stream, slice int, start int64, seen float64) int {
	mean := float64(c.expected(slice, start) * seen)
	if c.curve.shape != Lockstep {
		return s.poisson(mean)
	}
	c.due += mean
	n := int(c.due)
	c.due -= float64(n)
	return n
}

// poster returns who writes the next post.
func (c *campaign) poster(s *stream) author {
	switch c.crowd {
	case few:
		return c.accounts[s.below(len(c.accounts))]
	case newborn:
		c.fresh++
		return author(mix(c.look ^ uint64(c.fresh/2)))
	default:
		if s.chance(0.3) {
			return c.home.activeAuthor(s)
		}
		return c.home.anyAuthor(s)
	}
}

// peak returns the slice with the highest mean.
func (c *campaign) peak(start int64) int {
	best, most := c.first, -1.0
	for i := c.first; i < c.over; i++ {
		if m := c.expected(i, start); m > most {
			best, most = i, m
		}
	}
	return best
}
