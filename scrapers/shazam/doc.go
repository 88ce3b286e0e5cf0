// Package shazam reads the charts that Shazam publishes as CSV.
//
// Shazam offers its charts for download: the top 200 of the world or a country, the top 50 of
// a city, the charts of genres. The files change about
// once a week or a day. Nobody has documented them for programs and Shazam's terms were not written
// with programs in mind: so the source is off, and robots.txt is asked as for any
// page. Swell says who it is; where only browsers are answered, the source is blocked and stays so.
//
// Out come gauges of sounds on the platform "shazam", known by artist and title (the files have no
// IDs): the place in the list "top-200/world". A file that is the same as before is no new reading.
//
// # Concurrency
//
// A [Source] runs once at a time.
package shazam
