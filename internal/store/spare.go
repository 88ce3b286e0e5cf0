package store

import "math"

// Spare returns how many bytes may still be put on the store's volume before its floor
// of free space is reached, less than none below it. A volume that does not tell its space is taken
// to have enough. Any goroutine may call it.
func (s *Store) Spare() int64 {
	free, _, err := s.opts.Space(s.dir)
	if err != nil || s.minFree == 0 {
		return math.MaxInt64
	}
	return free - s.minFree
}
