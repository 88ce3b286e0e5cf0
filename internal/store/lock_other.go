//go:build !linux && !darwin

package store

import "errors"

// lockDir cannot take the database's lock here.
func lockDir(string, bool) (unlock func() error, err error) { return nil, errors.ErrUnsupported }
