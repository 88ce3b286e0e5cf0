package offheap

import (
	"errors"
	"fmt"
	"math"
	"os"
	"unsafe"
)

// hugeFrom is the size, in bytes, from which a region asks for huge pages:
// smaller ones do not miss the translation cache enough to pay for the memory
// that rounding up to 2 MiB may waste.
const hugeFrom = 32 << 20

// cacheLine is the alignment of slices in bytes.
const cacheLine = 64

// Region is a block of zeroed memory that slices are cut from. A nil Region has
// no room and may be used as such.
type Region struct {
	mem    []byte
	used   int
	mapped bool // mem lies outside of the Go heap
}

// Reserve returns a region of at least size bytes, rounded up to whole pages. On
// Unix systems it is a private anonymous mapping: pages take memory when they
// are first written. From 32 MiB on, Linux is asked for huge pages. Where the
// system has no such mappings the region is allocated on the Go heap.
//
// It fails if size is not positive, or if the system refuses to map that much.
func Reserve(size int64) (*Region, error) {
	page := int64(os.Getpagesize())
	if size <= 0 || size > math.MaxInt-page {
		return nil, fmt.Errorf("offheap: cannot reserve %d bytes: the size must be positive and fit the address space", size)
	}
	n := int((size + page - 1) / page * page)
	mem, err := mapMemory(n)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return &Region{mem: heapBytes(n)}, nil
	case err != nil:
		return nil, fmt.Errorf("offheap: cannot map %d bytes: %w; reserve less or raise the limit on address space", n, err)
	}
	return &Region{mem: mem, mapped: true}, nil
}

// heapBytes returns n zeroed bytes of the Go heap that begin at a cache line. The
// collector does not look into them.
func heapBytes(n int) []byte {
	const spare = cacheLine/8 - 1
	words := make([]uint64, (n+7)/8+spare)
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(words))) % cacheLine / 8
	return unsafe.Slice((*byte)(unsafe.Pointer(&words[skip])), n)
}

// Close gives the memory back to the system. No slice that was cut from the
// region may be used any more: touching one would end the program. Closing a nil
// or closed region does nothing.
func (r *Region) Close() error {
	if r == nil || r.mem == nil {
		return nil
	}
	mem := r.mem
	r.mem, r.used = nil, 0
	if !r.mapped {
		return nil
	}
	if err := unmapMemory(mem); err != nil {
		return fmt.Errorf("offheap: cannot unmap %d bytes: %w", len(mem), err)
	}
	return nil
}

// Left returns how many bytes can still be cut. Every slice begins at a multiple
// of 64 bytes, so several slices may need a little more than the sum of their
// sizes.
func (r *Region) Left() int64 {
	if r == nil {
		return 0
	}
	return int64(len(r.mem) - r.used)
}
