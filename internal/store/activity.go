package store

// Activity is what happened on a platform in one hour.
type Activity struct {
	Platform            string
	Posts, Reposts      uint64
	Measured, Reactions uint64 // posts that came with numbers of reactions, and the sum of these
}

// HourActivity is an hour's activity on one platform.
type HourActivity struct {
	Hour int64 // since 1970, UTC
	Activity
}

// AppendActivity stores what happened in an hour, in the place of what was stored of it.
func (s *Store) AppendActivity(hour int64, rows []Activity) error { return nil }

// Activity returns the hours in from ≤ hour < to in which something happened on the
// platform, rising.
func (s *Store) Activity(platform string, from, to int64) ([]HourActivity, error) { return nil, nil }
