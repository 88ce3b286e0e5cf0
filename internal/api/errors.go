package api

import "errors"

// ErrAnswer is wrapped by the [Client]'s errors about an answer that does not come
// from a Swell server, or from a newer one than this client knows.
var ErrAnswer = errors.New("api: unexpected answer")
