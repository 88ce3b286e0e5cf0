package window

import "math"

// A post is thin if it says little about how many people use its terms on their
// own account: accounts that were made or woken for a purpose post once each, or
// all post the same. It is thin if it is
//
//   - a newcomer's: its author is named, and has not posted on the platform within
//     [NewcomerHours], where such authors are rare ([Arrivals]);
//   - or an echo: no repost, but the last post before that said the same, within
//     [EchoHours] and on the same platform, was another account's. Two posts say
//     the same if [term.AppendPlain] makes the same of their texts, and what it
//     makes is [term.Comparable]. Posts without terms are not compared.
//
// Thin posts count like others. How many of a term's are thin is what tells a crowd
// from accounts in lockstep: see [Shard.Thin].
const (
	NewcomerHours = 14 * 24
	EchoHours     = 6
)

const (
	watchHours = 3 * 24  // from a platform's first post on, everybody is new
	rareShare  = 1.0 / 4 // of posts that are made by newcomers
)

// Arrivals knows the usual share of newcomers among a platform's posts, and by that
// whether to be one means something. It does not within three days of the first
// post, nor where more than a quarter of the posts are newcomers', with those of
// each UTC day counting half as much as those of the next, and the running one not
// yet: there the stream began not long ago, or shows a small part of a large
// platform.
//
// The zero value is ready to use. The fields are its state, to be stored. It belongs
// to one goroutine.
type Arrivals struct {
	Since          int64   // Unix hour of the first post; 0 before
	Day            int64   // the running UTC day
	Posts, New     uint64  // of it: posts, and of these the ones by newcomers
	Usually, Newly float64 // the same of the days before
}

// Note counts a post of a named author in an hour (Unix time / 3600), and reports
// whether it is a newcomer's, given whether its author is new.
func (a *Arrivals) Note(hour int64, isNew bool) bool {
	if a.Since == 0 {
		a.Since, a.Day = hour, hour/24
	}
	if days := hour/24 - a.Day; days > 0 {
		halvings := int(min(days, 1000))
		a.Usually = math.Ldexp(a.Usually+float64(a.Posts), -halvings)
		a.Newly = math.Ldexp(a.Newly+float64(a.New), -halvings)
		a.Day, a.Posts, a.New = hour/24, 0, 0
	}
	a.Posts++
	if !isNew {
		return false
	}
	a.New++
	return hour-a.Since >= watchHours && a.Newly < rareShare*a.Usually
}

// thinLeast is the least memory that the thin posts of a coarse pane take.
const thinLeast = 64

// thinPanes is how many coarse panes thin posts are counted of: the one that holds
// a closed pane, the one before it, and those that open panes may have begun.
func (g *geometry) thinPanes() int {
	return 2 + int((g.open+g.perCoarse-1)/g.perCoarse)
}

// Thin returns how many posts of a slot's term are thin in the coarse pane that
// holds the given closed pane, later panes of it included, and in the one before:
// by default the running UTC hour and the last. It is never too low, as long as the
// term was tracked, and never higher than the posts of these hours. In between it is
// the estimate of a count-min sketch: too high where terms share all their counters.
func (s *Shard) Thin(slot int, pane int64) (n uint32) {
	coarse := s.geo.coarseOf(pane)
	return s.thinIn(slot, coarse-1) + s.thinIn(slot, coarse)
}

func (s *Shard) thinIn(slot int, coarse int64) uint32 {
	thin, full := s.thin.Count(coarse, uint64(s.records[slot].id))
	if thin == 0 {
		return 0
	}
	posts, _ := s.Coarse(slot, coarse)
	if full {
		return posts
	}
	return min(thin, posts)
}
