// Package digest makes a day's digest out of what was counted and found, writes it for each audience in each
// format, and says when it is due.
//
// It owns what is worth telling, how a call is judged, the texts, the pictures and the calendar. It asks nobody
// for numbers, sends nothing, looks at no clock and does no I/O.
package digest
