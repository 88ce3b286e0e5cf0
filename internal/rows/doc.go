// Package rows writes structs as tables: as NDJSON, CSV or Parquet, with the same
// columns and values in each.
//
// It owns how a struct becomes a row, and the three encodings. It does not own what the
// columns mean, and reads no tables.
//
// # Columns
//
// A column is a field with a json tag, in the order of the fields, under the tag's name. Fields
// of a struct within the struct are columns of their own, with the names joined by an underscore:
// the field low of hours_left is hours_left_low. Those of an embedded struct without a tag are as
// the struct's own. A nil pointer makes all columns below it null; null are also a number that is
// not known (NaN), an infinite one, a zero time, and one outside of the years 0 to 9999.
//
// A list of texts, numbers or truths is one text, its members joined with semicolons.
// Other lists are left out: they are tables of their own.
//
// # Encodings
//
// NDJSON has an object a line, in which every column stands, null or not. Times are RFC 3339 in
// UTC, as in CSV.
//
// CSV is that of RFC 4180, with a header, in UTF-8 without a byte order mark, its lines ended by CR
// and LF. A null is an empty cell, an empty text is a quoted empty cell. Unless it is asked
// for raw, cells of text are guarded: see [Guarded].
//
// Parquet has typed columns: strings, signed and unsigned integers of 32 and 64 bits, doubles,
// booleans, and timestamps in microseconds, UTC. A column is optional if it can be
// null. Pages are compressed with Zstandard.
//
// The same rows give the same bytes, however they are split over calls.
//
// # Concurrency
//
// A [Writer] is for one goroutine and holds about one row group of Parquet, or some ten kilobytes
// of the others. All else may be called from any.
package rows
