package window

import "errors"

// ErrCorrupt is wrapped by errors about a shard's encoding that is damaged or was
// made with other sizes.
var ErrCorrupt = errors.New("window: corrupt shard encoding")
