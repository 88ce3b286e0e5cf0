package store

// Size returns the size of the database's tables and logs in bytes, as it last measured
// it: at the opening, and every minute. Any goroutine may call it; after Close it returns
// what was last known.
func (s *Store) Size() int64 {
	tables, logs := s.db.Size()
	return tables + logs
}

// Free returns the free space of the store's volume in bytes, and whether the volume tells
// it. Any goroutine may call it.
func (s *Store) Free() (bytes int64, ok bool) {
	free, _, err := s.opts.Space(s.dir)
	return free, err == nil
}
