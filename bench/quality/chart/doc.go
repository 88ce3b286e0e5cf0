// Package chart draws curves as SVG and as PNG, both from one description.
//
// It draws what the measure of detectors needs, line charts with a linear or
// logarithmic axis, and no more. Equal charts give equal SVG bytes. An SVG follows
// the reader's preference for a light or dark background; a PNG has a light one.
//
// Functions are pure and may be called from several goroutines.
package chart
