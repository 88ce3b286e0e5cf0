// Package apple reads the most-played charts of Apple Music.
package apple
