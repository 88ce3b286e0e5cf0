package api

import "time"

// OutboxAnswer is what GET /api/v1/outbox gives: what waits to be sent, and what could not be.
type OutboxAnswer struct {
	Demo  bool         `json:"demo,omitzero"`
	Sinks []SinkStatus `json:"sinks"`
	// Messages are those that wait and those that were given up, oldest first, at most 1,000.
	Messages []OutboxMessage `json:"messages"`
}

// SinkStatus is how one sink is doing.
type SinkStatus struct {
	Name    string     `json:"name"`
	Kind    string     `json:"kind"`
	Waiting int        `json:"waiting"`
	Dead    int        `json:"dead"`   // given up: see RetryPath
	Sent    uint64     `json:"sent"`   // since the program was started
	Failed  uint64     `json:"failed"` // attempts, likewise
	LastOK  *time.Time `json:"last_ok"`
	// Error is what the last attempt failed with; empty if it did not. Off says that the receiver wants
	// nothing more: nothing is sent before one of its messages is retried, or the program started again.
	Error string `json:"error"`
	Off   bool   `json:"off"`
}

// OutboxMessage is a message to one sink that has not been sent yet.
type OutboxMessage struct {
	ID       string     `json:"id"` // the name of the sink, a dot, and the ID that the receiver sees
	Sink     string     `json:"sink"`
	Kind     string     `json:"kind"` // alert, change, over, digest or test
	Title    string     `json:"title"`
	Made     time.Time  `json:"made"`
	Attempts int        `json:"attempts"`
	Next     *time.Time `json:"next"` // null where it was given up
	Dead     bool       `json:"dead"`
	Error    string     `json:"error"`
}

// OutboxRetried is what POST /api/v1/outbox/retry gives: how many messages of the sink are tried now.
type OutboxRetried struct {
	Demo     bool   `json:"demo,omitzero"`
	Sink     string `json:"sink"`
	Messages int    `json:"messages"`
}

// DigestSent is what POST /api/v1/digests/{date}/send gives: the messages that wait to be sent now, by ID.
type DigestSent struct {
	Demo     bool     `json:"demo,omitzero"`
	Digest   string   `json:"digest"`
	Messages []string `json:"messages"`
}
