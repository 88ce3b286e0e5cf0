package serve

import (
	"strconv"
	"testing"
)

func TestBodiesAreBounded(t *testing.T) {
	var b bodies
	big := newEncoded(make([]byte, maxBodies/4))
	for i := range 6 {
		b.put(7, strconv.Itoa(i), big)
	}
	b.put(7, "0", big)     // kept already
	b.put(6, "older", big) // of a view that nobody asks for any more
	kept := 0
	for _, tag := range []string{"0", "1", "2", "3", "4", "5", "older"} {
		if b.get(tag) != nil {
			kept++
		}
	}
	if kept != 4 || b.get("older") != nil {
		t.Errorf("%d answers kept, want 4", kept)
	}
	b.put(8, "newer", big)
	if b.get("newer") == nil || b.get("0") != nil {
		t.Error("a newer view does not replace the last")
	}
}
