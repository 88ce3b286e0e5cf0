package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/app"
)

func newRestore(s streams) *cobra.Command {
	o := app.RestoreOptions{Stdin: s.in}
	cmd := &cobra.Command{
		Use:   "restore FILE --data DIR",
		Short: "Make a data directory from a backup, or verify one",
		Long: `Restore makes a data directory from a backup; - is standard input. Every checksum in
it is verified before anything is written. DIR must not exist or be empty. It is made
as DIR.partial and appears under its name once it is whole and on the disk: so it can
be neither the working directory nor where a volume is mounted; name one within it.

With --check the backup is verified, and nothing is written.`,
		Example: `  swell restore swell-2026-06-11.backup --data ./swell-data
  swell restore swell-2026-06-11.backup --check`,
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case o.Data == "" && !o.Check:
				return usage(errors.New("--data is missing: name the data directory to make, or verify the backup with --check"))
			case o.Data != "" && o.Check:
				return usage(errors.New("--check writes nothing; leave --data out"))
			}
			o.File, o.Log = args[0], logger(cmd, s.err)
			kept, err := app.Restore(cmd.Context(), o)
			if err != nil {
				return err
			}
			did := "restored to " + o.Data
			if o.Check {
				did = "whole"
			}
			fmt.Fprintf(s.err, "%s, made %s by swell %s: %s, ", o.File, kept.Created, printable(kept.Swell), did)
			printKept(s.err, &kept)
			if kept.Damaged() {
				fmt.Fprintf(s.err, "what it was made of was damaged, and it lacks what was lost; swell fsck %s lists it\n", o.File)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Data, "data", "", "data directory to make")
	f.BoolVar(&o.Check, "check", false, "verify the backup and write nothing")
	return cmd
}
