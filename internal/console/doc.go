// Package console lays out what people read on a terminal: tables, lines of hours,
// the heat map of a week.
//
// It owns how wide a text is, what is made of characters that would do something to a
// terminal, and how numbers are written. It does not know what is shown, writes to
// nothing, and asks neither the terminal nor the environment: both are told to it.
//
// All functions depend on their arguments alone. A [Table] is for one goroutine.
package console
