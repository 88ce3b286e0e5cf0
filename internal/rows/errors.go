package rows

import "errors"

var (
	// ErrType marks a type that cannot be a row.
	ErrType = errors.New("rows: not a type of rows")
	// ErrClosed marks what is written behind the end.
	ErrClosed = errors.New("rows: the writer is closed")
	// ErrFormat marks a format that does not exist.
	ErrFormat = errors.New("rows: no such format")
)
