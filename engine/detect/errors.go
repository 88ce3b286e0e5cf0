package detect

import "errors"

var (
	// ErrOptions is wrapped by every error of [Options.Validate].
	ErrOptions = errors.New("detect: invalid options")
	// ErrCorrupt is wrapped by every decoding error that is not [ErrVersion].
	ErrCorrupt = errors.New("detect: state is damaged")
	// ErrVersion says that a state was written by a newer version.
	ErrVersion = errors.New("detect: state has an unknown version")
)
