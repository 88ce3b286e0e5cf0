// Package nostr reads notes from Nostr relays (NIP-01), over WebSockets.
package nostr
