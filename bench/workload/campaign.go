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
	noise       float64  // log of what chance adds to the course
	accounts    []author // of a crowd of a few; of others who posted lately
	made        int      // posts of a flood so far
	each        int      // posts by each account of a flood
	due         float64  // fraction of a post owed in lockstep
	look        uint64   // of the posts, or one of the next:
	looks       int      // so many in all; 0 if each is a post of its own
}

// crowd says who posts for a campaign.
type crowd uint8

const (
	people  crowd = iota // anybody, mostly people who seldom post
	few                  // the same accounts again and again
	newborn              // accounts that were never seen before and will not be again
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
	mean := float64(c.expected(slice, start) * exp(c.noise) * seen)
	if c.curve.shape != Lockstep {
		return s.poisson(mean)
	}
	c.due += mean
	n := int(c.due)
	c.due -= float64(n)
	return n
}

// The logarithms of what chance adds to the courses of trends and of regulars:
// their standard deviations at Noise 1, and what an hour leaves of a trend's.
const (
	trendSD     = 0.3
	trendKeep   = 0.7
	regularSD   = 0.35
	mostNoiseSD = 4 // noise is capped here, for heavy tails
)

// fluctuate moves the noise on by an hour, to the given time; begins says that
// the campaign starts with it. A trend wavers by the hour, a regular has its good
// and bad days; both have the course of the plan in the mean.
func (c *campaign) fluctuate(s *stream, cfg *Config, unix int64, begins bool) {
	sd := 0.0
	switch c.row.Type {
	case Trend:
		sd = trendSD * cfg.Noise
	case Regular:
		if _, hour := local(unix, c.home.loc.utc); hour >= 1 && !begins {
			return
		}
		sd = regularSD * cfg.Noise
	default:
		return
	}
	z := max(-mostNoiseSD, min(mostNoiseSD, cfg.innovation(s)))
	level := -float64(sd * sd / 2)
	if c.row.Type == Trend && !begins {
		c.noise = level + float64(trendKeep*(c.noise-level)) + float64(sd*stationary(trendKeep)*z)
	} else {
		c.noise = level + float64(sd*z)
	}
}

// poster returns who writes the next post.
func (c *campaign) poster(s *stream) author {
	switch c.crowd {
	case few:
		return c.accounts[s.below(len(c.accounts))]
	case newborn:
		c.made++
		return author(mix(c.look ^ uint64(1+(c.made-1)/c.each)))
	}
	if len(c.accounts) > 0 && s.chance(againShare) {
		return c.accounts[s.below(len(c.accounts))]
	}
	var a author
	switch u := s.float(); {
	case u < 0.3:
		a = c.home.activeAuthor(s)
	case u < 0.8:
		a = c.home.anyAuthor(s)
	default:
		a = c.home.stranger(s)
	}
	if c.accounts == nil {
		c.accounts = make([]author, 0, lately)
	}
	if len(c.accounts) < lately {
		c.accounts = append(c.accounts, a)
	} else {
		c.accounts[s.below(lately)] = a
	}
	return a
}

const (
	againShare = 0.15 // posts by somebody who posted lately about the same
	lately     = 24   // people who may do so
)

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
