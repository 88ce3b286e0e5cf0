package engine

// Activity is what happened on a platform in one hour.
type Activity struct {
	Platform string
	Posts    uint64 // reposts not among them
	Reposts  uint64
	// Measured are the posts that came with numbers of reactions (likes, shares, comments
	// and the like, views not among them), and Reactions the sum of these.
	Measured, Reactions uint64
}
