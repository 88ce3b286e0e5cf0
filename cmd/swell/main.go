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
	"syscall"
)

// version is set by the build.
var version = "devel"

func main() {
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
