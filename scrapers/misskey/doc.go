// Package misskey reads the trending hashtags of Misskey instances.
//
// An instance says of its five most used hashtags how many distinct people used each in the last
// hour, and in each of the last twenty spans of ten minutes. They are gauges of platform "misskey": the
// place, the people of the hour, and those of the newest span that is over (the running one is not
// complete). Both numbers fall as well as rise, so they are no totals.
//
// # Concurrency
//
// Run asks several instances at once.
package misskey
