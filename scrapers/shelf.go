package scrapers

// Shelf keeps small values by name over restarts. It may be used from any goroutine.
type Shelf interface {
	// Load returns what was last saved under a name; nil and no error where there is none.
	Load(name string) ([]byte, error)
	// Save keeps a value under a name in place of the one before. Once it has
	// returned nil, the value survives a crash.
	Save(name string, value []byte) error
}
