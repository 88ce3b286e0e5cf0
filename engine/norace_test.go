//go:build !race

package engine

import "testing"

func oneGoroutine(*testing.T) {}
