package app

import "testing"

// No posts are kept of trends where that is switched off.
func TestExamplesCanBeSwitchedOff(t *testing.T) {
	for _, off := range []bool{false, true} {
		o := EndpointOptions{NoExamples: off}
		if book := o.examples(); (book == nil) != off {
			t.Errorf("switched off: %t; got %v", off, book)
		}
	}
}
