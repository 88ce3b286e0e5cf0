//go:build race

package engine

import "testing"

// oneGoroutine skips a test of results alone, in which the race detector finds nothing that
// it does not find in others, and takes minutes. make test runs these without it.
func oneGoroutine(t *testing.T) {
	t.Helper()
	t.Skip("not under the race detector: make test runs it without")
}
