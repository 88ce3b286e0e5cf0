// Package workload makes up the life of several platforms: records in time
// order, with trends planted in them and the truth about each.
//
// It owns the background (invented hashtags and sounds with a Zipf popularity
// that drifts, day and week cycles, authors with habits), what is planted into
// it (trends that last 48 to 72 hours, daily and weekly regulars, micro-bursts,
// bots, floods by one account and by many in lockstep, disruptions of a source)
// and the truth file. It does not count, detect, compress or open files.
//
// Every name, sound and author is invented; a likeness to a real one is chance.
//
// # Determinism
//
// A [Config] fixes every byte that [Generator.WriteTo] and
// [Generator.WriteTruth] write, on every platform and for every GOMAXPROCS.
// Each purpose (names, plan, posts, …) draws from its own seeded stream, so that
// more of one thing does not shift the others. Go allows x*y+z to be computed
// with one rounding where the processor has such an instruction, and the
// elementary functions of package math differ between processors; therefore
// every product that is added to something is converted explicitly, which
// forbids the fusion, and logarithm and exponential are this package's own.
//
// # Concurrency
//
// A [Generator] belongs to one goroutine at a time; it starts none.
package workload
