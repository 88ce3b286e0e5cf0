package journal

import "time"

// State is what is known of a journal, for people and for metrics.
type State struct {
	First uint64 `json:"first"` // number of the first entry that is kept
	Next  uint64 `json:"next"`  // number that the next entry will get
	Bytes int64  `json:"bytes"` // of all entries, as the server counts them

	Full  bool      `json:"full"`           // whether batches are refused for want of room
	Why   string    `json:"why,omitempty"`  // what is the matter, and the way out
	Since time.Time `json:"since,omitzero"` // since when
}

// State returns what is known without asking the server. Another process that
// appends to the same stream is seen late.
func (j *Journal) State() State {
	s := State{}
	s.First, s.Next = j.tail.bounds()
	s.Bytes = j.tail.size()
	s.Why, s.Since = j.full.get()
	s.Full = s.Why != ""
	if err := j.Err(); err != nil {
		s.Why = err.Error()
	}
	return s
}
