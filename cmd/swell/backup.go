package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/swell-radar/swell/internal/app"
)

func newBackup(s streams) *cobra.Command {
	o := app.BackupOptions{Version: version, Now: time.Now, Stdout: s.out}
	cmd := &cobra.Command{
		Use:   "backup --data DIR FILE",
		Short: "Write a data directory into one file, also while it is in use",
		Long: `Backup writes everything that a data directory holds into one file, compressed and
with checksums; - is standard output. The file appears under its name once it is
whole and verified; one that was there before stays until then.

A process that serves the directory goes on: it makes the backup itself, of one
moment of its run. Otherwise the directory is read as it lies there, also after its
last process was killed, and nothing in it is changed.`,
		Example: `  swell backup --data ./swell-data swell-2026-06-11.backup
  swell backup --data ./swell-data - | ssh elsewhere 'cat > swell.backup'`,
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.Data == "" {
				return usage(errors.New("--data is missing: name the data directory to back up"))
			}
			o.File, o.Log = args[0], logger(cmd, s.err)
			sum, err := app.Backup(cmd.Context(), o)
			if err != nil {
				return err
			}
			by := ""
			if sum.Online {
				by = " by the process that uses it"
			}
			fmt.Fprintf(s.err, "backed up %s%s: %s, ", o.Data, by, size(sum.Size))
			printKept(s.err, &sum.Kept)
			if sum.Damaged() {
				fmt.Fprintf(s.err, "the directory is damaged, and the backup lacks what was lost; swell fsck lists it\n")
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&o.Data, "data", "", "data directory")
	return cmd
}
