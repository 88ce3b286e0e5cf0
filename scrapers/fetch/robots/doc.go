// Package robots reads robots.txt as RFC 9309 has it.
//
// It owns what the rules of such a file mean for one crawler. It does not know where the file comes
// from, or for how long it holds.
//
// # Concurrency
//
// [Rules] never change and may be used from any goroutine.
package robots
