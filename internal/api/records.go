package api

// RecordsAnswer is what POST /api/v1/records gives, with status 202: the accepted
// records are on the disk by then, and will be counted. Lines that were not accepted
// are named; the others are not touched by that.
type RecordsAnswer struct {
	Accepted int         `json:"accepted"` // records
	Rejected int         `json:"rejected"` // lines that are no record
	Errors   []LineError `json:"errors"`   // of these, the first hundred
}

// LineError says what is wrong with a line of a body.
type LineError struct {
	Line   int    `json:"line"`           // from 1
	Byte   *int   `json:"byte,omitempty"` // in the line, from 0
	Field  string `json:"field,omitempty"`
	Reason string `json:"reason"`
}

// Backlog tells what was accepted and is not counted yet.
type Backlog struct {
	// Waiting is how many records, of those accepted since this start.
	Waiting int64 `json:"waiting_records"`
	// Bytes is the size of the journal, counted or not, which holds the entries from
	// First up to but not including Next.
	Bytes int64  `json:"journal_bytes"`
	First uint64 `json:"journal_first"`
	Next  uint64 `json:"journal_next"`
	// Lost is how many entries of the journal were missing when it was read, and
	// were passed over because the operator said so.
	Lost uint64 `json:"lost_entries"`
	// Repeats is how many numbered deliveries, since this start, had been counted before.
	Repeats uint64 `json:"repeats"`
	// Given is how many numbers of deliveries were left out by their producers for so
	// long that they are taken as counted, and Forgotten how many producers were silent
	// for so long that their numbers are no longer known.
	Given     uint64 `json:"numbers_given_up"`
	Forgotten uint64 `json:"producers_forgotten"`
	// Refusing says that nothing is accepted now, and Why.
	Refusing bool   `json:"refusing"`
	Why      string `json:"why,omitempty"`
}
