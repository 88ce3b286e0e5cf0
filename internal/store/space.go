package store

import "fmt"

const (
	floorLeast = 64 << 20
	floorMost  = 1 << 30

	// openLeast is what opening takes: the database starts new logs.
	openLeast = 8 << 20
)

// freeFloor returns the floor of free space in bytes; 0 means none.
func (o Options) freeFloor(dir string) int64 {
	if o.MinFree != 0 {
		return max(o.MinFree, 0)
	}
	_, total, err := o.Space(dir)
	if err != nil {
		return 0
	}
	return min(max(total/20, floorLeast), floorMost)
}

// room fails with ErrDiskFull when the volume is below the floor. A volume that
// does not tell its space is taken to have enough.
func (s *Store) room() error {
	if s.minFree == 0 {
		return nil
	}
	free, _, err := s.opts.Space(s.dir)
	if err != nil || free >= s.minFree {
		return nil
	}
	return fmt.Errorf("%w: %d MiB free at %s, the floor is %d MiB; free space there, or name another volume",
		ErrDiskFull, free>>20, s.dir, s.minFree>>20)
}

// roomToOpen is room for opening the store, which is allowed below the floor:
// pruning takes an open store.
func (s *Store) roomToOpen() error {
	if s.readOnly || s.opts.MinFree < 0 {
		return nil
	}
	free, _, err := s.opts.Space(s.dir)
	if err != nil || free >= openLeast {
		return nil
	}
	return fmt.Errorf("%w: %d MiB free, opening takes %d MiB; free space there, or name another volume", ErrDiskFull, free>>20, openLeast>>20)
}

// Floor returns the floor of free space in bytes below which nothing is added; 0:
// there is none.
func (s *Store) Floor() int64 { return s.minFree }
