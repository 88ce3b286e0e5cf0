package workload

import "errors"

// ErrConfig is wrapped by every error that [New] returns; the text around it
// names the field, its value and what is allowed.
var ErrConfig = errors.New("workload: bad configuration")
