package window_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain runs fewer rapid checks under the race detector, unless told how many.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", fmt.Sprint(100/slowdown)); err != nil {
			fmt.Fprintln(os.Stderr, "cannot set the number of checks:", err)
			os.Exit(2)
		}
	}
	os.Exit(m.Run())
}
