//go:build !race

package app

import "testing"

func oneGoroutine(*testing.T) {}
