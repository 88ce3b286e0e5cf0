// Compare measures Swell's counting core against what people use in its place: maps,
// sketches, and Redis. All of them count the same streams, in one interleaved run,
// and are held against the exact truth.
//
//	compare [-rounds 10] [-scale 1] [-only swell,map] [-streams drifting] [-memory 64] [-o RESULTS.md]
//	compare -profiles [-o RESULTS.md]
//
// With -o the tables also go into a document, between the marks that it has for them.
// With -profiles the program profiles Swell alone: its locks, its waits, its
// functions.
//
// It is a module of its own so that Swell does not depend on what it is compared with.
package main
