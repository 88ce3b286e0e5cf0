// Package youtube reads the Atom feeds of YouTube channels and playlists.
package youtube
