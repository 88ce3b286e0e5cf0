package measure

import (
	"bytes"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
)

// footprint is what the process takes after a collection: the objects on the Go
// heap, and the resident memory, which has the mappings beside the heap, too. A
// system that does not tell the latter has zero.
type footprint struct{ heap, resident int64 }

func takeFootprint() footprint {
	runtime.GC()
	debug.FreeOSMemory() // collects again: finalizers have run by then
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return footprint{heap: int64(m.HeapAlloc), resident: residentBytes()}
}

// growth returns what was taken since an earlier footprint: the larger of what the
// heap says and what the system says. They differ by mappings and fragmentation,
// which only the system sees, and by memory that had been resident before.
func (f footprint) growth(before footprint) int64 {
	return max(f.heap-before.heap, f.resident-before.resident, 0)
}

// residentBytes reads the second field of Linux's /proc/self/statm.
func residentBytes() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(text)
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
