// Package bluesky reads all public posts of Bluesky from Jetstream, a WebSocket.
package bluesky
