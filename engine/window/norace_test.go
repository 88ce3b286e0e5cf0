//go:build !race

package window_test

const slowdown = 1
