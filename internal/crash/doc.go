// Package crash holds tests of the real program, built once for a run with the crash points
// of internal/fault in it. They kill it, cut its power, fill and fail its disk, damage its
// files, move its clock and put bugs into it, and hold it to what it promises: a delivery
// that was answered for is counted exactly once, whatever happens.
//
// # What is compared
//
// With one producer that has one delivery on its way at a time, the order of the
// journal is fixed. The same deliveries then go to a second directory that nothing
// happens to; at the end both get a last record, at which a snapshot is cut. Of both
// snapshots an engine is made that is written whole again: these bytes, the detections
// and the points have to be the same, and so have the answers over HTTP. With several
// producers at once the order is chance: counters, terms and series are then compared with an
// exact model of the records that were sent. Producers number their deliveries, send
// again what was not answered for and some of what was, and out of order within the
// lateness.
//
// The records are those of bench/workload. Moments, places of damage and all else that is
// chance follow from -crash.seed; a test that fails says how to have it again. What
// the processes do at a moment is up to the machine, so a seed repeats the attempt, not
// every step of it.
//
// # What is tried
//
//	kills          at random moments, starts included; at every crash point that the source
//	               names, found by reading it, so that a new one is tried or fails the test
//	power cuts     the program on a loop device, whose image is copied as it is on the disk
//	a full disk    to the last byte, while it runs, when it starts, killed while it is full
//	a failing disk syncs and writes that fail from some call on, by strace
//	damage         bits, ends and whole files, of every file in a data directory
//	clocks         that jump by days, back and forth
//	endings        asked once and twice, under load; two programs on one directory
//	mutants        deliberate bugs as patches in testdata/mutants, each of which has to
//	               make the test fail that is there for it
//
// What cannot be tried where a test runs (loop devices take root, failing calls take
// strace) is skipped, and says so.
//
// # What is not
//
// A loop device keeps the order of the file system's journal and tears no sector. strace
// counts calls by thread. Damage is a sample unless -crash.exhaustive is given, which
// takes minutes. No wait in here decides whether a test passes, but for one: the seconds
// within which a program has to end that is asked to.
//
// The package has no code but its tests, which belong to one goroutine each.
package crash
