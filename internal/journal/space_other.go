//go:build !linux && !darwin && !windows

package journal

import "errors"

// volumeSpace has no portable answer here: there is then no floor.
func volumeSpace(string) (free, total int64, err error) { return 0, 0, errors.ErrUnsupported }
