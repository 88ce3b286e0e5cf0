// Package listenbrainz reads the most listened recordings of ListenBrainz.
//
// ListenBrainz publishes what its users listened to, all together, in the current week, month or
// year, or in a past one, made anew about once a day. Its interface is documented, needs no key, and
// tells in its headers how often it may be asked.
//
// Out come gauges of sounds on the platform "listenbrainz", known by MusicBrainz ID where a
// recording has one: the place in the list "sitewide/this_week", and the listens. In a range
// that is not over (this_week, this_month, this_year, all_time) the listens are a running total,
// which falls when the next begins: a fall is a reset, not a loss. Those of a range that is over, or that
// moves on with its end, are an index.
//
// # Concurrency
//
// A [Source] runs once at a time.
package listenbrainz
