package e2e_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

var (
	screenshots = flag.String("screenshots", "", "folder that pictures of the pages are written to, of a larger world")
	headful     = flag.Bool("headful", false, "show the browser's window")
)

// atEnd is what is left to be done when all tests are over.
var atEnd cleanups

func TestMain(m *testing.M) {
	code := m.Run()
	atEnd.run()
	if chromiumPath() == "" {
		fmt.Fprintln(os.Stderr, "\n*** THE PAGES WERE NOT LOOKED AT: there is no chromium, chromium-browser or google-chrome in PATH. ***")
	}
	os.Exit(code)
}

// cleanups are done in reverse order.
type cleanups struct{ todo []func() }

func (c *cleanups) add(f func()) { c.todo = append(c.todo, f) }

func (c *cleanups) run() {
	for i := len(c.todo) - 1; i >= 0; i-- {
		c.todo[i]()
	}
}
