package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/app"
)

func newFsck(s streams) *cobra.Command {
	var data string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "fsck --data DIR | FILE",
		Short: "Check a data directory or a backup, and change nothing",
		Long: `Fsck reads all of a data directory, or of a backup, verifies every checksum and that
what refers to something finds it, and says what is not as it should be, what that
means and what to do. It changes nothing. A directory that is in use is refused: back
it up and check the backup.

The exit code is 0 if all is well, 3 if all that is wrong is made good by the next
start, as after a kill, and 1 if something is lost or cannot be read.`,
		Example: `  swell fsck --data ./swell-data
  swell fsck swell-2026-06-11.backup --json`,
		Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (data == "") == (len(args) == 0) {
				return usage(errors.New("name what to check: a data directory with --data, or the file of a backup"))
			}
			kept, what, err := app.Kept{}, data, error(nil)
			if data != "" {
				kept, err = app.Fsck(cmd.Context(), data, logger(cmd, s.err))
			} else {
				what = args[0]
				kept, err = app.Restore(cmd.Context(), app.RestoreOptions{File: what, Check: true, Stdin: s.in, Log: logger(cmd, s.err)})
			}
			if err != nil {
				return err
			}
			if err := printCheck(s, what, &kept, asJSON); err != nil {
				return err
			}
			switch n := uint64(len(kept.Findings)); {
			case kept.Damaged():
				return fmt.Errorf("%s is damaged: %s", what, count(n, "finding"))
			case n > 0:
				return codeError{fmt.Errorf("%s is sound: the next start makes good what was found", what), exitPartial}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&data, "data", "", "data directory")
	f.BoolVar(&asJSON, "json", false, "print what was found as JSON")
	return cmd
}

func printCheck(s streams, what string, kept *app.Kept, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(s.out)
		enc.SetIndent("", "  ")
		return enc.Encode(kept)
	}
	return flushed(s.out, func(w io.Writer) error {
		if kept.Contents.Keys == 0 {
			printFindings(w, kept)
			return nil
		}
		fmt.Fprintf(w, "%s, format %d, %s in %s, ", printable(what), kept.Contents.Format, size(kept.Contents.Bytes), count(kept.Contents.Keys, "key"))
		printKept(w, kept)
		if n := kept.Contents.Unknown; n > 0 {
			fmt.Fprintf(w, "%s of a later version: their checksums were verified, no more\n", count(n, "key"))
		}
		printFindings(w, kept)
		if len(kept.Findings) == 0 {
			fmt.Fprintln(w, "all is well")
		}
		return nil
	})
}
