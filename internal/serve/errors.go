package serve

import "errors"

var (
	// ErrOptions is wrapped by errors about settings that cannot be used.
	ErrOptions = errors.New("serve: invalid options")
	// ErrAnswer is wrapped by the [Client]'s errors about an answer that does
	// not come from a Swell server, or from a newer one than this client knows.
	ErrAnswer = errors.New("serve: unexpected answer")
)
