// Package week tells what happens at which hour of the week.
//
// It owns the 168 hours of a week in any time zone, daylight saving time included, how
// counts of UTC hours fall into them ([Table]), their means with standard errors
// ([Table.Mean]), and how much more happens in each than in the mean of all, shrunk
// towards that mean by as much as chance could be behind it ([LiftsOf]). It does not count
// and does not know what is counted; it reads the files of time zones and nothing else.
//
// A Table belongs to one goroutine. Everything else is a pure function of its
// arguments. The same calls give the same bits, as long as the time zones stay what they are.
package week
