package scrapers

// Shelf keeps small values over restarts, by name. Safe for concurrent use.
type Shelf interface {
	// Load returns the value under a name; nil and no error where there is none.
	Load(name string) ([]byte, error)
	// Save keeps a value in the place of the one before. It is on its way to the disk when it
	// returns: the death of the process does not undo it.
	Save(name string, value []byte) error
}
