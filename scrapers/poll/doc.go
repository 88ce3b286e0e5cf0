// Package poll is the loop of sources that ask again and again: when each part of
// their input is asked next, what is made of its answer, and how often a part in
// trouble is tried.
//
// It owns the timing, the cursors' envelope, and the memory of what was taken of lists that
// repeat themselves ([Seen]). It does not know how a part is asked: that is the source's,
// in [Target.Poll].
//
// # Concurrency
//
// [Run] asks up to so many targets at once as it was told. A target is never asked twice at
// the same time.
package poll
