// Package scrapetest is a small world of fake sites: servers that speak the formats
// of the feeds Swell reads, tell a made-up life in them, and fail on demand in the
// ways that real sites do.
//
// Each format has a file with an http.Handler that tells what [Posts] and [Chart] functions say.
// [Site] serves one on a loopback address and lets a script of [Failure] values come
// between. Tests use them, and so does the demo; scrapers/scrapetest/contract holds every
// source to the promises of scrapers.Source with them.
//
// # Concurrency
//
// Everything here may be used from any goroutine.
package scrapetest
