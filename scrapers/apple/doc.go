// Package apple reads the most-played charts of Apple Music.
//
// Apple publishes the most played songs of every storefront as JSON, made anew about once a
// day, for whoever builds a feed of them (the RSS builder of its marketing tools). Where that
// answers under neither of its two names, the older list of the iTunes store is read in its place,
// if the configuration names its host. That one is of sales, another list, and is kept under another
// name: places in the two are never compared.
//
// Out come gauges of sounds on the platform "apple", known by Apple's ID of the song: the
// place in the list "most-played/us" or "top-songs/us". A list whose "updated" has not
// changed is no new reading. Apple slows down those that ask often.
//
// # Concurrency
//
// A [Source] runs once at a time.
package apple
