package peer

import "github.com/swell-radar/swell/bench/compare/internal/stream"

// Contender counts a stream.
//
// Concurrency: every writer belongs to one goroutine. All other methods belong to
// one goroutine, and are called when no writer is at work.
type Contender interface {
	// Writers returns the writers that the contender was made with.
	Writers() []Writer
	// Drain returns when all that was written is counted. Every writer has sealed
	// the same last pane; nothing is written any more.
	Drain() error
	// Top returns the k terms with the most observations in the window, in no
	// particular order, or nil if the contender cannot tell.
	Top(k int) ([]stream.Count, error)
	// Lookup returns the observations of a term in the window.
	Lookup(key string) (uint64, error)
	// BorrowsKeys reports whether the contender keeps strings of the stream.
	BorrowsKeys() bool
	// Close gives back what the contender took.
	Close() error
}

// Ahead is by how many panes one writer may be ahead of another.
const Ahead = 6

// Writer delivers a share of a stream. Panes come in ascending order; no writer is
// more than [Ahead] panes ahead of another.
type Writer interface {
	// Count counts observations of the pane that is open.
	Count(run stream.Run) error
	// Seal says that the writer has no more observations of the pane.
	Seal(pane int64) error
}

// Remote is a contender that counts in another process.
type Remote interface {
	// Usage returns the processor time that the other process has used, in seconds,
	// and the memory that it has allocated, in bytes.
	Usage() (cpu float64, memory int64, err error)
}

// Ticker is a contender that can read what a closed pane touched.
type Ticker interface {
	// Tick reads the terms that were observed in the last pane and returns how many
	// there were. It belongs where [Contender.Top] does.
	Tick() (terms int)
}

// Kind names a contender and knows how to make it.
type Kind struct {
	Name    string // in tables
	ID      string // on the command line
	Source  string // what it is and where it comes from
	Authors bool   // it counts distinct or fresh authors, too
	Swell   bool   // it is Swell
	Floor   bool   // it only reads: it answers nothing
	Fixed   bool   // its memory is a setting: Config.Memory
	Slow    bool   // it gets fewer rounds
	Remote  bool   // it runs in another process and gets fewer observations
	New     func(Config) (Contender, error)
}

// Config is what a contender is made with.
type Config struct {
	Writers int
	Memory  int64 // bytes, for contenders whose memory is a setting
	Shards  int   // of Swell's core; 0 is its default
}

// windowPanes is the length of the window. Rings of panes are as long: a pane takes
// the place of the one that leaves the window with it.
const windowPanes = stream.WindowPanes

// windowHours is the length of the window in hours.
const windowHours = windowPanes / stream.PanesPerHour

// Kinds returns all contenders, the floor first, Swell next.
func Kinds() []Kind {
	return []Kind{
		{ID: "hash", Name: "hash alone", Floor: true, New: newHash, Source: "zeebo/xxh3 of every key"},
		{ID: "swell", Name: "Swell, posts", Swell: true, Fixed: true, New: newSwellPosts, Source: "engine/window"},
		{ID: "swell-authors", Name: "Swell, posts and authors", Swell: true, Fixed: true, Authors: true, New: newSwellAuthors, Source: "engine/window"},
		{ID: "map", Name: "exact map per pane", New: newExactMap, Source: "map[string]uint32 and a mutex"},
		{ID: "daily", Name: "daily map + HyperLogLog", Authors: true, Slow: true, New: newDailyMap, Source: "map[string] of count and axiomhq/hyperloglog, and a mutex"},
		{ID: "countmin", Name: "count-min ring", Fixed: true, New: newCountMin, Source: "a blocked count-min sketch per pane, atomic adds"},
		{ID: "heavykeeper", Name: "sliding HeavyKeeper", Fixed: true, Slow: true, New: newHeavyKeeper, Source: "HeavyKeeper (USENIX ATC 2018) over hours"},
		{ID: "redis-tags", Name: "Redis: INCRBY, PFADD, 2 EXPIRE", Authors: true, Slow: true, Remote: true, New: newRedisTags, Source: "Mastodon's commands for one use of a tag"},
		{ID: "redis-rank", Name: "Redis: ZINCRBY, PFADD", Authors: true, Slow: true, Remote: true, New: newRedisRank, Source: "a sorted set and HyperLogLogs per day"},
	}
}
