package offheap

import (
	"math"
	"reflect"
	"unsafe"
)

// Slice cuts n zeroed elements off r; length and capacity are n. If T holds no
// pointers the first element lies at a multiple of 64 bytes.
//
// The slice comes from the Go heap if r is nil or has not room enough, or if T
// holds pointers, which the collector could not see elsewhere. A negative n
// counts as zero. It takes O(1) time in a region: the memory is zeroed by the
// system when it is first touched.
func Slice[T any](r *Region, n int) []T {
	size := int(unsafe.Sizeof(*new(T)))
	if n <= 0 || size == 0 || holdsPointers(reflect.TypeFor[T]()) {
		return make([]T, max(n, 0))
	}
	if raw := r.cut(size, n); raw != nil {
		return over[T](raw, n)
	}
	if n > math.MaxInt/2/size { // more than there can be: make says so
		return make([]T, n)
	}
	return over[T](heapBytes(size*n), n)
}

// over returns the n elements that lie in raw.
func over[T any](raw []byte, n int) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(raw))), n)
}

// cut returns the memory of n elements of the given size, or nil if there is not
// room enough.
func (r *Region) cut(size, n int) []byte {
	if r == nil || n > (len(r.mem)-r.used)/size {
		return nil
	}
	raw := r.mem[r.used : r.used+size*n]
	r.used = min((r.used+size*n+cacheLine-1)&^(cacheLine-1), len(r.mem))
	return raw
}

// holdsPointers reports whether values of type t may hold pointers.
func holdsPointers(t reflect.Type) bool {
	switch k := t.Kind(); k {
	case reflect.Array:
		return t.Len() > 0 && holdsPointers(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if holdsPointers(t.Field(i).Type) {
				return true
			}
		}
		return false
	default:
		return k < reflect.Bool || k > reflect.Complex128
	}
}
