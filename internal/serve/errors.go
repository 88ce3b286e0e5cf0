package serve

import "errors"

// ErrOptions is wrapped by errors about settings that cannot be used.
var ErrOptions = errors.New("serve: invalid options")
