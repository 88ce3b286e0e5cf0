package window

import "errors"

// ErrCorrupt is wrapped by errors about a shard's encoding that is damaged or was
// made with other sizes.
var ErrCorrupt = errors.New("window: corrupt shard encoding")

// ErrAuthorsLost is returned for a term whose authors are not all known, because
// memory ran short.
var ErrAuthorsLost = errors.New("window: the authors of this term are not all known")
