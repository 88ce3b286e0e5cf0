// Command endpoint measures the HTTP endpoint of a running swell from outside, with the public
// load tool wrk: how many requests of each kind a second one core answers while records
// are taken in, how long they take, and how many records a second are taken in.
//
// It starts the program on one core of its own, fills it with a made-up life of
// several platforms that ends now (bench/workload), goes on to send posts at a steady
// rate, and lets wrk ask from the other cores meanwhile. It prints a table in Markdown.
//
// It owns the order of the measurement and the arithmetic of the table. It imports nothing
// of the program: what it measures is the binary that it is given.
//
// Linux only: processor time is read from /proc, and taskset pins the program.
package main
