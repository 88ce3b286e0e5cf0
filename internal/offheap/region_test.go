package offheap

import (
	"runtime"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

func reserve(t testing.TB, size int64) *Region {
	t.Helper()
	r, err := Reserve(size)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// fill writes every element, and checks first that it was zero: overlapping
// slices would be found out.
func fill[T comparable](t *rapid.T, s []T, mark T) {
	var zero T
	if len(s) > 0 && uintptr(unsafe.Pointer(&s[0]))%cacheLine != 0 {
		t.Fatalf("%T begins at %p, not at a cache line", s, &s[0])
	}
	for i := range s {
		if s[i] != zero {
			t.Fatalf("element %d of %d is %v before it was written", i, len(s), s[i])
		}
		s[i] = mark
	}
}

func TestSlicesAreZeroedAlignedAndApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := Reserve(rapid.Int64Range(1, 1<<16).Draw(t, "size"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}()
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				if left := r.Left(); left < 0 {
					t.Fatalf("%d bytes left", left)
				}
			},
			"bytes":  func(t *rapid.T) { fill(t, Slice[byte](r, rapid.IntRange(0, 5000).Draw(t, "n")), 0xff) },
			"shorts": func(t *rapid.T) { fill(t, Slice[uint16](r, rapid.IntRange(0, 5000).Draw(t, "n")), 0xffff) },
			"words":  func(t *rapid.T) { fill(t, Slice[uint64](r, rapid.IntRange(0, 5000).Draw(t, "n")), 1<<64-1) },
			"structs": func(t *rapid.T) {
				type odd struct {
					a uint64
					b [3]byte
				}
				fill(t, Slice[odd](r, rapid.IntRange(0, 500).Draw(t, "n")), odd{1, [3]byte{1, 2, 3}})
			},
		})
	})
}

func TestRegionIsUsedUpAndThenTheHeap(t *testing.T) {
	r := reserve(t, 1<<16)
	defer r.Close()
	room := r.Left()
	if room < 1<<16 {
		t.Fatalf("%d bytes of room, %d were reserved", room, 1<<16)
	}
	if s := Slice[uint64](r, int(room/8)); len(s) != int(room/8) || r.Left() != 0 {
		t.Fatalf("%d elements, %d bytes left", len(s), r.Left())
	}
	if s := Slice[uint32](r, 10); len(s) != 10 || r.Left() != 0 {
		t.Fatalf("%d elements from a full region", len(s))
	}
}

// Pointers that the collector cannot see would be to memory that it gives away.
func TestPointersStayOnTheHeap(t *testing.T) {
	r := reserve(t, 1<<16)
	defer r.Close()
	before := r.Left()
	_, _, _ = Slice[*int](r, 3), Slice[[2]struct{ N []string }](r, 3), Slice[[]byte](r, 3)
	_, _, _ = Slice[map[int]int](r, 3), Slice[unsafe.Pointer](r, 3), Slice[any](r, 3)
	if _ = Slice[struct{}](r, 3); r.Left() != before {
		t.Errorf("%d bytes were cut for pointers", before-r.Left())
	}
	if _ = Slice[struct {
		a [4]float64
		b bool
		c [0]*int
	}](r, 3); r.Left() == before {
		t.Error("numbers alone came from the heap")
	}
}

func TestNilRegion(t *testing.T) {
	var r *Region
	if s := Slice[uint64](r, 100); len(s) != 100 || cap(s) != 100 {
		t.Errorf("%d elements", len(s))
	}
	if s := Slice[uint64](r, -1); len(s) != 0 {
		t.Errorf("%d elements", len(s))
	}
	if err := r.Close(); err != nil || r.Left() != 0 {
		t.Errorf("%d bytes left, error %v", r.Left(), err)
	}
}

func TestClosedRegionHasNoRoom(t *testing.T) {
	r := reserve(t, 1)
	for range 2 {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if s := Slice[byte](r, 1); len(s) != 1 || r.Left() != 0 {
		t.Errorf("%d elements, %d bytes left", len(s), r.Left())
	}
}

func TestReserveRefuses(t *testing.T) {
	for _, size := range []int64{-1, 0, 1<<63 - 1} {
		if _, err := Reserve(size); err == nil {
			t.Errorf("%d bytes were reserved", size)
		}
	}
}

// A mapped region does not count towards the heap, and asks for huge pages
// without failing.
func TestMappedMemoryIsNotTheHeaps(t *testing.T) {
	r := reserve(t, 2*hugeFrom)
	defer r.Close()
	if !r.mapped {
		t.Skip("this system has no anonymous mappings")
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s := Slice[uint64](r, 2*hugeFrom/8)
	s[0], s[len(s)-1] = 1, 1
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > hugeFrom {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}

func TestHeapRegionWorksTheSame(t *testing.T) {
	r := &Region{mem: heapBytes(8192)}
	s := Slice[uint64](r, 1024)
	if len(s) != 1024 || r.Left() != 0 || uintptr(unsafe.Pointer(&s[0]))%cacheLine != 0 {
		t.Errorf("%d elements at %p, %d bytes left", len(s), &s[0], r.Left())
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
