// Command swell tells which hashtags and sounds are about to trend.
//
// Data goes to standard output, the log to standard error. Exit codes: 0 done,
// 1 failed (of fsck: something is lost or cannot be read), 2 wrong usage, 3 done in
// part (some input was damaged, or the run was interrupted; of fsck: the next start
// makes good what was found).
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/app"
)

// version is set by the build.
var version = "devel"

// gcPercent keeps garbage small beside what the core reserves: its tables count as
// live from the start, and at Go's default as much again could pile up before it
// is collected. They hold no pointers, so collecting often costs little.
const gcPercent = 20

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

func run(args []string, s streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first signal ends the work in good order, the second ends the process.
	context.AfterFunc(ctx, stop)
	cmd := newRoot(s)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	if err != nil {
		// Errors quote file names and input, which may hold anything.
		fmt.Fprintf(s.err, "swell: %s\n", printable(strings.ReplaceAll(err.Error(), "\n", " ")))
	}
	return codeOf(err)
}

// codeOf returns the exit code that tells of an error.
func codeOf(err error) int {
	var coded codeError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &coded):
		return coded.code
	case errors.Is(err, engine.ErrOptions), errors.Is(err, app.ErrListen):
		return exitUsage
	case errors.Is(err, app.ErrInterrupted):
		return exitPartial
	}
	return exitFailed
}
