package serve

import "errors"

var (
	// ErrOptions is wrapped by errors about settings that cannot be used.
	ErrOptions = errors.New("serve: invalid options")
	// ErrNoDigest says that the configuration has no digest of a name.
	ErrNoDigest = errors.New("there is no digest of that name")
	// ErrDigestWaits says that a digest is on its way already.
	ErrDigestWaits = errors.New("the digest waits to be sent already")
)
