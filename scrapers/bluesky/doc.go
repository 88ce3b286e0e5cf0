// Package bluesky reads all public posts of Bluesky from Jetstream, a WebSocket
// that anybody may listen to without an account.
//
// It owns what an event of Jetstream means, which server is listened to, and from where it is gone on
// after a break. It does not know how messages become deliveries: that is scrapers/stream's.
//
// # What the service permits
//
// Bluesky runs four public servers and invites developers to use them, with several connections if
// need be. One connection is open at a time, which asks for new posts alone; nothing is asked for again and again.
// Programs are addressed by these servers as such, so robots.txt does not apply.
//
// # What comes out
//
// Occurrences on the platform "bluesky", one for each new post or reply, at the time when the server saw it. The
// time that its author's program claims is not used. Tags are those that the program marked in the
// text or listed beside it, links those that it marked or made a card of; both are taken out of the text,
// so that no term is met in two spellings. Edits and deletions are passed over: what was said was said.
//
// # Concurrency
//
// A [Source] runs once at a time, and reads in a goroutine of its own, which ends before Run returns.
package bluesky
