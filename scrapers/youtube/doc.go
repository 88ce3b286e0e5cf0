// Package youtube reads the Atom feeds of YouTube channels and playlists that the user names.
//
// A feed has the newest 15 videos. Each is an occurrence of platform "youtube" when it first
// appears, with the views and likes of that moment; the author is the channel. How a video's views grow is
// not followed: a video is no term, and the views of a hashtag's few videos from the named channels
// would say little about the hashtag.
//
// # Concurrency
//
// Run asks one feed at a time: all are of one host.
package youtube
