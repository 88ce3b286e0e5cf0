//go:build !(linux || darwin || dragonfly || freebsd || netbsd || openbsd)

package offheap

import "errors"

func mapMemory(int) ([]byte, error) { return nil, errors.ErrUnsupported }

func unmapMemory([]byte) error { return errors.ErrUnsupported }
