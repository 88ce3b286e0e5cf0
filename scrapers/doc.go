// Package scrapers is the home of everything that brings records into Swell.
//
// A source is a sub-package that turns one kind of input into term.Record
// values and a cursor from which it can go on after a restart. Sources know
// nothing of the engine that counts what they deliver: whoever runs one pulls
// its records and hands them over. Import is one way, from the sub-packages to
// package term, never between two sources.
//
//   - push: lines that somebody hands to Swell: NDJSON archives and standard input.
//
// This package itself holds no code: what more than one source needs goes here,
// and so far none does.
package scrapers
