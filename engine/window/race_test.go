//go:build race

package window_test

// slowdown divides the sizes of tests on one goroutine, which the race detector
// makes slower by so much and finds nothing in.
const slowdown = 8
