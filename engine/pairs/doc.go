// Package pairs counts in how many posts two terms came together, in the window and in
// a fixed amount of memory.
//
// # What is counted
//
// A [Table] counts directed pairs, a term and a companion of it, by [Period] of the
// window, so that all that is known of a term's companions is found beside each other.
// Who wants both directions counts both. Keys are IDs: well mixed, and never 0.
//
// # Who gets room
//
// Most pairs come once and never again. A table holds as many as it can of those that
// came most often; the others are counted in a count-min sketch ([sketch.CountMin]) of
// the newest one or two periods. A pair takes the place of the weakest where it might
// stand if the sketch says that it came more often than that one is known to have come (the admission of
// TinyLFU; Einziger, Friedman and Manes, ACM Transactions on Storage 13, 2017, §3). A
// flood of pairs that come once each raises what the sketch says of all by a little, and
// cannot push out what is above that.
//
// # What is not known
//
// A count is never too high, but posts are missing in it that came before the pair got
// its place. [Companion.Over] bounds them: by what the sketch said at that moment, and for the
// periods that it does not reach back to, by the most that any pair was turned away
// with nearby.
//
// The package owns the layout, its codec and these bounds. It does not know what its
// keys stand for, and looks at no clock: time is an argument.
//
// Concurrency: one goroutine at a time. Add takes O(1) time and a few cache lines, and
// allocates nothing.
package pairs
