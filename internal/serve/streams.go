package serve

import (
	"sync"
	"sync/atomic"
)

// defaultStreams is how many may follow at a time.
const defaultStreams = 2000

// streams are those who follow, as a whole.
type streams struct {
	seats  chan struct{} // a place for each
	ending chan struct{} // closed when they have to end
	end    sync.Once

	sent, slow, refused atomic.Uint64

	log   chan struct{} // a place for each who reads the log
	views views         // that rows of older events were looked up in
}

// maxLogReaders is how many read older events at a time: each looks rows up in past
// rankings, which takes some milliseconds a pane.
const maxLogReaders = 2

func newStreams(most int) *streams {
	return &streams{seats: make(chan struct{}, most), ending: make(chan struct{}), log: make(chan struct{}, maxLogReaders)}
}

// StreamStats are about those who follow the events, since the start.
type StreamStats struct {
	Clients int    // that follow now
	Sent    uint64 // events, to all of them together
	Slow    uint64 // clients that were dropped, because they did not read
	Refused uint64 // that came when there was no place
}

// Streams tells about those who follow. Any goroutine may ask.
func (s *Server) Streams() StreamStats {
	return StreamStats{Clients: len(s.streams.seats), Sent: s.streams.sent.Load(), Slow: s.streams.slow.Load(), Refused: s.streams.refused.Load()}
}

// End ends all streams, those that begin later at once: they would keep a server from
// being shut down. Who follows is told to come back later. It may be called again.
func (s *Server) End() { s.streams.end.Do(func() { close(s.streams.ending) }) }
