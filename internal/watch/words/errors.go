package words

import "errors"

// ErrCorrupt is wrapped by errors about stored words that cannot be read.
var ErrCorrupt = errors.New("words: corrupt")

// ErrNewer is wrapped by errors about words that a newer version of Swell stored.
var ErrNewer = errors.New("words: newer form")
