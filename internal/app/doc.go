// Package app wires the parts of Swell together: it opens a data directory, makes
// the engine go on from the last snapshot, feeds it, keeps what it finds and
// serves it. It is the only package that knows most of the others, and the one
// place where the real clock and the operating system come in.
//
// It owns no algorithm and no format but the lines of a detections file. What a
// command line looks like is the command's business.
package app
