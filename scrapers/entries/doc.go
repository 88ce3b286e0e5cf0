// Package entries is what sources of feeds have in common: RSS, Atom and JSON feeds that are asked
// for again and again, of which each entry counts once.
//
// It owns the reading of a feed's form, which entries of it are news, when the feed wants to be asked
// again, and its cursor: where it is now, which version was seen, which entries were taken. It
// does not know what an entry is worth: the source makes a record of it.
//
// The feeds are parsed by gofeed, which stands behind this package alone. A feed that would cost it
// more than any feed is worth is refused before it is parsed.
//
// # Concurrency
//
// [Parse] is a pure function. A [Reader] is asked by one goroutine at a time; [Parsers] are shared.
package entries
