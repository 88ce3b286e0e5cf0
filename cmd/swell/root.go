package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

const (
	exitOK      = 0
	exitFailed  = 1
	exitUsage   = 2
	exitPartial = 3
)

// codeError is an error with an exit code of its own.
type codeError struct {
	error
	code int
}

func (e codeError) Unwrap() error { return e.error }

func usage(err error) error { return codeError{err, exitUsage} }

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "swell",
		Short: "Tells which hashtags and sounds are about to trend, while there is still time to act",
		Long: `Swell tells which hashtags and sounds are about to trend, while there is still
time to act. It counts every term of the last 72 hours in a fixed amount of memory
and raises those that more people use than their own past explains.`,
		Version:                    version,
		SilenceUsage:               true,
		SilenceErrors:              true,
		DisableFlagsInUseLine:      true,
		SuggestionsMinimumDistance: 2,
		Args:                       unknownCommand,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetVersionTemplate("swell {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(err)
	})
	root.PersistentFlags().Bool("verbose", false, "log more")
	root.AddCommand(newReplay(s), newServe(s), newBackup(s), newRestore(s), newFsck(s), newSource(s), newSink(s), newGenerate(s), newEval(s), newToken(s), newVersion(s), newCheckConfig(s))
	root.AddCommand(newTrends(s), newTerm(s), newSeries(s), newRelated(s), newCompare(s), newSearch(s), newTiming(s), newDigest(s), newDetections(s), newWatch(s), newAlerts(s), newOutbox(s), newSources(s),
		newStatus(s), newExport(s), newTail(s))
	return root
}

// unknownCommand refuses what follows the name of the program and is no command.
func unknownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	advice := "see swell --help"
	if near := root.SuggestionsFor(args[0]); len(near) > 0 {
		advice = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return usage(fmt.Errorf("unknown command %q; %s", args[0], advice))
}

// arguments makes wrong arguments a usage error that says what was expected.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usage(err)
		}
		return nil
	}
}

// isTerminal reports whether people read what is written to w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// logger writes text for people and JSON for machines.
func logger(cmd *cobra.Command, w io.Writer) *slog.Logger {
	opt := &slog.HandlerOptions{Level: slog.LevelInfo}
	if verbose, err := cmd.Flags().GetBool("verbose"); err == nil && verbose {
		opt.Level = slog.LevelDebug
	}
	if isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, opt))
	}
	return slog.New(slog.NewJSONHandler(w, opt))
}
