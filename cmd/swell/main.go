// Command swell tells which hashtags and sounds are about to trend.
//
// Data goes to standard output, the log to standard error. Exit codes: 0 done,
// 1 failed, 2 wrong usage, 3 done in part (some input was damaged, or the run was
// interrupted).
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
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
	cmd := newRoot(s)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(s.err, "swell: %v\n", err)
	var coded codeError
	if errors.As(err, &coded) {
		return coded.code
	}
	return exitFailed
}
