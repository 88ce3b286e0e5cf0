package engine

import "errors"

var (
	// ErrOptions is wrapped by errors about settings that cannot be used.
	ErrOptions = errors.New("engine: invalid options")
	// ErrClosed is returned by calls on a closed engine.
	ErrClosed = errors.New("engine: closed")
	// ErrRestore is wrapped by errors about a snapshot that this engine cannot
	// go on from.
	ErrRestore = errors.New("engine: cannot restore")
	// ErrView is wrapped by errors about an encoded view that cannot be read.
	ErrView = errors.New("engine: cannot read a view")
)
