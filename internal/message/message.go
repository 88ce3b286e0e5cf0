package message

import (
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// Kind says what a message is about.
type Kind string

// The kinds of messages.
const (
	Alert  Kind = "alert"
	Change Kind = "change" // of a rise of which an alert was told: for sinks that keep one thing up to date
	Over   Kind = "over"   // that rise is over: likewise
	Digest Kind = "digest"
	Test   Kind = "test" // somebody wants to see whether it arrives
)

// Message is what one sink sends.
type Message struct {
	// ID is the same in every attempt to send it, and no other message to the sink has it: up to 100 letters,
	// digits, '-' and '_'.
	ID   string    `json:"id"`
	Kind Kind      `json:"kind"`
	Made time.Time `json:"made"`
	// Base is the address under which the endpoint is asked, as in http://127.0.0.1:7310: links begin with it.
	Base string `json:"base"`
	// Guarded says that the endpoint asks for a token, which a browser does not show: links are for programs alone.
	Guarded bool `json:"guarded,omitzero"`
	Demo    bool `json:"demo,omitzero"` // all that is told is made up
	// Zone is in whose time hours are told, as in Europe/Berlin.
	Zone string `json:"zone"`

	Alert    *api.Alert  `json:"alert,omitempty"` // of an alert, a change and an over
	Digest   *api.Digest `json:"digest,omitempty"`
	Audience string      `json:"audience,omitempty"` // of a digest
	// Name is what the configuration calls the digest; empty for one that was asked for otherwise.
	Name string `json:"name,omitempty"`
	// Platforms and Watches are what the digest was narrowed to, so that its link leads to the same.
	Platforms []string `json:"platforms,omitempty"`
	Watches   []string `json:"watches,omitempty"`
}

// Title is the message in one line of plain text.
func (m *Message) Title() string {
	switch {
	case m.Alert != nil:
		return m.Alert.Title
	case m.Digest != nil:
		return m.Digest.Headline
	}
	return "A test by Swell: messages arrive here."
}
