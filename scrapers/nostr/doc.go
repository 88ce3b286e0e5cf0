// Package nostr reads short text notes from Nostr relays (NIP-01), over WebSockets.
//
// It owns what relays and their clients say to each other, what an event means, and which events are believed. It
// does not know how messages become deliveries: that is scrapers/stream's.
//
// # What the service permits
//
// An open relay gives events to whoever asks; one that wants a login, or less of us, says so, and is
// left alone for as long. One connection is open for each relay. Relays are interfaces for programs, so
// robots.txt does not apply.
//
// # What comes out
//
// Occurrences on the platform "nostr", one for each note of kind 1. The same note comes from many relays and
// is delivered once. An event's ID is the hash of what it says, and is verified: nobody can give a note the ID
// of another. Its signature is not: a relay could make up a note of somebody's. Notes cost nothing and
// many are advertisements, so an author is heard a few times a minute at most.
//
// The time of a note is its author's word. It is taken as far as it can be true, see [scrapers.Arrival]: a
// note that is older than it could be is an old one that is passed around again, and passed over.
//
// # Concurrency
//
// A [Source] runs once at a time. Each relay has a goroutine of its own, which ends before Run returns.
package nostr
