// Package worlds names the generated streams on which detectors are compared:
// one ordinary world and others that differ from it in one thing each. A world
// and a seed fix a [workload.Config]; every world covers six weeks, of which
// the first four are for learning ([WarmUp]).
package worlds
