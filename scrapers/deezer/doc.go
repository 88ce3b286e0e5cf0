// Package deezer reads the track charts of Deezer.
//
// Deezer's interface for programs gives the tracks played most, of all genres or of one, and
// the tracks of any public playlist in their order: the charts of countries are playlists
// that Deezer keeps. No key is needed; about fifty requests in five seconds are allowed. Its errors come
// with status 200, as an object named error.
//
// Out come gauges of sounds on the platform "deezer", known by ISRC where a track has one and by
// Deezer's ID else: the place in the list "chart/0" or "playlist/ID", and Deezer's own popularity of
// the track, an index. An answer that has not changed is no new reading.
//
// # Concurrency
//
// A [Source] runs once at a time.
package deezer
