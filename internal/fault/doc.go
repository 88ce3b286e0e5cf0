// Package fault names the places where a crash is worth trying: between the steps
// of what has to survive one. In an ordinary build [Point] is nothing, and [Now] is
// the clock of the system. In a build with the tag faults the environment can have the
// process killed at one of the points, as by SIGKILL: nothing is flushed, nothing is
// closed. And it can have the clock jump.
//
//	SWELL_FAULT=store.manifest        killed when it comes there
//	SWELL_FAULT=store.manifest#3      killed when it comes there for the third time
//	SWELL_CLOCK=FILE                  the file holds by how many seconds the clock is off
//
// Names are the package's, a dot, and the step that has just been done. Any goroutine
// may pass a point, and ask for the time.
package fault
