// Package deezer reads the track charts of Deezer.
package deezer
