// Package demo is a made-up life on a dozen platforms, told by fake sites on this machine: what Swell can be seen
// at work with where there is no network, or nothing to be seen yet.
//
// It owns which platforms there are, what happens on them (bench/workload invents it), how that becomes charts,
// and which sites are in trouble when. It does not speak any site's format: scrapers/scrapetest does.
// Nor does it run sources: it says how they have to be configured to read it.
//
// One life stands behind all sites. Its posts of the last 36 hours are there at once, later ones come when their time
// has come. What is planted in it goes through it whole: a song that people begin to use
// climbs the charts, a hashtag that crosses platforms is in the trends of each.
//
// # Determinism
//
// A seed and the time when a world is opened fix all that its sites ever tell of the life, whoever asks when.
//
// # Concurrency
//
// A [World] may be used from any goroutine, and closed by one. It has the goroutines of its servers, which
// [World.Close] ends.
package demo
