package obs

import (
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/scrapers"
)

// State is what is told of a running Swell beside the published view.
type State struct {
	Ready    bool
	Lateness time.Duration // how late records may come
	Pressure string        // one of [Pressures]; empty: not known
	Rejected uint64        // lines that were sent in and are no record, since the start

	Intake  *api.Backlog // nil: no records are taken
	Sources []scrapers.Health
	Sinks   []api.SinkStatus

	StoreBytes int64
	FreeBytes  int64 // of the store's volume; negative: not known
	FloorBytes int64 // below which nothing is stored; 0: there is no floor

	InFlight int // requests that are being answered, streams included
	Streams  Streams
}

// Streams are those who follow the events; all but Clients since the start.
type Streams struct {
	Clients             int
	Sent, Slow, Refused uint64
}

// Pressures are the words of pressure on the memory.
func Pressures() []string { return []string{"none", "full", "overloaded"} }
