package access

import "errors"

// The errors that a caller may want to tell apart with [errors.Is].
var (
	// ErrUnknown says that a token is none, or one that was revoked. It does not say which.
	ErrUnknown = errors.New("access: unknown token")
	// ErrExpired says that a token was good once.
	ErrExpired = errors.New("access: token expired")
	// ErrFile says that a file of tokens cannot be used; it names file, line and column.
	ErrFile = errors.New("access: cannot use the tokens")
	// ErrInvalid says that a token cannot be made as asked for, or that there is none to revoke.
	ErrInvalid = errors.New("access: invalid argument")
	// ErrLocked says that another process is changing the file.
	ErrLocked = errors.New("access: the tokens are being changed")
	// ErrCertificate says that certificate and key cannot be used; it names the files.
	ErrCertificate = errors.New("access: cannot use the certificate")
)
