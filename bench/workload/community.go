package workload

import "math"

const (
	authorsPerPost = 30   // people in a community for each of its posts an hour
	volumeSD       = 0.06 // of the log of a community's volume, hour by hour
	foreignShare   = 0.2  // tags taken from the English ones by those who write otherwise
	favouriteShare = 0.3  // tags that are one of the author's own few
	favourites     = 3
	strangers      = 8    // people who hardly ever post, for each who does
	strangerShare  = 0.12 // posts by them
)

// community is the people of one language on one platform.
type community struct {
	platform *Platform
	number   int // of the platform
	id       uint64
	loc      *locale
	rhythm   profile
	mean     float64 // background posts per slice, mean over the week
	people   int     // who post now and then; the low ranks post most
	volume   float64 // log of the volume noise
	tags     *popularity
	songs    *popularity
	foreign  *community // the English speakers of the platform; nil if there are none
	threads  threads
	library  *library
}

// activity is the community's volume at a Unix time in seconds, relative to its mean.
func (c *community) activity(unix int64) float64 {
	weekday, hour := local(unix, c.loc.utc)
	return c.rhythm.at(hour) * c.week(weekday)
}

// week is the share of a weekday, 1 in the mean over a week.
func (c *community) week(weekday int) float64 {
	scale := 7 / (5 + float64(2*c.platform.Weekend))
	if weekday == 0 || weekday == 6 {
		return c.platform.Weekend * scale
	}
	return scale
}

// step moves what drifts on by an hour, to the given time.
func (c *community) step(s *stream, cfg *Config, unix int64) {
	_, hour := local(unix, c.loc.utc)
	midnight := hour < 1
	c.tags.step(s, cfg, midnight)
	if c.songs != nil {
		c.songs.step(s, cfg, midnight)
	}
	c.volume = float64(0.8*c.volume) + float64(0.6*volumeSD*cfg.Noise*s.normal())
}

// activeAuthor draws somebody in proportion to how much they post: the k most
// active of n people write the share √(k/n) of the posts.
func (c *community) activeAuthor(s *stream) author {
	u := s.float()
	return c.author(int(float64(c.people) * (u * u)))
}

// everydayAuthor draws who writes the next post of the background.
func (c *community) everydayAuthor(s *stream) author {
	if s.chance(strangerShare) {
		return c.stranger(s)
	}
	return c.activeAuthor(s)
}

// stranger draws one of the many who hardly ever post: on most of their posts
// nobody has seen them for weeks.
func (c *community) stranger(s *stream) author {
	return c.author(c.people + s.below(strangers*c.people))
}

// anyAuthor draws somebody, each with the same chance.
func (c *community) anyAuthor(s *stream) author { return c.author(s.below(c.people)) }

// author returns the person of a rank; ranks from c.people on are strangers.
func (c *community) author(rank int) author {
	return author(mix(c.id ^ uint64(rank)))
}

// author identifies an account; its habits follow from it.
type author uint64

// style says how the author spells: 0 is the usual spelling, 1 lower case.
func (a author) style() int {
	if a>>16&7 < 3 {
		return 1
	}
	return 0
}

// favourite returns the rank of the k-th tag that the author likes best, of n.
func (a author) favourite(k, n int) int {
	u := float64(mix(uint64(a)+uint64(k))>>11) / (1 << 53)
	return int(float64(n) * (u * u * u))
}

// drawTag draws a tag for a post of the author.
func (c *community) drawTag(s *stream, a author) int32 {
	if c.foreign != nil && s.chance(foreignShare) {
		return c.foreign.library.firstTag + int32(c.foreign.tags.draw(s))
	}
	if s.chance(favouriteShare) {
		return c.library.firstTag + int32(a.favourite(s.below(favourites), c.library.tags))
	}
	return c.library.firstTag + int32(c.tags.draw(s))
}

// drawSong draws a song for a post.
func (c *community) drawSong(s *stream) int32 {
	if c.foreign != nil && c.foreign.songs != nil && s.chance(2*foreignShare) {
		return c.foreign.library.firstSong + int32(c.foreign.songs.draw(s))
	}
	return c.library.firstSong + int32(c.songs.draw(s))
}

// newCommunities returns the communities in the order of platforms and audiences.
func newCommunities(cfg *Config, libraries map[string]*library, s *stream) []*community {
	var all []*community
	for i := range cfg.Platforms {
		p := &cfg.Platforms[i]
		first, sum := len(all), 0.0
		var en *community
		for _, share := range p.Audience {
			sum += share.Weight
		}
		for _, share := range p.Audience {
			perHour := p.PostsPerHour * cfg.Scale * share.Weight / sum
			lib := libraries[share.Lang]
			c := &community{
				platform: p, number: i, id: mix(cfg.Seed) ^ hashString(p.Name+"/"+share.Lang), loc: localeOf(share.Lang),
				rhythm: blend(p.Office), mean: perHour / slicesPerHour, people: max(10, int(math.Ceil(perHour*authorsPerPost))),
				threads: newThreads(perHour), library: lib, tags: newPopularity(lib.tags, lib.tagTail, cfg, s),
			}
			if p.Sounds > 0 {
				c.songs = newPopularity(lib.songs, lib.songTail, cfg, s)
			}
			if share.Lang == english.lang {
				en = c
			}
			all = append(all, c)
		}
		for _, c := range all[first:] {
			if c != en {
				c.foreign = en
			}
		}
	}
	return all
}
