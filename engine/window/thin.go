package window

// A post is thin if it says little about how many people use its terms on their
// own account: accounts that were made or woken for a purpose post once each, or
// all post the same. It is thin if it is
//
//   - a newcomer's: its author is named, and has not posted on the platform within
//     [NewcomerHours]. Platforms that were not watched for [WatchHours] yet have no
//     newcomers, because everybody would be one;
//   - or an echo: no repost, but the last post before that said the same, within
//     [EchoHours] and on the same platform, was another account's. Two posts say
//     the same if [term.AppendPlain] makes the same of their texts, and what it
//     makes is [term.Comparable]. Posts without terms are not compared.
//
// Thin posts count like others. How many of a term's are thin is what tells a crowd
// from accounts in lockstep: see [Shard.Thin].
const (
	NewcomerHours = 14 * 24
	WatchHours    = 3 * 24
	EchoHours     = 6
)

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
