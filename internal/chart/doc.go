// Package chart draws what the page shows as SVG: hours of a term over the band of what is usual, where it may go, how much
// of its time is left, where all trends stand on the wave, and the hours of a week.
//
// It owns the geometry and the names of the classes that the page's style sheet gives colours to; it knows no style, no
// script, and nothing of who asks. What a drawing says is also in its title and description, and the page shows the same in
// words or a table beside it: nobody has to see it.
//
// Every text goes through an escaper, so that no name can become markup. All functions depend on their arguments alone: the
// same numbers give the same bytes. Any goroutine may call them.
package chart
