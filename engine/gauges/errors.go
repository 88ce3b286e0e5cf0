package gauges

import "errors"

// ErrCorrupt is wrapped by errors about an encoded book that cannot be read.
var ErrCorrupt = errors.New("gauges: corrupt book encoding")
