package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/app"
	"github.com/swell-radar/swell/internal/fault"
	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/all"
	"github.com/swell-radar/swell/scrapers/record"
	"github.com/swell-radar/swell/term"
)

const (
	exitBlocked = 4
	exitLater   = 75
)

func newSource(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "source",
		Short: "Try one source, or record what it answers",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSourceTest(s), newSourceRecord(s))
	return cmd
}

// trying are the flags of commands that ask a source.
type trying struct {
	config  string
	timeout time.Duration
}

func (t *trying) flags(cmd *cobra.Command) {
	configFlag(cmd.Flags(), &t.config)
	cmd.Flags().DurationVar(&t.timeout, "timeout", 30*time.Second, "how long to wait for an answer")
}

// try asks the source that the arguments name.
func (t *trying) try(cmd *cobra.Command, s streams, name string, tap *record.Recorder) (scrapers.Tried, error) {
	c, err := loadConfig(t.config)
	if err != nil {
		return scrapers.Tried{}, err
	}
	n := app.Network{Version: version, Now: fault.Now, Log: logger(cmd, s.err)}
	if tap != nil {
		n.Tap = tap.Tap
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), t.timeout)
	defer cancel()
	tried, err := app.TrySource(ctx, name, c, n)
	switch {
	case errors.Is(err, app.ErrNoSource):
		return tried, usage(err)
	case err != nil:
		return tried, ofConfig(t.config, err)
	case cmd.Context().Err() != nil:
		return tried, app.ErrInterrupted
	}
	return tried, nil
}

func newSourceTest(s streams) *cobra.Command {
	var t trying
	cmd := &cobra.Command{
		Use:   "test NAME",
		Short: "Ask a source once, and print what was understood",
		Long: `Test asks a source once, politely, whether it is switched on or not, and prints the
records that came of it, one a line, as a replay would take them. How it went is told on standard
error. Nothing is counted or kept.

Exit codes: 0 it answered, 1 it did not, 3 some of it was not understood, 4 it refuses, 75 it asks to
come later.`,
		Example: "  swell source test bluesky\n  swell source test mastodon --config swell.toml",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			tried, err := t.try(cmd, s, args[0], nil)
			if err != nil {
				return err
			}
			return reportTried(s, args[0], &tried)
		},
	}
	t.flags(cmd)
	return cmd
}

// mostShown is how many records a test prints: a stream brings thousands at once.
const mostShown = 50

func reportTried(s streams, name string, tried *scrapers.Tried) error {
	records, items, rejected := 0, 0, []scrapers.Reject(nil)
	var out bytes.Buffer
	for _, d := range tried.Deliveries {
		for i := range d.Records {
			if records++; records <= mostShown {
				out.Write(term.AppendRecord(nil, &d.Records[i]))
				out.WriteByte('\n')
			}
		}
		items += d.Items
		rejected = append(rejected, d.Rejected...)
	}
	if _, err := s.out.Write(out.Bytes()); err != nil {
		return fmt.Errorf("cannot print the records: %w", err)
	}
	if records > mostShown {
		fmt.Fprintf(s.err, "(%d more records)\n", records-mostShown)
	}
	for _, p := range tried.Parts {
		fmt.Fprintf(s.err, "%s: %s %s\n", partName(name, p.Name), p.State, printable(p.Why))
	}
	for i, r := range rejected {
		if i == 10 {
			fmt.Fprintf(s.err, "(%d more items were not understood)\n", len(rejected)-i)
			break
		}
		fmt.Fprintf(s.err, "not understood: %s: %s\n", printable(r.Where), printable(r.Why.Error()))
	}
	fmt.Fprintf(s.err, "%s: %d records of %d items, %d not understood\n", name, records, items, len(rejected))
	return came(name, tried, len(rejected))
}

func partName(source, part string) string {
	if part == "" {
		return source
	}
	return source + "/" + part
}

// came turns what came of a try into the end of the program.
func came(name string, tried *scrapers.Tried, rejected int) error {
	if tried.Well() {
		if rejected > 0 {
			return codeError{fmt.Errorf("%d items of %s were not understood", rejected, name), exitPartial}
		}
		return nil
	}
	err := tried.Err
	for _, p := range tried.Parts {
		if err == nil && p.State != scrapers.OK {
			err = scrapers.NewTrouble(p.State, "%s", p.Why)
		}
	}
	if err == nil {
		return fmt.Errorf("nothing was heard of %s in time", name)
	}
	switch scrapers.StateOf(err) {
	case scrapers.Blocked, scrapers.LoginWall:
		return codeError{err, exitBlocked}
	case scrapers.Throttled, scrapers.BudgetSpent:
		return codeError{err, exitLater}
	}
	return err
}

func newSourceRecord(s streams) *cobra.Command {
	var t trying
	var to string
	cmd := &cobra.Command{
		Use:   "record NAME --to DIR",
		Short: "Keep what a source answers as test cases, without the people in it",
		Long: `Record asks a source once, as test does, and keeps every answer as a file. Who is named
in them is replaced by a pseudonym that nobody can undo: its key is thrown away. Texts stay: look
through them before you publish a recording.`,
		Example: "  swell source record mastodon --to ./cases",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if to == "" {
				return usage(errors.New("--to is missing: name the folder to record into"))
			}
			var redaction scrapers.Redaction
			for _, k := range all.Kinds() {
				if k.Name == args[0] {
					redaction = k.Redaction
				}
			}
			secret := make([]byte, 32)
			if _, err := io.ReadFull(rand.Reader, secret); err != nil {
				return err
			}
			r, err := record.New(to, redaction, secret)
			if err != nil {
				return err
			}
			tried, err := t.try(cmd, s, args[0], r)
			if err != nil {
				return err
			}
			files, err := r.Files()
			for _, f := range files {
				fmt.Fprintln(s.out, f)
			}
			if err != nil || len(files) > 0 {
				return err
			}
			return came(args[0], &tried, 0)
		},
	}
	t.flags(cmd)
	cmd.Flags().StringVar(&to, "to", "", "folder to record into; made if there is none")
	return cmd
}
