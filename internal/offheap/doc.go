// Package offheap hands out memory that the garbage collector does not know:
// large tables of numbers cost it nothing to mark and do not raise its goal, and
// the kernel can be asked to back them with huge pages.
//
// A [Region] is one mapping; [Slice] cuts typed slices off its front. There is no
// way to give a single slice back: a region lives and ends as a whole.
//
// Where mapping is not supported, a region is an ordinary allocation and
// everything works the same, except that the collector counts it.
//
// Concurrency: a region belongs to one goroutine while slices are cut from it
// and when it is closed. The slices are plain memory and follow the rules of
// their users.
package offheap
