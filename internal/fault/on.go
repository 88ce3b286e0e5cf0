//go:build faults

package fault

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// Variable is the environment variable that says where to be killed.
const Variable = "SWELL_FAULT"

// passed counts how often the place was passed; the environment does not change.
var passed atomic.Int64

// Point kills the process if this is the place that the environment names.
func Point(name string) {
	where, times, _ := strings.Cut(os.Getenv(Variable), "#")
	if where != name {
		return
	}
	after, err := strconv.ParseInt(times, 10, 64)
	if err != nil {
		after = 1
	}
	if passed.Add(1) != after {
		return
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		os.Exit(137) // as a shell says it of a killed process
	}
	select {} // the signal is on its way
}
