// Package listenbrainz reads the most listened recordings of ListenBrainz.
package listenbrainz
